"""What ``dalel doctor`` finds out about the ledger: that the newest seal follows from what is kept, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from gateway.cli.frame import CommandFailed
from gateway.cli.store import read
from gateway.config.settings import Settings
from gateway.domain.alarms.findings import CheckFinding, Health
from gateway.ports.ledger import Growth, LedgerBroken, LedgerStatus, LoadLedgerStatus, MeasureGrowth
from gateway.store.database import SqlReader

SUBJECT: Final = "ledger"
MISSED_SEALS: Final = 5
"""So many intervals without a seal are no coincidence: the sealer has stopped, or the exchange has."""

TOKEN_PATIENCE: Final = timedelta(hours=1)
"""An authority may be away that long without anybody being called."""


def check_ledger(settings: Settings, now: datetime) -> Iterator[CheckFinding]:
    """A broken ledger fails the installation: nothing is sealed any more. Silent when there is no store to look at."""

    async def look(store: SqlReader) -> tuple[Growth | LedgerBroken | None, LedgerStatus]:
        return await store.run(MeasureGrowth(limit=1)), await store.run(LoadLedgerStatus())

    try:
        growth, status = read(settings, look)
    except CommandFailed:
        return  # the check of the database tells it
    if isinstance(growth, LedgerBroken):
        cure = "Somebody changed the database. Name the rows with: dalel ledger verify. Keep a copy of the database."
        yield CheckFinding(Health.FAIL, SUBJECT, growth.detail, cure)
        return
    yield _unsealed(status, now, timedelta(seconds=settings.seal_every_s))
    if settings.timestamp_urls:
        yield _tokenless(status, now)


def _unsealed(status: LedgerStatus, now: datetime, interval: timedelta) -> CheckFinding:
    oldest = status.oldest_unsealed_at
    if oldest is not None and now - oldest > MISSED_SEALS * interval:
        cure = "Start dalel serve; while it runs, look in its log for ledger.broken, loop.failed and the seal key."
        return CheckFinding(
            Health.WARN, SUBJECT, f"{status.unsealed} records wait for a seal since {oldest:%Y-%m-%d %H:%M}", cure
        )
    return CheckFinding(
        Health.OK, SUBJECT, f"{status.tree_size} records are sealed, {status.unsealed} wait for the next seal"
    )


def _tokenless(status: LedgerStatus, now: datetime) -> CheckFinding:
    oldest = status.oldest_tokenless_at
    if oldest is not None and now - oldest > TOKEN_PATIENCE:
        cure = "See the lines about time stamps; while dalel serve runs, late tokens are asked for by themselves."
        return CheckFinding(
            Health.WARN,
            "ledger's time stamps",
            f"{status.tokenless} seals have none since {oldest:%Y-%m-%d %H:%M}",
            cure,
        )
    return CheckFinding(Health.OK, "ledger's time stamps", f"{status.tokenless} seals wait for one")
