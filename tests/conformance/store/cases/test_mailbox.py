"""The mailbox: a leased batch, repeated until it is acknowledged or its lease is over."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import (
    ClaimedDelivery,
    DeliveryPageQuery,
    FetchMailbox,
    FindDelivery,
    KeepAttempts,
    ListAttempts,
    Rescue,
)
from gateway.ports.parties import ApplyRegistry
from gateway.store.cases import mailbox
from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import is_sqlite
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    JER,
    MINUTE,
    NOON,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    mailbox_party,
    message_id,
    opening,
    outgoing,
    registry,
)

S = DeliveryState


@pytest.fixture(autouse=True)
async def _mailbox_party(store: SqlStore) -> None:
    await store.run(ApplyRegistry(registry(), by="op", at=NOON))


async def fetch(
    store: SqlStore, *, now: datetime = NOON, limit: int = 10, who: PartyId = JER, request: MessageId | None = None
) -> tuple[Sequence[ClaimedDelivery], int]:
    """Another request each time, unless one is given."""
    requested = request or message_id()
    return await store.run(FetchMailbox(who, request=requested, now=now, limit=limit, lease_until=now + 5 * MINUTE))


async def case_for_jer(store: SqlStore, messages: int = 1) -> ConversationId:
    conversation = conversation_id()
    await store.run(opening(*(outgoing(conversation, JER) for _ in range(messages))))
    return conversation


async def acknowledge(store: SqlStore, claimed: ClaimedDelivery) -> None:
    await store.run(acceptance(sender=JER, signals=(acknowledged(claimed.message_id),)))


async def test_an_empty_mailbox_is_empty(store: SqlStore):
    assert await fetch(store) == ([], 0)


@pytest.mark.databases
async def test_a_fetch_that_finds_nothing_writes_nothing(store: SqlStore):
    before = store.commits
    await fetch(store)
    assert store.commits == before


async def test_what_waits_is_handed_out_under_lease(store: SqlStore):
    await case_for_jer(store)
    (claimed,), more = await fetch(store)
    assert (claimed.recipient, claimed.attempt, claimed.lease_until, more) == (JER, 1, NOON + 5 * MINUTE, 0)
    row = await store.run(FindDelivery(JER, claimed.message_id))
    assert row is not None
    assert (row.state, row.next_attempt_at) == (S.DELIVERED, NOON + 5 * MINUTE)


async def test_a_repeated_fetch_returns_the_leased_batch_with_its_old_lease(store: SqlStore):
    for _ in range(3):
        await case_for_jer(store)
    request = message_id()
    first, more = await fetch(store, limit=2, request=request)
    again, still_more = await fetch(store, limit=2, now=NOON + MINUTE, request=request)
    assert list(again) == sorted(first, key=lambda one: one.delivery_id)
    assert (more, still_more) == (1, 1)


async def test_what_is_acknowledged_leaves_the_batch(store: SqlStore):
    for _ in range(2):
        await case_for_jer(store)
    request = message_id()
    (one, other), _ = await fetch(store, request=request)
    await acknowledge(store, one)
    (left,), _ = await fetch(store, request=request)
    assert left.message_id == other.message_id
    await acknowledge(store, other)
    assert await fetch(store, request=request) == ([], 0)


async def test_order_holds_within_an_appeal(store: SqlStore):
    await case_for_jer(store, messages=2)
    (first,), waiting = await fetch(store)
    assert waiting == 1
    await acknowledge(store, first)
    (second,), _ = await fetch(store)
    assert second.delivery_id > first.delivery_id


async def test_after_the_lease_the_same_message_is_handed_out_anew(store: SqlStore):
    await case_for_jer(store)
    (first,), _ = await fetch(store)
    (again,), _ = await fetch(store, now=NOON + 5 * MINUTE)
    assert (again.message_id, again.attempt) == (first.message_id, 2)
    assert again.fence > first.fence


async def test_the_rescuer_takes_back_what_nobody_acknowledged(store: SqlStore):
    await case_for_jer(store)
    (first,), _ = await fetch(store)
    assert await store.run(Rescue(now=NOON + 5 * MINUTE)) == 1
    (again,), _ = await fetch(store, now=NOON + 6 * MINUTE)
    assert again.message_id == first.message_id


async def test_each_party_sees_its_own_mailbox_only(store: SqlStore):
    await store.run(ApplyRegistry(registry(mailbox_party(JER), mailbox_party(AKIMAT)), by="op", at=NOON))
    await case_for_jer(store)
    assert await fetch(store, who=AKIMAT) == ([], 0)


async def test_programs_that_fetch_at_once_never_get_what_another_holds(store: SqlStore):
    for _ in range(20):
        await case_for_jer(store)
    batches = await asyncio.gather(*(fetch(store, limit=3) for _ in range(10)))
    handed_out = [one.message_id for batch, _ in batches for one in batch]
    assert (len(handed_out), len(set(handed_out))) == (20, 20)
    assert {one.attempt for batch, _ in batches for one in batch} == {1}
    assert await fetch(store) == ([], 0)
    again, _ = await fetch(store, now=NOON + 5 * MINUTE, limit=100)
    assert {one.message_id for one in again} == set(handed_out)  # none was acknowledged


async def test_a_request_that_comes_twice_at_once_gets_one_attempt_of_each(store: SqlStore):
    for _ in range(8):
        await case_for_jer(store)
    request = message_id()
    batches = await asyncio.gather(*(fetch(store, request=request) for _ in range(6)))
    assert {one.attempt for batch, _ in batches for one in batch} == {1}
    assert len({one.message_id for batch, _ in batches for one in batch}) == 8


async def test_two_programs_on_two_nodes_empty_a_mailbox_each_message_once(url: str, store: SqlStore):
    """On the embedded store, which has one process, both ask the same one."""
    other = store if is_sqlite(url) else await open_store(url)
    try:
        for _ in range(40):
            await case_for_jer(store)
        taken: list[MessageId] = []

        async def program(node: SqlStore) -> None:
            while True:
                batch, _ = await fetch(node, limit=3)
                if not batch:
                    return
                for one in batch:
                    taken.append(one.message_id)
                    await acknowledge(node, one)

        await asyncio.gather(*(program(node) for node in (store, other) * 4))
        assert (len(taken), len(set(taken))) == (40, 40)
        assert {row.state for row in await store.run(DeliveryPageQuery(limit=100))} == {S.ACKNOWLEDGED}
    finally:
        if other is not store:
            await other.close()


async def test_what_waits_is_counted_so_far_and_no_further(store: SqlStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mailbox, "COUNTED", 3)
    for _ in range(6):
        await case_for_jer(store)
    assert [(await fetch(store, limit=1))[1] for _ in range(4)] == [4, 4, 3, 2]  # 4 stands for «more than 3»


async def test_every_envelope_handed_out_is_kept(store: SqlStore, look: SecondConnection):
    await case_for_jer(store)
    request = message_id()
    for minute in range(2):
        claims, _ = await fetch(store, now=NOON + minute * MINUTE, request=request)
        await store.run(KeepAttempts([attempt(one, S.DELIVERED, started_at=NOON + minute * MINUTE) for one in claims]))
    row = await store.run(FindDelivery(JER, claims[0].message_id))
    assert row is not None
    assert row.state is S.DELIVERED
    assert [kept.number for kept in await store.run(ListAttempts(row.delivery_id))] == [1, 1]
    assert look.count("envelopes") > 0


@pytest.mark.databases
async def test_handing_out_nothing_is_fine(store: SqlStore):
    before = store.commits
    await store.run(KeepAttempts([]))
    assert store.commits == before
