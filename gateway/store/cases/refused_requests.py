"""Bytes of refused requests, so that people can see what was wrong with them: few, short, and for a month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, select

from contracts.party import PartyId
from gateway.ports.intake import ForgetRequests, RefusalRecord
from gateway.store.engine.operations import writes
from gateway.store.engine.statements import Values, add_missing
from gateway.store.tables import refused_requests

KEPT_A_DAY: Final = 100
"""For each party that proved who it is, and for all strangers together: nobody fills the disk by being refused."""
KEPT_BYTES: Final = 64 * 1024
AT_ONCE: Final = 500

_KEPT: Final = refused_requests.c


def keep(connection: Connection, jobs: Sequence[RefusalRecord]) -> None:
    """Those that are short enough, so many a day."""
    rows = {row["sha256"]: row for row in _rows(connection, jobs)}
    add_missing(connection, refused_requests, list(rows.values()))


@writes(ForgetRequests)
def forget(connection: Connection, jobs: Sequence[ForgetRequests]) -> list[int]:
    """The next ones that came before each instant; returns how many went."""
    return [_forget(connection, job.before) for job in jobs]


def _forget(connection: Connection, before: datetime) -> int:
    old = select(_KEPT.sha256).where(_KEPT.kept_at < before).order_by(_KEPT.kept_at).limit(AT_ONCE)
    digests = list(connection.scalars(old))
    connection.execute(delete(refused_requests).where(_KEPT.sha256.in_(digests)))
    return len(digests)


def _rows(connection: Connection, jobs: Sequence[RefusalRecord]) -> Iterator[Values]:
    counted: Counter[tuple[PartyId | None, date]] = Counter()
    for job in jobs:
        if not job.request or len(job.request) > KEPT_BYTES:
            continue
        of = (job.signer, job.at.astimezone(UTC).date())
        if of not in counted:
            counted[of] = _kept_on(connection, *of)
        counted[of] += 1
        if counted[of] <= KEPT_A_DAY:
            kept = {"sha256": job.request_sha256, "content": job.request}
            yield {**kept, "signer": job.signer, "kept_at": job.at}


def _kept_on(connection: Connection, signer: PartyId | None, day: date) -> int:
    began = datetime.combine(day, time(), UTC)
    of = _KEPT.signer.is_(None) if signer is None else _KEPT.signer == signer
    within = (_KEPT.kept_at >= began, _KEPT.kept_at < began + timedelta(days=1))
    return connection.execute(select(func.count()).select_from(refused_requests).where(of, *within)).scalar_one()
