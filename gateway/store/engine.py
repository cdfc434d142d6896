"""Engines: how each database is opened so that a commit is durable and a reader sees one moment.

SQLite: WAL, synchronous=FULL (NORMAL may lose the last commits with the power), foreign keys on; transactions are
begun by us, since the driver's own bookkeeping begins them too late (IMMEDIATE: the write lock is taken at once
and never upgraded half-way). PostgreSQL: READ COMMITTED for writers, which lock what they decide on; REPEATABLE
READ for readers, so that the several selects of one read agree. Errors never carry parameters: they are people's
data, and errors are logged.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url

_BUSY_S = 10


def is_sqlite(url: str) -> bool:
    """Whether ``url`` names an embedded store."""
    return make_url(url).get_backend_name() == "sqlite"


def sqlite_path(url: str) -> Path:
    """The database file of ``sqlite:///path``. Memory databases are refused: nothing there is durable."""
    database = make_url(url).database
    if not database or database == ":memory:":
        raise ValueError(f"{url} names no file; a store in memory could keep no promise")
    return Path(database)


def writing_engine(url: str, *, connections: int) -> Engine:
    """For the writer: as many connections as it has threads."""
    if is_sqlite(url):
        return _sqlite_engine(url, connections=connections, begin="BEGIN IMMEDIATE", read_only=False)
    return create_engine(_psycopg(url), pool_size=connections, max_overflow=0, hide_parameters=True)


def reading_engine(url: str, *, connections: int) -> Engine:
    """For readers: cannot write, sees one moment per transaction."""
    if is_sqlite(url):
        return _sqlite_engine(url, connections=connections, begin="BEGIN", read_only=True)
    engine = create_engine(
        _psycopg(url),
        pool_size=connections,
        max_overflow=0,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
    )
    return engine.execution_options(postgresql_readonly=True)


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
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")

    @event.listens_for(engine, "begin")
    def begin_ourselves(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
