"""The outbox: order within a pair, priority across pairs, leases and fences, rescue, late signals."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from connectors.ports.outcome import Transmission
from contracts.header import ConversationId
from dossier.case.events import MessageAcknowledged
from gateway.domain.delivery.priority import Priority
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import CaseFact, ListMessages, LoadCase
from gateway.ports.deliveries import (
    ClaimDeliveries,
    ClaimedDelivery,
    DeliveryPageQuery,
    FindDelivery,
    ListAttempts,
    Rescue,
)
from gateway.ports.parties import ApplyRegistry
from gateway.ports.results import Conflict, FenceLost, Recorded
from gateway.store.database import SqlStore
from gateway.store.engine.errors import WriteFailed
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    JER,
    MINUTE,
    NOON,
    PLATFORM,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    generous,
    mailbox_party,
    message_id,
    opening,
    outgoing,
    party,
    registry,
    rejected,
    writing,
)

S = DeliveryState


async def claim(store: SqlStore, *, now: datetime = NOON, limit: int = 100) -> Sequence[ClaimedDelivery]:
    return await store.run(ClaimDeliveries(now=now, limit=limit, lease_until=now + MINUTE, terms=generous))


async def case_with(store: SqlStore, *recipients: str, **changes: object) -> ConversationId:
    """A conversation with one message to each, in this order."""
    conversation = conversation_id()
    await store.run(opening(*(outgoing(conversation, one, **changes) for one in recipients)))
    return conversation


async def state_of(store: SqlStore, claimed: ClaimedDelivery) -> DeliveryState:
    row = await store.run(FindDelivery(claimed.recipient, claimed.message_id))
    assert row is not None
    return row.state


# --- claiming -------------------------------------------------------------------------------------------------------


async def test_a_claim_carries_all_that_an_attempt_needs(store: SqlStore):
    conversation = conversation_id()
    message = outgoing(conversation, COURT)
    await store.run(opening(message))
    (claimed,) = await claim(store)
    assert (claimed.message_id, claimed.recipient, claimed.action) == (message.message_id, COURT, message.action)
    assert (claimed.operation, claimed.digest) == (message.operation, message.digest)
    assert (claimed.attempt, claimed.fence, claimed.lease_until) == (1, 1, NOON + MINUTE)
    assert await state_of(store, claimed) is S.IN_FLIGHT


async def test_what_is_claimed_is_not_claimed_again(store: SqlStore):
    await case_with(store, AKIMAT)
    assert len(await claim(store)) == 1
    assert await claim(store) == []


async def test_what_is_not_due_is_not_claimed(store: SqlStore):
    await case_with(store, AKIMAT, created_at=NOON + MINUTE)
    assert await claim(store) == []
    assert len(await claim(store, now=NOON + MINUTE)) == 1


async def test_the_next_message_of_a_pair_waits_for_the_former(store: SqlStore):
    await case_with(store, AKIMAT, AKIMAT)
    (first,) = await claim(store)
    assert await claim(store) == []
    await store.run(attempt(first, S.RETRY_SCHEDULED))
    assert await claim(store) == []
    (again,) = await claim(store, now=NOON + MINUTE)
    assert again.message_id == first.message_id
    await store.run(attempt(again))
    (second,) = await claim(store, now=NOON + MINUTE)
    assert second.message_id != first.message_id


@pytest.mark.parametrize("ending", [S.ACKNOWLEDGED, S.REJECTED])
async def test_the_end_of_a_delivery_releases_the_next(store: SqlStore, ending: DeliveryState):
    await case_with(store, AKIMAT, AKIMAT)
    (first,) = await claim(store)
    await store.run(attempt(first, ending))
    assert len(await claim(store)) == 1


@pytest.mark.parametrize("holding", [S.DELIVERED, S.DEAD_LETTERED, S.PARKED])
async def test_what_is_not_ended_holds_its_pair_only(store: SqlStore, holding: DeliveryState):
    await case_with(store, AKIMAT, AKIMAT, COURT)
    await case_with(store, AKIMAT)
    claims = await claim(store)
    assert len(claims) == 3  # one per pair
    await store.run(attempt(next(one for one in claims if one.recipient == AKIMAT), holding))
    assert await claim(store) == []


async def test_the_court_goes_before_the_bodies_and_they_before_notices(store: SqlStore):
    await case_with(store, PLATFORM, priority=Priority.NOTICE)
    await case_with(store, AKIMAT, priority=Priority.TERM_BOUND)
    await case_with(store, COURT, priority=Priority.COURT)
    claims = await claim(store, limit=2)
    assert [one.recipient for one in claims] == [COURT, AKIMAT]


async def test_of_equal_priority_the_longest_waiting_goes_first(store: SqlStore):
    for minutes in (3, 1, 2):
        await case_with(store, AKIMAT, created_at=NOON - minutes * MINUTE)
    claims = await claim(store)
    rows = [await store.run(FindDelivery(one.recipient, one.message_id)) for one in claims]
    created = [row.created_at for row in rows if row]
    assert created == sorted(created)
    assert len(created) == 3


async def test_claims_never_overlap(store: SqlStore):
    for _ in range(60):
        await case_with(store, AKIMAT)
    batches = await asyncio.gather(*(claim(store, limit=7) for _ in range(20)))
    counted = Counter(one.message_id for batch in batches for one in batch)
    assert len(counted) == 60
    assert set(counted.values()) == {1}


# --- recording ------------------------------------------------------------------------------------------------------


async def test_of_a_peers_endless_words_the_beginning_is_kept(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(attempt(claimed, code="X", detail="сөз " * 1_000_000))

    row = await store.run(FindDelivery(AKIMAT, claimed.message_id))
    assert row is not None
    (kept,) = await store.run(ListAttempts(row.delivery_id))
    assert kept.detail == row.detail == "сөз " * 500


async def test_an_attempt_is_kept_with_its_envelopes(store: SqlStore, look: SecondConnection):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    assert await store.run(attempt(claimed, code="X", detail="words")) == Recorded()
    row = await store.run(FindDelivery(AKIMAT, claimed.message_id))
    assert row is not None
    (kept,) = await store.run(ListAttempts(row.delivery_id))
    assert (kept.number, kept.outcome, kept.code, kept.detail, kept.http_status) == (
        1,
        "Acknowledged",
        "X",
        "words",
        200,
    )
    assert (row.state, row.finished_at) == (S.ACKNOWLEDGED, kept.finished_at)
    assert look.count("envelopes") == 2


async def test_a_retry_waits_until_its_time(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(attempt(claimed, S.RETRY_SCHEDULED, next_attempt_at=NOON + 5 * MINUTE))
    assert await claim(store, now=NOON + 4 * MINUTE) == []
    (again,) = await claim(store, now=NOON + 5 * MINUTE)
    assert (again.attempt, again.fence) == (2, 2)


async def test_an_outcome_counts_once(store: SqlStore, look: SecondConnection):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    results = await asyncio.gather(*(store.run(attempt(claimed)) for _ in range(5)))
    assert results.count(Recorded()) == 1
    assert results.count(FenceLost()) == 4
    assert look.count("attempts") == 5  # what went over the wire is kept, whatever it moved
    assert [row["kind"] for row in look.rows("events")].count("message_acknowledged") <= 1


async def test_an_outcome_under_an_old_fence_is_lost(store: SqlStore, look: SecondConnection):
    await case_with(store, AKIMAT)
    (slow,) = await claim(store)
    await store.run(Rescue(now=slow.lease_until))
    (quick,) = await claim(store, now=slow.lease_until)
    assert await store.run(attempt(slow, S.RETRY_SCHEDULED)) == FenceLost()
    assert await store.run(attempt(quick)) == Recorded()
    outcomes = [row["outcome"] for row in look.rows("attempts")]
    assert outcomes == ["Unknown", "Deferred", "Acknowledged"]  # the late one moved nothing, and is kept


@pytest.mark.parametrize("state", [S.ACKNOWLEDGED, S.REJECTED])
async def test_a_signed_answer_counts_though_its_attempt_lost_the_fence(store: SqlStore, look: SecondConnection, state):
    await case_with(store, AKIMAT)
    (slow,) = await claim(store)
    await store.run(Rescue(now=slow.lease_until))
    (quick,) = await claim(store, now=slow.lease_until)
    assert await store.run(attempt(slow, state)) == Recorded()
    assert await store.run(attempt(quick)) == FenceLost()
    (row,) = await store.run(DeliveryPageQuery())
    assert row.state is state
    assert look.count("attempts") == 3


async def test_a_receipt_and_its_consequence_are_one_commit(store: SqlStore):
    conversation = await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    fact = MessageAcknowledged(AKIMAT, claimed.action.value, claimed.message_id, claimed.digest)
    assert await store.run(attempt(claimed, case=writing(conversation, 1, fact))) == Recorded()
    case = await store.run(LoadCase(conversation))
    assert case is not None
    assert case.events[-1].fact == fact


async def test_a_consequence_decided_on_a_past_state_conflicts_and_nothing_is_recorded(
    store: SqlStore, look: SecondConnection
):
    conversation = await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(writing(conversation, 1))
    assert await store.run(attempt(claimed, case=writing(conversation, 1))) == Conflict()
    assert await state_of(store, claimed) is S.IN_FLIGHT
    assert look.count("attempts") == 0
    assert await store.run(attempt(claimed, case=writing(conversation, 2))) == Recorded()


async def test_a_fact_that_rests_on_no_history_becomes_the_next_event_whatever_was_written_meanwhile(store: SqlStore):
    conversation = await case_with(store, AKIMAT, COURT, JER)
    claims = await claim(store)
    await store.run(writing(conversation, 1))
    receipts = [attempt(one, case=receipt_of(one)) for one in claims]
    assert await asyncio.gather(*map(store.run, receipts)) == [Recorded()] * 3
    case = await store.run(LoadCase(conversation))
    assert case is not None
    assert [event.seq for event in case.events] == [1, 2, 3, 4, 5]
    assert {event.fact for event in case.events[2:]} == {receipt_of(one).fact for one in claims}


async def test_a_receipt_that_ends_nothing_leaves_no_fact(store: SqlStore):
    conversation = await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    twice = [attempt(claimed, case=receipt_of(claimed)) for _ in range(2)]
    assert await asyncio.gather(*map(store.run, twice)) == [Recorded(), FenceLost()]
    case = await store.run(LoadCase(conversation))
    assert case is not None
    assert case.seq == 2


def receipt_of(claimed: ClaimedDelivery) -> CaseFact:
    fact = MessageAcknowledged(claimed.recipient, claimed.action.value, claimed.message_id, claimed.digest)
    return CaseFact(claimed.conversation_id, NOON, claimed.recipient, fact)


async def test_a_message_that_could_not_even_be_sent_keeps_no_envelope(store: SqlStore, look: SecondConnection):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(attempt(claimed, S.DEAD_LETTERED, outcome="Poison", transmission=Transmission(b"")))
    assert await state_of(store, claimed) is S.DEAD_LETTERED
    assert look.count("envelopes") == 0


async def test_a_delivery_that_awaits_a_receipt_without_end_cannot_be_recorded(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    with pytest.raises(WriteFailed):
        await store.run(attempt(claimed, S.DELIVERED, next_attempt_at=None))
    assert await state_of(store, claimed) is S.IN_FLIGHT


# --- rescue ---------------------------------------------------------------------------------------------------------


async def test_a_lease_that_ended_is_taken_back_and_the_attempt_is_unknown(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    assert await store.run(Rescue(now=NOON + MINUTE - timedelta(microseconds=1))) == 0
    assert await store.run(Rescue(now=NOON + MINUTE)) == 1
    row = await store.run(FindDelivery(AKIMAT, claimed.message_id))
    assert row is not None
    assert (row.state, row.next_attempt_at) == (S.RETRY_SCHEDULED, NOON + MINUTE)
    (lost,) = await store.run(ListAttempts(row.delivery_id))
    assert (lost.number, lost.outcome, lost.started_at) == (1, "Unknown", NOON)


async def test_an_overdue_receipt_is_asked_for_again(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(attempt(claimed, S.DELIVERED, next_attempt_at=NOON + 10 * MINUTE))
    assert await store.run(Rescue(now=NOON + 9 * MINUTE)) == 0
    assert await store.run(Rescue(now=NOON + 10 * MINUTE)) == 1
    (again,) = await claim(store, now=NOON + 10 * MINUTE)
    assert again.attempt == 2


# --- late signals ---------------------------------------------------------------------------------------------------


async def test_a_receipt_counts_also_before_the_message_was_sent(store: SqlStore):
    """The party may have it from another road; what is acknowledged is never sent."""
    conversation = conversation_id()
    message = outgoing(conversation, AKIMAT)
    await store.run(opening(message))
    await store.run(acceptance(signals=(acknowledged(message.message_id),)))
    assert await claim(store) == []


@pytest.mark.parametrize("waiting", [S.DELIVERED, S.RETRY_SCHEDULED, S.DEAD_LETTERED, S.PARKED])
async def test_a_late_receipt_ends_whatever_is_not_ended(store: SqlStore, waiting: DeliveryState):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(attempt(claimed, waiting))
    assert await store.run(acceptance(signals=(acknowledged(claimed.message_id),))) == Recorded()
    row = await store.run(FindDelivery(AKIMAT, claimed.message_id))
    assert row is not None
    assert (row.state, row.finished_at, row.next_attempt_at) == (S.ACKNOWLEDGED, NOON, None)


async def test_a_refusal_keeps_the_partys_words(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(attempt(claimed, S.DELIVERED))
    await store.run(acceptance(signals=(rejected(claimed.message_id, "NotCompetent", "не к нам"),)))
    row = await store.run(FindDelivery(AKIMAT, claimed.message_id))
    assert row is not None
    assert (row.state, row.code, row.detail) == (S.REJECTED, "NotCompetent", "не к нам")


async def test_a_receipt_that_overtakes_its_attempt_wins(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(acceptance(signals=(acknowledged(claimed.message_id),)))
    assert await store.run(attempt(claimed, S.RETRY_SCHEDULED)) == FenceLost()
    assert await state_of(store, claimed) is S.ACKNOWLEDGED


async def test_the_first_signal_stands(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(acceptance(signals=(acknowledged(claimed.message_id), rejected(claimed.message_id))))
    assert await store.run(acceptance(signals=(rejected(claimed.message_id),))) == Recorded()
    assert await state_of(store, claimed) is S.ACKNOWLEDGED


async def test_a_signal_ends_only_what_was_for_its_sender(store: SqlStore):
    await case_with(store, COURT)
    (claimed,) = await claim(store)
    await store.run(acceptance(sender=AKIMAT, signals=(acknowledged(claimed.message_id),)))
    assert await state_of(store, claimed) is S.IN_FLIGHT


async def test_the_envelope_that_ended_a_delivery_is_its_receipt(store: SqlStore):
    conversation = conversation_id()
    await store.run(opening(outgoing(conversation, AKIMAT), outgoing(conversation, COURT)))
    by_push, by_signal = sorted(await claim(store), key=lambda one: one.recipient)
    await store.run(attempt(by_push))
    await store.run(attempt(by_signal, S.DELIVERED))
    stated = acceptance(sender=COURT, signals=(acknowledged(by_signal.message_id),))
    await store.run(stated)
    kept = {message.recipient: message for message in await store.run(ListMessages(conversation))}
    assert kept[AKIMAT].receipt == attempt(by_push).transmission.response
    assert kept[COURT].receipt == stated.incoming.envelope
    assert kept[COURT].envelope == attempt(by_signal).transmission.request


async def test_messages_come_in_order_of_recording_with_the_last_envelope_sent(store: SqlStore):
    conversation = conversation_id()
    first = outgoing(conversation, AKIMAT)
    await store.run(opening(first))
    reply = acceptance(writing(conversation, 1, messages=(outgoing(conversation, PLATFORM),)))
    await store.run(reply)
    one = next(claimed for claimed in await claim(store) if claimed.recipient == AKIMAT)
    await store.run(attempt(one, S.RETRY_SCHEDULED, next_attempt_at=NOON))
    (again,) = await claim(store)
    await store.run(attempt(again))
    assign, received, notice = await store.run(ListMessages(conversation))
    assert (assign.outgoing, received.outgoing, notice.outgoing) == (True, False, True)
    assert assign.envelope == attempt(again).transmission.request
    assert (received.sender, received.recipient) == (AKIMAT, "dalel")
    assert (received.envelope, received.receipt) == (reply.incoming.envelope, reply.incoming.answer)
    assert (notice.envelope, notice.receipt) == (None, None)


# --- operators ------------------------------------------------------------------------------------------------------


async def test_deliveries_are_listed_newest_first_page_by_page(store: SqlStore):
    for _ in range(5):
        await case_with(store, AKIMAT)
    await case_with(store, COURT)
    newest, second = await store.run(DeliveryPageQuery(limit=2))
    assert newest.recipient == COURT
    rest = await store.run(DeliveryPageQuery(before=second.delivery_id))
    assert [row.delivery_id for row in rest] == sorted((row.delivery_id for row in rest), reverse=True)
    assert len(rest) == 4
    assert len(await store.run(DeliveryPageQuery(recipient=COURT))) == 1
    assert await store.run(DeliveryPageQuery(appeal=newest.appeal_number)) == (newest,)
    (claimed, *_) = await claim(store, limit=1)
    assert [row.message_id for row in await store.run(DeliveryPageQuery(state=S.IN_FLIGHT))] == [claimed.message_id]


async def test_an_unknown_delivery_is_nobodys(store: SqlStore):
    assert await store.run(FindDelivery(AKIMAT, message_id())) is None
    assert await store.run(ListAttempts(1)) == ()


# --- channels -------------------------------------------------------------------------------------------------------


async def test_the_relay_leaves_mailbox_parties_alone(store: SqlStore):
    await store.run(ApplyRegistry(registry(), by="op", at=NOON))
    await case_with(store, JER)
    assert await claim(store) == []


async def test_open_deliveries_follow_their_party_to_its_new_channel(store: SqlStore):
    await store.run(ApplyRegistry(registry(mailbox_party(JER)), by="op", at=NOON))
    await case_with(store, JER)
    await store.run(ApplyRegistry(registry(party(JER)), by="op", at=NOON))
    assert [one.recipient for one in await claim(store)] == [JER]
