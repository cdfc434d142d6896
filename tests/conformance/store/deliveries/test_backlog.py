"""What is open, party by party."""

from contracts.party import PartyId
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import Backlog, ClaimDeliveries, DeliveryPageQuery, FetchMailbox, ListBacklog, MoveJob
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    JER,
    MINUTE,
    NOON,
    attempt,
    conversation_id,
    mailbox_party,
    message_id,
    opening,
    outgoing,
    registry,
)

S = DeliveryState


async def case_for(store: SqlStore, *recipients: PartyId, after_minutes: int = 0) -> None:
    at = NOON + after_minutes * MINUTE
    conversation = conversation_id()
    messages = [outgoing(conversation, one, created_at=at) for one in recipients]
    await store.run(opening(*messages, at=at))


async def test_nothing_waits_for_nobody(store: SqlStore):
    assert await store.run(ListBacklog()) == ()


async def test_what_is_open_is_counted_by_party_and_state_the_oldest_first(store: SqlStore):
    await case_for(store, COURT, after_minutes=5)
    for minute in range(3):
        await case_for(store, AKIMAT, after_minutes=minute)
    (first,) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE))
    await store.run(attempt(first, S.ACKNOWLEDGED, finished_at=NOON + MINUTE))
    (second,) = await store.run(ClaimDeliveries(now=NOON + MINUTE, limit=1, lease_until=NOON + 2 * MINUTE))
    assert await store.run(ListBacklog()) == (
        Backlog(AKIMAT, 1, 1, 0, 0, 0, NOON + MINUTE, NOON + MINUTE),
        Backlog(COURT, 1, 0, 0, 0, 0, NOON + 5 * MINUTE, None),
    )
    assert second.recipient == AKIMAT


async def test_the_age_of_what_is_parked_alarms_nobody(store: SqlStore):
    await case_for(store, AKIMAT)
    await case_for(store, AKIMAT, after_minutes=1)
    _, oldest = await store.run(DeliveryPageQuery())
    await store.run(MoveJob(Act.PARK, (oldest.delivery_id,), "op", "why", NOON))
    (found,) = await store.run(ListBacklog())
    assert (found.parked, found.waiting, found.oldest_at, found.open) == (1, 1, NOON + MINUTE, 2)


async def test_what_was_handed_out_is_told_apart(store: SqlStore):
    await case_for(store, JER)
    await store.run(ApplyRegistry(registry(mailbox_party(JER)), by="op", at=NOON))
    await store.run(FetchMailbox(JER, request=message_id(), now=NOON, limit=5, lease_until=NOON + MINUTE))
    (found,) = await store.run(ListBacklog())
    assert (found.handed_out, found.waiting) == (1, 0)
