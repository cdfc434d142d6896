"""Which commits wake the relays: those after which there is something to send, and no others."""

import asyncio

import pytest

from gateway.ports.deliveries import ClaimDeliveries
from gateway.ports.nodes import WakeCall
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore
from gateway.store.engine.connect import is_sqlite
from tests.worlds.builders import (
    AKIMAT,
    JER,
    MINUTE,
    NOON,
    acceptance,
    acknowledged,
    conversation_id,
    generous,
    mailbox_party,
    opening,
    outgoing,
    party,
    registration,
    registry,
)


@pytest.fixture
async def rung(store: SqlStore, url: str) -> asyncio.Event:
    """Set by a call, which has come when a write returns. Whoever begins to listen to others is rung once."""
    await store.run(ApplyRegistry(registry(party(AKIMAT), mailbox_party(JER)), by="op", at=NOON))
    made = asyncio.Event()
    store.peers.hear(WakeCall.WORK, made.set)
    if not is_sqlite(url):
        async with asyncio.timeout(60):
            await made.wait()
    made.clear()
    return made


async def test_a_message_to_be_sent_wakes_the_relays(store: SqlStore, rung: asyncio.Event):
    await store.run(registration(outgoing(conversation_id(), AKIMAT)))
    assert rung.is_set()


async def test_what_a_party_fetches_wakes_nobody(store: SqlStore, rung: asyncio.Event):
    await store.run(registration(outgoing(conversation_id(), JER)))
    assert not rung.is_set()


async def test_a_message_to_a_party_that_is_in_no_registry_wakes_them_since_it_is_to_be_set_aside(
    store: SqlStore, rung: asyncio.Event
):
    await store.run(registration(outgoing(conversation_id(), "forgotten")))
    assert rung.is_set()


async def test_a_receipt_wakes_them_for_the_next_of_its_pair_also_if_no_claim_has_looked_at_that(
    store: SqlStore, rung: asyncio.Event
):
    conversation = conversation_id()
    first, second = outgoing(conversation, AKIMAT), outgoing(conversation, AKIMAT)
    await store.run(opening(first))
    await store.run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE, terms=generous))
    await store.run(registration(second, conversation_id=conversation_id()))
    rung.clear()
    await store.run(acceptance(sender=AKIMAT, signals=(acknowledged(first.message_id),)))
    assert rung.is_set()
    (claimed,) = await store.run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE, terms=generous))
    assert claimed.message_id == second.message_id


async def test_a_receipt_that_ends_nothing_wakes_nobody(store: SqlStore, rung: asyncio.Event):
    message = outgoing(conversation_id(), AKIMAT)
    await store.run(opening(message))
    await store.run(acceptance(sender=AKIMAT, signals=(acknowledged(message.message_id),)))
    rung.clear()
    await store.run(acceptance(sender=AKIMAT, signals=(acknowledged(message.message_id),)))
    assert not rung.is_set()
