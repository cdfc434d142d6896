"""The page of health over HTTP: what stands first, what helps, and where it leads."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from gateway.domain.people.access import UserRole
from gateway.ports.alarms import WalkStep
from gateway.ports.health import KeyNow
from gateway.ports.nodes import Node
from gateway.ports.people.users import AuditNote
from gateway.store.tables import tiles
from tests.integration.console.test_access import ConsoleClient, a_client, a_stuck_delivery
from tests.integration.console.test_proof import signed_in
from tests.worlds.console.seat import Seat
from tests.worlds.sealing import seal_all, stamp_all


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


def reported_by(text: str) -> list[tuple[str, str]]:
    """Health and name of each part, in the order of the page."""
    return re.findall(r'<li class="card condition (\w+)">\s*<h2>([^<]+?) <span', text)


async def test_every_role_sees_how_the_exchange_is(client: ConsoleClient):
    for role in UserRole:
        await signed_in(client, role)
        status, text = await client.get("/health")
        assert status == 200, role
        assert ("ok", "Database") in reported_by(text)


async def test_where_nothing_is_wrong_the_page_says_so(client: ConsoleClient):
    world = client.seat.world
    await signed_in(client, UserRole.VIEWER)
    await seal_all(world.exchange.store, world.clock)
    await stamp_all(world.exchange.store, world.clock)
    await world.exchange.store.run(AuditNote("root", "ledger.checked", "9 leaves", "", "holds", world.clock.now()))
    _, text = await client.get("/health")
    assert {health for health, _ in reported_by(text)} == {"ok"}
    assert "Everything is well." in text


async def test_what_does_not_work_stands_first_with_its_cause_and_what_helps(client: ConsoleClient):
    seat = client.seat
    ends = seat.world.clock.now() + timedelta(days=3, hours=1)
    seat.vitals.own = replace(
        seat.vitals.own, documents="[Errno 30] Read-only file system", keys=(KeyNow("seal", ends),)
    )
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/health")
    assert reported_by(text)[:2] == [("fail", "Store of documents"), ("fail", "Key that seals")]
    assert "Something does not work." in text
    assert "[Errno 30] Read-only file system" in text
    assert "Days left of its certificate: 3." in text
    assert "Order the next certificate now" in text


async def test_nodes_are_told_with_their_release_schema_and_what_they_lead(client: ConsoleClient):
    store, now = client.seat.world.exchange.store, client.seat.world.clock.now()
    node = Node("one", "host", 1, "1.0", "0017", now)
    await store.enter(node)
    await store.peers.lead("clock")
    await store.beat(node)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/health")
    assert "one: 1.0, schema 0017" in text
    assert ("warn", "Background work") in reported_by(text)
    assert "Nobody leads these." in text


async def test_the_exchanges_own_check_counts_as_one_and_its_fault_at_once(client: ConsoleClient):
    store, clock = client.seat.world.exchange.store, client.seat.world.clock
    await seal_all(store, clock)
    await signed_in(client, UserRole.VIEWER)
    assert ("warn", "Check of the whole ledger") in reported_by((await client.get("/health"))[1])
    while (await store.run(WalkStep(clock.now(), 1_000))).ended_at is None:
        pass
    assert ("ok", "Check of the whole ledger") in reported_by((await client.get("/health"))[1])
    _, text = await client.get("/ledger")
    assert "Last whole pass:" in text
    assert "everything holds" in text


async def test_a_message_that_waits_too_long_leads_to_its_list(client: ConsoleClient):
    await a_stuck_delivery(client.seat)
    client.seat.world.clock.advance(days=9)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/health")
    assert ("fail", "Backlog") in reported_by(text)
    assert 'href="/console/deliveries?group=open&amp;order=oldest"' in text


async def test_a_database_that_somebody_changed_is_told(client: ConsoleClient):
    store = client.seat.world.exchange.store
    await seal_all(store, client.seat.world.clock)

    def spoil(connection, jobs):
        connection.execute(update(tiles).values(hashes=b"\0" * 64))
        return [None] * len(jobs)

    await store.write(spoil, None)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/health")
    assert reported_by(text)[0] == ("fail", "Ledger")
