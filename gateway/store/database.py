"""The store behind the ports: values in, values out.

Reads run in a few threads, writes go through the group-committing writer. ``open_store`` is for the process that
serves, ``open_reader`` for a command line beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine, text

from contracts.header import ConversationId
from contracts.party import PartyId
from gateway.ports.case import (
    Case,
    LoadCase,
)
from gateway.ports.nodes import Node, WakeCall
from gateway.ports.operations import Read, StoreOperation
from gateway.ports.store import CheckStore, StoreLoad
from gateway.store import cases, deliveries, engine, ledger, people, reads, registry, retention
from gateway.store.cases import load
from gateway.store.deliveries.give_back import end_left_leases
from gateway.store.engine import node_rows
from gateway.store.engine.connect import StoreLock, is_sqlite, reading_engine, sqlite_path, writing_engine
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.failures import is_disconnect, translated
from gateway.store.engine.group_read import GroupRead
from gateway.store.engine.migrate import migrate, require_current
from gateway.store.engine.nodes import NodeConnections, SqlPeers
from gateway.store.engine.operations import BATCHES, QUERIES, STEPS, Batch, serves
from gateway.store.engine.presence import NAME_LOCK
from gateway.store.engine.wake import WakeEvents
from gateway.store.engine.writer import Writer
from gateway.store.ledger.leaves import forget_staged, write_staged

P = ParamSpec("P")
J = TypeVar("J")
R = TypeVar("R")

for _room in (cases, deliveries, engine, ledger, people, reads, registry, retention):
    for _module in iter_modules(_room.__path__, f"{_room.__name__}."):
        import_module(_module.name)  # binds its functions to their operations

_READERS: Final = 4
_MOST_WRITERS: Final = 2  # one gathers while the other commits; with more of them batches are small, and cost more
_WINDOW: Final = timedelta(milliseconds=5)
_EXCHANGE: Final = PartyId("dalel")
_UNNAMED: Final = NodeConnections()


class SqlReader:
    """The reading half. Each call sees one moment: what was committed before it, whole."""

    def __init__(self, engine: Engine, *, readers: int = _READERS) -> None:
        self._reading = engine
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="store-reader")
        self._cases = GroupRead(lambda ids: self.read(load.load_cases, ids), window=_WINDOW)
        self._closed = False

    async def run(self, operation: Read[R]) -> R:
        """Carry out what the operation asks for, in a reader's thread. Raises StoreError."""
        if isinstance(operation, LoadCase):
            return cast("R", await self._load_case(operation.conversation_id))
        return cast("R", await self.read(QUERIES[type(operation)], operation))

    async def _load_case(self, conversation_id: ConversationId) -> Case | None:
        rows = await self._cases.of(conversation_id)
        return None if rows is None else load.case_of(rows)

    async def read(self, query: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``query`` in a reader's thread. Raises StoreError."""
        if self._closed:
            raise StoreUnavailable("the store is closed")

        def call() -> R:
            return _in_transaction(self._reading, lambda connection: query(connection, *args, **kwargs))

        loop = asyncio.get_running_loop()
        try:
            try:
                return await loop.run_in_executor(self._pool, call)
            except Exception as failed:
                if not is_disconnect(failed):
                    raise
                return await loop.run_in_executor(self._pool, call)  # reading twice is harmless
        except Exception as failed:
            if (known := translated(failed)) is failed:
                raise
            raise known from failed

    async def close(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)
        self._reading.dispose()


class SqlStore(SqlReader):
    """``gateway.ports.store.Store``."""

    def __init__(
        self,
        reading: Engine,
        writing: Engine,
        writer: Writer,
        lock: StoreLock | None,
        peers: SqlPeers,
        *,
        readers: int,
    ) -> None:
        super().__init__(reading, readers=readers)
        self._writing = writing
        self._writer = writer
        self._lock = lock
        self.peers = peers

    @property
    def commits(self) -> int:
        """How many transactions were committed since the store was opened."""
        return self._writer.commits

    def load(self) -> StoreLoad:
        return self._writer.load()

    async def enter(self, node: Node) -> None:
        """The node is there from now on. Raises NodeNameTaken, StoreUnavailable."""
        await self.peers.claim_name(node.name)
        await self.write(node_rows.enter, node)

    async def beat(self, node: Node) -> None:
        """The node is still there. Raises StoreUnavailable."""
        job = (node, self.peers.leads)
        if presence := self.peers.presence:
            await presence.lead(NAME_LOCK + node.name)  # once more: the connection may be another one than before
            await presence.run(lambda connection: node_rows.beat(connection, [job]))
        else:
            await self.write(node_rows.beat, job)

    async def leave(self, name: str) -> None:
        """The node is gone; others lead at once what it led. Raises StoreUnavailable."""
        await self.write(node_rows.leave, name)
        await self.peers.resign()

    async def run(self, operation: StoreOperation[R]) -> R:
        """Carry out what the operation asks for. Raises StoreError."""
        if isinstance(operation, Read):
            return await super().run(operation)
        if taken := STEPS.get(type(operation)):
            return cast("R", await taken(self, operation))
        return cast("R", await self.write(BATCHES[type(operation)], operation))

    async def write(self, batch: Batch[J, R], job: J) -> R:
        """Returns after the commit that carries ``job``. Raises StoreError; then nothing of it was written."""
        return await self._writer.run(batch, job)

    async def close(self) -> None:
        """Write what waits, then let go of everything. Harmless when repeated."""
        await asyncio.to_thread(self._writer.close)
        await self.peers.close()
        await super().close()
        self._writing.dispose()
        if self._lock:
            self._lock.release()
            self._lock = None


async def open_store(
    url: str, *, window: timedelta = _WINDOW, exchange: PartyId = _EXCHANGE, connections: NodeConnections = _UNNAMED
) -> SqlStore:
    """Open for serving: lock (SQLite), migrate, end the leases of a process that is gone (SQLite), start the threads.

    ``url``: ``sqlite:///path`` or ``postgresql://…``. ``window``: how long a commit gathers while several callers are
    in flight. Raises StoreLocked, StoreUnavailable, StoreOutdated.
    """
    return await asyncio.to_thread(_open, url, window, exchange, connections)


def open_reader(url: str) -> SqlReader:
    """Open for reading beside a process that serves. Raises StoreUnavailable, StoreOutdated."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        raise StoreUnavailable(f"there is no store at {sqlite_path(url)}; `dalel init` makes one")
    engine = reading_engine(url, connections=_READERS)
    try:
        _in_transaction(engine, require_current)
    except Exception as failed:
        engine.dispose()
        if (known := translated(failed)) is failed:
            raise
        raise known from failed
    return SqlReader(engine)


def _open(url: str, window: timedelta, exchange: PartyId, connections: NodeConnections) -> SqlStore:
    embedded = is_sqlite(url)
    lock = StoreLock.take(sqlite_path(url)) if embedded else None
    try:
        migrate(url)
        if lock:
            _inherit(url)
    except BaseException:
        if lock:
            lock.release()
        raise
    writers, readers = (1, _READERS) if embedded else connections.shares
    writers = min(writers, _MOST_WRITERS)
    writing = writing_engine(url, connections=writers, session=connections.session).execution_options(exchange=exchange)
    peers = SqlPeers(WakeEvents()) if embedded else connections.peers(url)
    writer = Writer(
        writing,
        threads=writers,
        window=window,
        made_work=partial(peers.call, WakeCall.WORK),
        begins=forget_staged,
        ends=write_staged,
    )
    reading = reading_engine(url, connections=readers, session=connections.session)
    return SqlStore(reading, writing, writer, lock, peers, readers=readers)


def _inherit(url: str) -> None:
    engine = writing_engine(url, connections=1)
    try:
        _in_transaction(engine, end_left_leases)
    finally:
        engine.dispose()


def _in_transaction(engine: Engine, query: Callable[[Connection], R]) -> R:
    with engine.begin() as connection:
        return query(connection)


@serves(CheckStore)
def name_and_version(connection: Connection, _: CheckStore) -> str:
    """Of the database."""
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"
    return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"
