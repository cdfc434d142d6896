"""Isolation: what one party costs the others, whatever it does: limits, circuits, fair shares, blocked pairs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from connectors.ports.outcome import Reach
from contracts.party import Agreement, PartyId, QuietHours, Weekday
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.delivery.priority import Priority
from gateway.domain.delivery.sharing import Terms
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import (
    ClaimDeliveries,
    ClaimedDelivery,
    DeliveryPageQuery,
    Escalate,
    FindNextDue,
    FreeOrphans,
    GiveBack,
    ListCircuits,
    ListEscalations,
    MoveJob,
    Rescue,
)
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    MINUTE,
    NOON,
    PLATFORM,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    opening,
    outgoing,
    registry,
)

S = DeliveryState


async def claim(
    store: SqlStore, *, now: datetime = NOON, limit: int = 100, terms: Terms = Agreement
) -> Sequence[ClaimedDelivery]:
    return await store.run(ClaimDeliveries(now=now, limit=limit, lease_until=now + MINUTE, terms=terms))


async def waiting(store: SqlStore, recipient: PartyId, count: int, **changes: object) -> None:
    """Messages for one party, each of an appeal of its own."""
    for _ in range(count):
        await store.run(opening(outgoing(conversation_id(), recipient, **changes)))


async def fail(store: SqlStore, claims: Sequence[ClaimedDelivery], *, now: datetime = NOON) -> None:
    """Nobody answered."""
    for one in claims:
        again = now + timedelta(seconds=1)
        lost = attempt(one, S.RETRY_SCHEDULED, next_attempt_at=again, reach=Reach.SILENT)
        await store.run(replace(lost, started_at=now, finished_at=now))


async def answer(store: SqlStore, claims: Sequence[ClaimedDelivery], *, now: datetime = NOON) -> None:
    for one in claims:
        await store.run(attempt(one, reach=Reach.ANSWERED, started_at=now, finished_at=now))


def terms_with(**changes: object) -> Terms:
    return lambda party_id: Agreement(party_id, **changes)


async def state_of(store: SqlStore, party_id: PartyId) -> CircuitState:
    return next((one.state for one in await store.run(ListCircuits()) if one.party_id == party_id), CircuitState.CLOSED)


# --- limits ---------------------------------------------------------------------------------------------------------


async def test_no_party_has_more_under_way_than_agreed(store: SqlStore):
    await waiting(store, AKIMAT, 5)
    terms = terms_with(most_at_once=2)
    first = await claim(store, terms=terms)
    assert len(first) == 2
    assert await claim(store, terms=terms) == []
    await answer(store, first[:1])
    assert len(await claim(store, terms=terms)) == 1


async def test_no_minute_sees_more_attempts_than_agreed_and_the_next_is_told(store: SqlStore):
    await waiting(store, AKIMAT, 9)
    terms, counted, now = terms_with(most_per_minute=6, most_at_once=9), [], NOON
    while now < NOON + 2 * MINUTE:
        counted += [now] * len(await claim(store, now=now, terms=terms))
        due = await store.run(FindNextDue(now=now))
        assert due is not None or len(counted) == 9
        now = due if due and due > now else now + timedelta(seconds=1)
    assert len(counted) == 9
    assert all(sum(one <= other < one + MINUTE for other in counted) <= 6 for one in counted)


async def test_nothing_is_claimed_in_quiet_hours_and_all_of_it_after(store: SqlStore):
    lunch = QuietHours(frozenset(Weekday), time(12), time(13))  # NOON is 12:00 in Almaty
    terms = terms_with(quiet_hours=(lunch,))
    await waiting(store, AKIMAT, 3)
    assert await claim(store, terms=terms) == []
    due = await store.run(FindNextDue(now=NOON))
    assert due is not None
    assert NOON + 60 * MINUTE <= due <= NOON + 65 * MINUTE
    assert len(await claim(store, now=due, terms=terms)) == 3


async def test_a_new_agreement_ends_a_rest_that_it_no_longer_asks_for(store: SqlStore):
    await waiting(store, AKIMAT, 1)
    lunch = QuietHours(frozenset(Weekday), time(12), time(13))
    assert await claim(store, terms=terms_with(quiet_hours=(lunch,))) == []
    await store.run(ApplyRegistry(registry(), by="operator", at=NOON))
    assert len(await claim(store)) == 1


# --- fair shares ----------------------------------------------------------------------------------------------------


async def test_who_has_much_waiting_leaves_the_others_their_share(store: SqlStore):
    await waiting(store, AKIMAT, 30, created_at=NOON - MINUTE)
    await waiting(store, COURT, 3, created_at=NOON)
    claims = await claim(store, limit=10, terms=terms_with(most_at_once=100))
    assert Counter(one.recipient for one in claims) == {AKIMAT: 5, COURT: 3}
    more = await claim(store, limit=10, terms=terms_with(most_at_once=100))
    assert {one.recipient for one in more} == {AKIMAT}


async def test_of_one_party_too_the_court_business_goes_first(store: SqlStore):
    await waiting(store, AKIMAT, 2, priority=Priority.NOTICE)
    await waiting(store, AKIMAT, 2, priority=Priority.COURT)
    claims = await claim(store, terms=terms_with(most_at_once=3))
    rows = {row.message_id: row.delivery_id for row in await store.run(DeliveryPageQuery())}
    assert [rows[one.message_id] for one in claims] == [3, 4, 1]


async def test_appeals_blocked_by_the_dozen_do_not_hide_one_that_is_free(store: SqlStore, look: SecondConnection):
    for _ in range(40):
        conversation = conversation_id()
        await store.run(opening(outgoing(conversation, AKIMAT), outgoing(conversation, AKIMAT)))
    terms = terms_with(most_at_once=40)
    while claims := await claim(store, terms=terms):
        for one in claims:
            await store.run(attempt(one, S.DEAD_LETTERED))
    await waiting(store, AKIMAT, 1, created_at=NOON + timedelta(seconds=1))
    later = NOON + MINUTE
    (free,) = await claim(store, now=later, limit=1, terms=terms_with(most_at_once=1))
    assert await claim(store, now=later, terms=terms) == []
    held = [row["message_id"] for row in look.rows("deliveries") if row["held_by"]]
    assert len(held) == 40
    assert free.message_id not in held


async def test_a_free_message_behind_blocked_ones_goes_out_with_those_of_others(store: SqlStore):
    for _ in range(20):
        conversation = conversation_id()
        await store.run(opening(outgoing(conversation, AKIMAT), outgoing(conversation, AKIMAT)))
    for one in await claim(store, limit=20, terms=terms_with(most_at_once=20)):
        await store.run(attempt(one, S.PARKED))
    while claims := await claim(store, limit=20, terms=terms_with(most_at_once=20)):
        for one in claims:
            await store.run(attempt(one, S.PARKED))
    await waiting(store, AKIMAT, 1, created_at=NOON + timedelta(seconds=1))
    await waiting(store, COURT, 1, created_at=NOON + timedelta(seconds=1))
    claims = await claim(store, now=NOON + MINUTE, limit=4)
    assert {one.recipient for one in claims} == {AKIMAT, COURT}


async def test_the_end_of_the_first_frees_the_second_alone(store: SqlStore, look: SecondConnection):
    conversation = conversation_id()
    messages = [outgoing(conversation, AKIMAT) for _ in range(4)]
    await store.run(opening(*messages))
    for sent in messages:
        (one,) = await claim(store)
        assert one.message_id == sent.message_id
        assert await claim(store) == []
        if sent is messages[1]:  # by a receipt that comes later
            await store.run(attempt(one, S.DELIVERED, reach=Reach.ANSWERED))
            await store.run(acceptance(signals=(acknowledged(one.message_id),)))
        else:
            await answer(store, [one])
    assert await claim(store) == []


async def test_what_a_node_of_the_former_release_left_held_is_let_go(store: SqlStore, look: SecondConnection):
    conversation = conversation_id()
    await store.run(opening(outgoing(conversation, AKIMAT), outgoing(conversation, AKIMAT)))
    (first,) = await claim(store)
    await answer(store, [first])
    await store.write(_hold_again, {2: 1})
    assert await claim(store) == []
    assert await store.run(FreeOrphans(0)) == 0
    assert len(await claim(store)) == 1


def _hold_again(connection, jobs):
    """As if the end of the first had let go of nobody."""
    connection.exec_driver_sql("UPDATE deliveries SET held_by = 1 WHERE delivery_id = 2")
    return [None] * len(jobs)


# --- circuits -------------------------------------------------------------------------------------------------------


async def test_a_party_that_does_not_answer_is_left_alone_and_then_probed_once_a_rest(store: SqlStore):
    await waiting(store, AKIMAT, 20)
    await fail(store, await claim(store, limit=5))
    assert await state_of(store, AKIMAT) is CircuitState.OPEN
    assert await claim(store, now=NOON + timedelta(seconds=29)) == []
    now = NOON + timedelta(seconds=30)
    assert await store.run(FindNextDue(now=NOON)) == now
    (probe,) = await claim(store, now=now)
    assert await claim(store, now=now) == []
    await fail(store, [probe], now=now)
    assert await claim(store, now=now + timedelta(seconds=59)) == []
    assert len(await claim(store, now=now + timedelta(seconds=60))) == 1


async def test_an_answer_lets_all_of_it_flow_at_once_also_what_was_tried_in_vain(store: SqlStore):
    await waiting(store, AKIMAT, 8)
    claims = await claim(store, limit=5)
    for one in claims:
        lost = attempt(one, S.RETRY_SCHEDULED, next_attempt_at=NOON + 15 * MINUTE, reach=Reach.SILENT)
        await store.run(lost)
    now = NOON + MINUTE
    (probe,) = await claim(store, now=now)
    await answer(store, [probe], now=now)
    assert await store.run(ListCircuits()) == ()
    assert len(await claim(store, now=now)) == 7


async def test_a_fault_is_an_answer_and_shuts_nobody_out(store: SqlStore):
    await waiting(store, AKIMAT, 8)
    for one in await claim(store):
        await store.run(attempt(one, S.RETRY_SCHEDULED, reach=Reach.ANSWERED))
    assert await store.run(ListCircuits()) == ()


async def test_while_a_party_is_left_alone_no_attempt_is_used_up(store: SqlStore, look: SecondConnection):
    await waiting(store, AKIMAT, 9)
    await fail(store, await claim(store, limit=5))
    for second in range(30):
        assert await claim(store, now=NOON + timedelta(seconds=second)) == []
    assert sorted(row["attempts"] for row in look.rows("deliveries")) == [0] * 4 + [1] * 5


async def test_a_probe_that_was_lost_with_its_node_is_followed_when_its_lease_has_ended(store: SqlStore):
    await waiting(store, AKIMAT, 6)
    await fail(store, await claim(store, limit=5))
    now = NOON + MINUTE
    (probe,) = await claim(store, now=now)
    await store.run(Rescue(now=now + MINUTE))
    (second,) = await claim(store, now=now + MINUTE)
    assert second.message_id != probe.message_id or second.fence > probe.fence


async def test_a_probe_that_was_given_back_is_followed_at_once(store: SqlStore):
    await waiting(store, AKIMAT, 6)
    await fail(store, await claim(store, limit=5))
    now = NOON + MINUTE
    assert await store.run(GiveBack(await claim(store, now=now))) == 1
    assert len(await claim(store, now=now)) == 1


async def test_a_person_who_resends_ends_the_rest_of_the_party_with_one_probe(store: SqlStore):
    await waiting(store, AKIMAT, 6)
    await fail(store, await claim(store, limit=5))
    now = NOON + timedelta(seconds=2)
    assert await claim(store, now=now) == []
    await store.run(MoveJob(Act.RESEND, (1,), "operator", "the akimat says it is back", now))
    assert len(await claim(store, now=now)) == 1
    assert await claim(store, now=now) == []


async def test_the_silence_of_one_party_takes_nothing_from_another(store: SqlStore):
    await waiting(store, AKIMAT, 9)
    await waiting(store, COURT, 9)
    claims = await claim(store, limit=10)
    await fail(store, [one for one in claims if one.recipient == AKIMAT])
    await answer(store, [one for one in claims if one.recipient == COURT])
    assert Counter(one.recipient for one in await claim(store)) == {COURT: 4}


# --- escalation -----------------------------------------------------------------------------------------------------


async def test_each_step_is_told_once_in_order_also_of_what_is_parked_or_dead(store: SqlStore):
    await waiting(store, AKIMAT, 2)
    (one, _) = await claim(store)
    await store.run(attempt(one, S.DEAD_LETTERED))
    hours = timedelta(hours=1)
    passes = [await store.run(Escalate(now=NOON + after * hours, limit=10)) for after in (0, 1, 2, 24, 25, 72, 1000)]
    assert [[taken.step for taken in reported] for reported in passes] == [
        [],
        [EscalationStep.WARN] * 2,
        [],
        [EscalationStep.ALARM] * 2,
        [],
        [EscalationStep.PAGE] * 2,
        [],
    ]
    assert [(e.step, e.at) for e in await store.run(ListEscalations(1))] == [
        (EscalationStep.WARN, NOON + hours),
        (EscalationStep.ALARM, NOON + 24 * hours),
        (EscalationStep.PAGE, NOON + 72 * hours),
    ]


async def test_what_has_ended_is_told_to_nobody(store: SqlStore):
    await waiting(store, AKIMAT, 1)
    await answer(store, await claim(store))
    assert await store.run(Escalate(now=NOON + timedelta(days=9), limit=10)) == ()


async def test_steps_are_taken_in_bounded_batches_as_agreed_with_each_party(store: SqlStore):
    await waiting(store, AKIMAT, 5)
    await waiting(store, COURT, 5)

    def terms(party_id: PartyId) -> Agreement:
        return Agreement(party_id, warn_after=timedelta(hours=5 if party_id == COURT else 1))

    now = NOON + timedelta(hours=1)
    batches = [await store.run(Escalate(now=now, limit=3, terms=terms)) for _ in range(3)]
    assert [len(batch) for batch in batches] == [3, 2, 0]
    assert {one.recipient for batch in batches for one in batch} == {AKIMAT}
    assert {
        one.recipient for one in await store.run(Escalate(now=NOON + timedelta(hours=5), limit=9, terms=terms))
    } == {COURT}


@pytest.mark.parametrize("party_id", [PLATFORM])
async def test_when_nothing_waits_nothing_falls_due(store: SqlStore, party_id: PartyId):
    assert await store.run(FindNextDue(now=NOON)) is None
    await waiting(store, party_id, 1, created_at=NOON + MINUTE)
    assert await store.run(FindNextDue(now=NOON)) == NOON + MINUTE
