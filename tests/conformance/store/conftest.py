"""Every test here runs on both databases; what differs between them is no promise.

Those of ``IN_MEMORY`` also run on the store in memory, but for tests that look into rows or are marked ``databases``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import reading_engine
from gateway.store.tables import metadata
from tests.worlds.memory import MemoryStore
from tests.worlds.postgres import postgres  # noqa: F401 - a fixture
from tests.worlds.sqlite import migrated

IN_MEMORY = {
    "cases.test_importing",
    "cases.test_intake",
    "cases.test_mailbox",
    "cases.test_traces",
    "deliveries.test_backlog",
    "deliveries.test_isolation",
    "deliveries.test_moves",
    "deliveries.test_outbox",
    "deliveries.test_pauses",
    "engine.test_give_back",
    "engine.test_set_back",
    "engine.test_time",
    "engine.test_wake",
    "registry.test_registry",
}
"""Modules of tests that hold the store in memory to what the databases do."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The kinds of store that a test runs on."""
    if "kind" in metafunc.fixturenames:
        needs_rows = {"look", "url"} & set(metafunc.fixturenames)
        is_marked = metafunc.definition.get_closest_marker("databases") is not None
        in_memory = metafunc.module.__name__.removeprefix("tests.conformance.store.") in IN_MEMORY
        more = ["memory"] if in_memory and not needs_rows and not is_marked else []
        metafunc.parametrize("kind", ["sqlite", "postgresql", *more])


@pytest.fixture
def url(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind."""
    if kind == "sqlite":
        yield migrated(tmp_path)
    else:
        with request.getfixturevalue("postgres").database() as fresh:
            yield fresh


@pytest.fixture
async def store(request: pytest.FixtureRequest, kind: str) -> AsyncIterator[SqlStore | MemoryStore]:
    opened = MemoryStore() if kind == "memory" else await open_store(request.getfixturevalue("url"))
    yield opened
    await opened.close()


class SecondConnection:
    """Reads the database over a connection of its own: only what is committed shows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, table: str) -> int:
        with self._engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one()

    def rows(self, table: str) -> list[dict[str, object]]:
        with self._engine.begin() as connection:
            return _rows(connection, table)


@pytest.fixture
def look(url: str, store: SqlStore) -> Iterator[SecondConnection]:
    """A second look at the store's database."""
    engine = reading_engine(url, connections=1)
    yield SecondConnection(engine)
    engine.dispose()


def _rows(connection: Connection, table: str) -> list[dict[str, object]]:
    found = metadata.tables[table]
    return [dict(row._mapping) for row in connection.execute(select(found).order_by(*found.primary_key.columns))]
