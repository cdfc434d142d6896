"""The schema: migrations lead to what the code says, and the plans that the data path needs are the plans it gets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from gateway.ports.intake import FindAnswer
from gateway.ports.store import CheckStore
from gateway.store.database import open_reader, open_store
from gateway.store.engine.connect import writing_engine
from gateway.store.engine.errors import StoreError, StoreLocked, StoreOutdated, StoreUnavailable
from gateway.store.engine.migrate import migrate
from gateway.store.tables import metadata
from tests.worlds.builders import registration
from tests.worlds.postgres import Postgres


@pytest.fixture
def migrated(url: str) -> Iterator[Engine]:
    migrate(url)
    engine = writing_engine(url, connections=1)
    yield engine
    engine.dispose()


def test_migrations_lead_to_exactly_the_tables_of_the_code(migrated: Engine):
    with migrated.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_check_of_the_code_is_in_the_database(migrated: Engine):
    inspector = inspect(migrated)
    for table in metadata.tables.values():
        found = {check["name"] for check in inspector.get_check_constraints(table.name)}
        stated = {constraint.name for constraint in table.constraints if "CheckConstraint" in type(constraint).__name__}
        assert found == stated, table.name


def test_partial_indexes_say_the_same_in_both_places(tmp_path: Path):
    """On SQLite, which keeps the words: PostgreSQL rewrites them."""
    url = f"sqlite:///{tmp_path / 'dalel.db'}"
    migrate(url)
    engine = writing_engine(url, connections=1)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%INDEX%WHERE%'")).all()
    engine.dispose()
    found = {name: sql.partition(" WHERE ")[2].strip("()") for name, sql in rows}
    indexes = [index for table in metadata.tables.values() for index in table.indexes]
    stated = {
        str(index.name): str(index.dialect_options["sqlite"]["where"].compile())
        .strip("()")
        .replace(
            f"{index.table.name}.",
            "",  # type: ignore[union-attr]
        )
        for index in indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert found == stated


def test_migrating_twice_is_harmless(url: str, migrated: Engine):
    before = inspect(migrated).get_table_names()
    migrate(url)
    assert inspect(migrated).get_table_names() == before


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with request.getfixturevalue("postgres").empty_database() as empty:
            yield empty


def test_a_store_that_0_1_wrote_is_refused_and_left_as_it_is(empty_url: str):
    engine = writing_engine(empty_url, connections=1)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0032')"))
    with pytest.raises(StoreOutdated, match=r"at schema 0032, which this release \(0100\) does not know"):
        migrate(empty_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_a_schema_of_a_newer_release_is_left_alone(url: str, migrated: Engine):
    with migrated.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreOutdated, match=r"which this release .* does not know"):
        migrate(url)
    with pytest.raises(StoreOutdated, match="9999"):
        open_reader(url)


def test_an_empty_postgresql_is_migrated_and_a_reader_tells_when_it_is_not(postgres: Postgres):
    with postgres.empty_database() as empty:
        with pytest.raises(StoreOutdated, match="schema none"):
            open_reader(empty)
        migrate(empty)


def test_a_database_that_is_not_there_is_unavailable():
    with pytest.raises(StoreUnavailable):
        migrate("postgresql://dalel@127.0.0.1:9/dalel")
    with pytest.raises(StoreUnavailable):
        open_reader("postgresql://dalel@127.0.0.1:9/dalel")


# --- opening --------------------------------------------------------------------------------------------------------


async def test_a_second_process_finds_an_embedded_store_locked(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'dalel.db'}"
    first = await open_store(url)
    with pytest.raises(StoreLocked, match="admin socket"):
        await open_store(url)
    await first.close()
    await (await open_store(url)).close()


async def test_a_reader_sees_what_the_serving_process_commits(url: str):
    serving = await open_store(url)
    reader = open_reader(url)
    taken = registration()
    await serving.run(taken)
    assert await reader.run(FindAnswer(taken.incoming.sender, taken.incoming.message_id)) is not None
    await reader.close()
    await serving.close()


async def test_a_reader_cannot_write(url: str):
    serving = await open_store(url)
    reader = open_reader(url)
    with pytest.raises(StoreError):
        await reader.read(lambda connection: connection.execute(text("DELETE FROM inbox")))
    await reader.close()
    await serving.close()


def test_a_reader_of_no_store_is_told_to_make_one(tmp_path: Path):
    with pytest.raises(StoreUnavailable, match="dalel init"):
        open_reader(f"sqlite:///{tmp_path / 'absent.db'}")


async def test_a_store_in_memory_is_refused():
    with pytest.raises(ValueError, match="no file"):
        await open_store("sqlite://")


async def test_the_store_names_itself(url: str):
    opened = await open_store(url)
    assert (await opened.run(CheckStore())).startswith(("SQLite 3", "PostgreSQL "))
    await opened.close()
