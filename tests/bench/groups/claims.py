"""What a claim costs while a thousand parties are dead: with a thousand messages waiting for them, and a million.

Seeded by SQL in bulk; only ``deliveries`` and what it refers to matter here. The dead parties' circuits are open, as
an outage leaves them. What is measured is claims of one batch for parties that are well: processor time of this
process and, on PostgreSQL, of the server processes that work for it, since other programs do not slow that.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text

from contracts.party import Agreement, PartyId
from gateway.ports.deliveries import ClaimDeliveries
from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import writing_engine
from tests.bench.figures import Figures
from tests.worlds.builders import NOON

DEAD: Final = 1_000
FEW: Final = 1_000
MANY: Final = 1_000_000
ALIVE: Final = 10
BATCH: Final = 100
CLAIMS: Final = 40
WARM_UP: Final = 5


def figures(many: int = MANY) -> Figures:
    """Milliseconds per claim of a hundred with few and many waiting, and the growth, on both databases."""
    found: Figures = {}
    for name, database in (("sqlite", _sqlite), ("postgresql", _postgresql)):
        with database() as fresh:
            few_ms, many_ms = (measured(fresh(), waiting) for waiting in (FEW, many))
        found |= {
            f"claim_few_waiting_{name}": (few_ms, "ms"),
            f"claim_many_waiting_{name}": (many_ms, "ms"),
            f"claim_backlog_growth_{name}": (many_ms / few_ms, "ratio"),
        }
    return found


def measured(url: str, waiting: int) -> float:
    """Milliseconds of processor time per claim of ``BATCH``, while ``waiting`` messages wait for dead parties."""
    return asyncio.run(_measured(url, waiting))


async def _measured(url: str, waiting: int) -> float:
    store = await open_store(url, window=timedelta(0))
    try:
        seed(url, waiting)
        for _ in range(WARM_UP):
            await _claim(store)
        before = await store.read(_processor_s)
        for _ in range(CLAIMS):
            await _claim(store)
        return (await store.read(_processor_s) - before) / CLAIMS * 1000
    finally:
        await store.close()


async def _claim(store: SqlStore) -> None:
    claims = await store.run(
        ClaimDeliveries(now=NOON, limit=BATCH, lease_until=NOON + timedelta(hours=1), terms=_unlimited)
    )
    if len(claims) != BATCH or any(not claim.recipient.startswith("alive") for claim in claims):
        raise AssertionError(f"{len(claims)} claimed")


def _unlimited(party_id: PartyId) -> Agreement:
    return Agreement(party_id, most_at_once=BATCH * (WARM_UP + CLAIMS))


def _processor_s(connection: Connection) -> float:
    """Of this process and of the server's processes for this database."""
    spent = time.process_time()
    if connection.dialect.name == "postgresql":
        pids = connection.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"))
        spent += sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9
    return spent


# --- seeding --------------------------------------------------------------------------------------------------------


def seed(url: str, waiting: int) -> None:
    """``waiting`` messages for dead parties, and enough for those that are well; each message has its own appeal."""
    engine = writing_engine(url, connections=1)
    _make_quick(engine)
    with engine.begin() as connection:
        _trust(connection)
        _add(connection, "dead", waiting, parties=DEAD, at=NOON - timedelta(days=1))
        _add(connection, "alive", BATCH * (WARM_UP + CLAIMS), parties=ALIVE, at=NOON - timedelta(minutes=1))
        lanes = _LANES.format(numbers=_numbers(connection))
        probe_at = _micros(NOON + timedelta(minutes=15))
        connection.execute(text(lanes), {"count": DEAD, "at": _micros(NOON), "probe_at": probe_at})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _make_quick(engine: Engine) -> None:
    """Before the transaction begins: what is seeded need not outlive the power, and refers to what is there."""
    if engine.dialect.name == "sqlite":
        seeding = engine.raw_connection()
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -200000"):
            seeding.cursor().execute(f"PRAGMA {pragma}")
        seeding.close()


def _trust(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # no look at what each row refers to
        connection.execute(text("SET LOCAL session_replication_role = replica"))


_CONVERSATIONS: Final = """
INSERT INTO conversations (conversation_id, appeal_number, opened_by, opened_at, seq)
SELECT '{who}-' || n, '{who}-' || n, 'platform', :at, 1 FROM {numbers}
"""
_MESSAGES: Final = """
INSERT INTO messages (sender, message_id, recipient, conversation_id, action, outgoing, digest, operation, at)
SELECT 'dalel', '{who}-' || n, '{who}-' || ((n - 1) * :parties / :count), '{who}-' || n, 'AssignAppeal', {true},
    '{digest}', {bytes}, :at
FROM {numbers}
"""
_DELIVERIES: Final = """
INSERT INTO deliveries (conversation_id, sender, message_id, recipient, action, channel, priority, state, attempts,
    next_attempt_at, fence, created_at)
SELECT '{who}-' || n, 'dalel', '{who}-' || n, '{who}-' || ((n - 1) * :parties / :count), 'AssignAppeal', 'push', 1,
    'pending', 0, :at + n, 0, :at
FROM {numbers}
"""
_LANES: Final = """
INSERT INTO lanes (party_id, state, failures, since, rest, probe_at)
SELECT 'dead-' || (n - 1), 'open', 5, :at, 900000000, :probe_at FROM {numbers}
"""


def _add(connection: Connection, who: str, count: int, *, parties: int, at: datetime) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    words = {
        "who": who,
        "numbers": _numbers(connection),
        "digest": "0" * 64,
        "true": "1" if is_sqlite else "true",
        "bytes": "x'00'" if is_sqlite else "'\\x00'::bytea",
    }
    values = {"count": count, "parties": parties, "at": _micros(at)}
    for statement in (_CONVERSATIONS, _MESSAGES, _DELIVERIES):
        needed = {name: value for name, value in values.items() if name == "count" or f":{name}" in statement}
        connection.execute(text(statement.format(**words)), needed)


def _numbers(connection: Connection) -> str:
    """The numbers from 1 to :count, as something to select from."""
    if connection.dialect.name == "sqlite":
        return "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :count) SELECT n FROM s)"
    return "generate_series(1, :count) AS s(n)"


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


@contextmanager
def _sqlite() -> Iterator[Callable[[], str]]:
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(10))
        yield lambda: f"sqlite:///{Path(folder) / f'{next(numbers)}.db'}"


@contextmanager
def _postgresql() -> Iterator[Callable[[], str]]:
    from tests.worlds.postgres import running_postgres

    with running_postgres(durable=True) as server:
        numbers = iter(range(10))
        yield lambda: server.fresh(f"claims_{next(numbers)}")
