"""Every test here runs on both databases; what differs between them is no promise."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, func, select

from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import reading_engine
from gateway.store.tables import metadata
from tests.worlds.postgres import postgres  # noqa: F401 - a fixture
from tests.worlds.sqlite import migrated


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        yield migrated(tmp_path)
    else:
        with request.getfixturevalue("postgres").database() as fresh:
            yield fresh


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(url)
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
