"""Engines: how each database is opened so that a commit is durable and a reader sees one moment.

SQLite: WAL, synchronous=FULL (NORMAL may lose the last commits with the power), foreign keys on; transactions are
begun by us, since the driver's own bookkeeping begins them too late (IMMEDIATE: the write lock is taken at once
and never upgraded half-way). PostgreSQL: READ COMMITTED for writers, which lock what they decide on; REPEATABLE
READ for readers, so that the several selects of one read agree. Errors never carry parameters: they are people's
data, and errors are logged.

A connection to PostgreSQL that was lost is found by the statement that fails on it: SQLAlchemy then renews the whole
pool, and the store repeats what had not been committed (no ping before every statement, which would cost each message
a round trip). One that is silently dead is found by TCP within ``_DEAD_AFTER_S``.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from sqlalchemy import Engine, NullPool, QueuePool, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url

from contracts.party import PartyId
from gateway.store.engine.errors import StoreLocked

_BUSY_S = 10
_CHECKPOINT_PAGES = 8_000  # 32 MB of log; at the default of 1,000 an appeal paid 0.05 ms for copying pages back
_CONNECT_WITHIN_S: Final = 5
_DEAD_AFTER_S: Final = 15


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What PostgreSQL is told about a connection of ours.

    ``name``: shown there as ``dalel NAME``. ``statement``: a statement that takes longer is ended; None for whoever
    reads everything. A transaction that does nothing for that long is ended, too: its process hangs, and others wait
    for its locks. ``lock``: who waits longer for one is told so; None waits.
    """

    name: str = "store"
    statement: timedelta | None = None
    lock: timedelta | None = None

    def arguments(self, url: str, **more: str) -> dict[str, Any]:
        """For libpq; what the URL says of its own counts. ``more``: settings of the server for this session."""
        settings = dict(more)
        if self.statement is not None:
            settings |= dict.fromkeys(("statement_timeout", "idle_in_transaction_session_timeout"), _ms(self.statement))
        if self.lock is not None:
            settings["lock_timeout"] = _ms(self.lock)
        query = make_url(url).query
        wished = {
            "application_name": f"dalel {self.name}",
            "connect_timeout": _CONNECT_WITHIN_S,
            "keepalives_idle": _DEAD_AFTER_S // 3,
            "keepalives_interval": _DEAD_AFTER_S // 3,
            "keepalives_count": 2,
            "tcp_user_timeout": _DEAD_AFTER_S * 1000,
        }
        options = [*_texts(query.get("options", "")), *(f"-c {key}={value}" for key, value in settings.items())]
        return {key: value for key, value in wished.items() if key not in query} | {"options": " ".join(options)}


_UNNAMED: Final = ConnectionSettings()


def is_sqlite(url: str) -> bool:
    """Whether ``url`` names an embedded store."""
    return make_url(url).get_backend_name() == "sqlite"


def sqlite_path(url: str) -> Path:
    """The database file of ``sqlite:///path``. Memory databases are refused: nothing there is durable."""
    database = make_url(url).database
    if not database or database == ":memory:":
        raise ValueError(f"{url} names no file; a store in memory could keep no promise")
    return Path(database)


def writing_engine(url: str, *, connections: int, session: ConnectionSettings = _UNNAMED) -> Engine:
    """For the writer: as many connections as it has threads."""
    if is_sqlite(url):
        return _sqlite_engine(url, connections=connections, begin="BEGIN IMMEDIATE", read_only=False)
    return create_engine(
        _psycopg(url),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args=session.arguments(url),
    )


def exchange_of(connection: Connection) -> PartyId:
    """Who sends and receives here, as ``open_store`` was told: each connection of the writer knows."""
    exchange: PartyId = connection.get_execution_options()["exchange"]
    return exchange


def presence_engine(url: str, *, session: ConnectionSettings, patience: timedelta) -> Engine:
    """For the one connection by which a node is there: the server ends it when it is silent for ``patience``."""
    return create_engine(
        _psycopg(url),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args=session.arguments(url, idle_session_timeout=_ms(patience)),
    )


def listening(url: str, *, session: ConnectionSettings) -> Callable[[], psycopg.Connection]:
    """Opens the driver's own connection, for what has no place in SQLAlchemy: hearing notifications."""
    engine = create_engine(_psycopg(url))
    _, named = engine.dialect.create_connect_args(engine.url)
    engine.dispose()

    def connect() -> psycopg.Connection:
        return psycopg.connect(**{**named, **session.arguments(url)}, autocommit=True)

    return connect


def reading_engine(url: str, *, connections: int, session: ConnectionSettings = _UNNAMED) -> Engine:
    """For readers: cannot write, sees one moment per transaction."""
    if is_sqlite(url):
        return _sqlite_engine(url, connections=connections, begin="BEGIN", read_only=True)
    engine = create_engine(
        _psycopg(url),
        pool_size=connections,
        max_overflow=0,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
        connect_args=session.arguments(url),
    )
    return engine.execution_options(postgresql_readonly=True)


def _ms(span: timedelta) -> str:
    return str(int(span.total_seconds() * 1000))


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _psycopg(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def _sqlite_engine(url: str, *, connections: int, begin: str, read_only: bool) -> Engine:
    sqlite_path(url)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:  # noqa: ANN401, ARG001 - the driver's own types
        connection.isolation_level = None
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")

    @event.listens_for(engine, "begin")
    def begin_ourselves(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


class StoreLock:
    """One process per embedded store: the lock is the kernel's, so it ends with the process, however that ends.

    Held from ``take`` to ``release``. The file ``<db>.lock`` names the holder for people; only flock counts.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path) -> Self:
        """Raises StoreLocked when another process, or another store of this one, holds it."""
        path = database.with_name(database.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreLocked(str(database), holder) from held
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """The file stays: removing it would let two processes lock two files of one name."""
        os.close(self._descriptor)
