"""Two releases on one database: the newer one expands it while the older one serves, and contracts it only after."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, literal, text, update

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.audit import RecordAccess
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery
from gateway.ports.nodes import ListNodes, Node
from gateway.ports.results import AlreadyRecorded, Recorded
from gateway.store.database import SqlStore, open_reader, open_store
from gateway.store.engine.errors import NodeNameTaken, StoreError, StoreOutdated, StoreUnavailable
from gateway.store.engine.migrate import migrate
from gateway.store.engine.nodes import NodeConnections
from gateway.store.engine.steps import Steps
from gateway.store.tables import nodes
from gateway.store.tables.base import SpanColumn
from tests.worlds.builders import MINUTE, NOON, attempt, conversation_id, opening, outgoing, registration
from tests.worlds.postgres import Postgres

HANGS_AFTER_S = 300

EXPANDING = Path(__file__).parent / "next_release" / "expanding"
CONTRACTING = Path(__file__).parent / "next_release" / "contracting"


def node(name: str, *, draining: bool = False) -> Node:
    return Node(name, "host-1", 4711, "0.1.0", Steps.of_release().newest, NOON, draining)


@pytest.fixture
def shared(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as fresh:
        yield fresh


@pytest.fixture
async def serving(shared: str) -> AsyncIterator[SqlStore]:
    """A node of this release."""
    opened = await open_store(shared, connections=NodeConnections("a"))
    await opened.enter(node("a"))
    yield opened
    await opened.close()


async def one_message_through(store: SqlStore) -> None:
    """Accepted, claimed, acknowledged."""
    taken = registration()
    assert await store.run(taken) == Recorded()
    assert isinstance(await store.run(taken), AlreadyRecorded)
    await store.run(opening(outgoing(conversation_id())))
    (claim,) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE))
    assert await store.run(attempt(claim, DeliveryState.ACKNOWLEDGED)) == Recorded()


# --- expand ---------------------------------------------------------------------------------------------------------


async def test_a_node_goes_on_while_and_after_the_next_release_expands_the_schema(serving: SqlStore, shared: str):
    migrating = asyncio.create_task(asyncio.to_thread(migrate, shared, beyond=EXPANDING))
    carried = 0
    while not migrating.done() or carried < 10:
        await one_message_through(serving)
        carried += 1
    await migrating
    assert "ix_deliveries_carrier" in indexes_of(shared, "deliveries")
    await one_message_through(serving)


async def test_this_release_starts_on_a_schema_that_was_expanded(url: str):
    migrate(url, beyond=EXPANDING)
    opened = await open_store(url)
    await one_message_through(opened)
    reader = open_reader(url)
    assert len(await reader.run(DeliveryPageQuery())) == 1
    await reader.close()
    await opened.close()


def test_the_next_release_finds_its_own_schema_current(url: str):
    migrate(url, beyond=EXPANDING)
    migrate(url, beyond=EXPANDING)
    migrate(url)
    assert "ix_deliveries_carrier" in indexes_of(url, "deliveries")


async def test_a_step_never_waits_long_for_a_lock_and_so_nobody_waits_behind_it(serving: SqlStore, shared: str):
    holding = create_engine(shared.replace("postgresql:", "postgresql+psycopg:"))
    with holding.begin() as connection:
        connection.execute(text("LOCK TABLE deliveries IN ACCESS SHARE MODE"))  # a long read, as of a backup
        migrating = asyncio.create_task(asyncio.to_thread(migrate, shared, beyond=EXPANDING))
        for _ in range(30):
            async with asyncio.timeout(HANGS_AFTER_S):  # behind a waiting step it would wait as long as the read lasts
                await one_message_through(serving)
        assert not migrating.done()
    await migrating
    holding.dispose()


def test_a_lock_that_is_never_given_ends_the_migration_with_its_reason(shared: str):
    holding = create_engine(shared.replace("postgresql:", "postgresql+psycopg:"))
    with holding.begin() as connection:
        connection.execute(text("LOCK TABLE deliveries IN ACCESS SHARE MODE"))
        with pytest.raises(StoreUnavailable, match="lock timeout"):
            migrate(shared, beyond=EXPANDING, patience=timedelta(0))
    holding.dispose()
    migrate(shared, beyond=EXPANDING)


def test_two_nodes_of_the_next_release_may_start_at_once(shared: str):
    failures: list[StoreError] = []

    def start() -> None:
        try:
            migrate(shared, beyond=EXPANDING)
        except StoreError as failure:
            failures.append(failure)

    starting = [threading.Thread(target=start) for _ in range(3)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join(60)
    assert failures == []
    assert "ix_deliveries_carrier" in indexes_of(shared, "deliveries")


# --- contract -------------------------------------------------------------------------------------------------------


async def test_nothing_is_taken_away_while_a_node_is_there_that_needs_it(serving: SqlStore, shared: str):
    with pytest.raises(StoreOutdated, match=r"these nodes are older: a \(release 0.1.0, process 4711 on host-1\)"):
        await asyncio.to_thread(migrate, shared, beyond=CONTRACTING)
    await serving.run(RecordAccess("court", "document", "d1", NOON))


async def test_it_is_taken_away_once_the_node_has_left(serving: SqlStore, shared: str):
    await serving.leave("a")
    await asyncio.to_thread(migrate, shared, beyond=CONTRACTING)
    assert "remote" not in columns_of(shared, "refusals")


def test_this_release_refuses_a_schema_that_was_contracted(url: str):
    migrate(url, beyond=CONTRACTING)
    with pytest.raises(StoreOutdated, match=r"which this release .* not made for it"):
        migrate(url)
    with pytest.raises(StoreOutdated, match="next_1"):
        open_reader(url)


# --- nodes ----------------------------------------------------------------------------------------------------------


async def test_a_node_is_listed_with_what_it_leads_until_it_leaves(store: SqlStore):
    await store.enter(node("a"))
    await store.peers.lead("sealer")
    await store.beat(node("a", draining=True))
    (row,) = await store.run(ListNodes())
    assert (row.node, row.leads) == (node("a", draining=True), ("sealer",))
    assert timedelta(0) <= row.silent_for < timedelta(seconds=30)
    await store.leave("a")
    assert await store.run(ListNodes()) == ()


async def test_a_node_that_was_killed_is_listed_for_a_day(store: SqlStore):
    await store.enter(node("killed"))
    await store.write(dated_back, timedelta(hours=23))
    await store.enter(node("a"))
    assert [row.node.name for row in await store.run(ListNodes())] == ["a", "killed"]
    await store.write(dated_back, timedelta(hours=2))
    await store.enter(node("a"))
    assert [row.node.name for row in await store.run(ListNodes())] == ["a"]


def dated_back(connection: Connection, jobs: Sequence[timedelta]) -> list[None]:
    for span in jobs:
        earlier = nodes.c.last_seen_at - literal(span, SpanColumn)
        connection.execute(update(nodes).where(nodes.c.name == "killed").values(last_seen_at=earlier))
    return [None] * len(jobs)


async def test_no_two_nodes_have_one_name(serving: SqlStore, shared: str):
    second = await open_store(shared, connections=NodeConnections("a", patience=timedelta(seconds=1)))
    with pytest.raises(NodeNameTaken, match="--node"):
        await second.enter(node("a"))
    await serving.leave("a")
    await second.enter(node("a"))
    await second.close()


def indexes_of(url: str, table: str) -> set[str]:
    return seen(url, lambda connection: {index["name"] for index in inspect(connection).get_indexes(table)})


def columns_of(url: str, table: str) -> set[str]:
    return seen(url, lambda connection: {column["name"] for column in inspect(connection).get_columns(table)})


def seen(url: str, look) -> set[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        found = look(connection)
    engine.dispose()
    return found
