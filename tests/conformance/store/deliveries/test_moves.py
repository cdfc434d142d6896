"""What people do to deliveries: the table of moves decides, everything is recorded, and what remains can be gone on."""

import asyncio
from datetime import timedelta

import pytest

from contracts.header import Action, ConversationId
from contracts.party import PartyId
from gateway.domain.delivery.acts import SOURCES, Act, refusal
from gateway.domain.delivery.states import TRANSITIONS, DeliveryState
from gateway.ports.case import LoadCase
from gateway.ports.deliveries import (
    ClaimDeliveries,
    ClaimedDelivery,
    CountMovable,
    DeliveryPageQuery,
    DeliveryRow,
    MoveJob,
    Rescue,
    Selection,
)
from gateway.ports.parties import ApplyRegistry
from gateway.ports.results import FenceLost, Recorded
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    MINUTE,
    NOON,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    opening,
    outgoing,
    party,
    registry,
)

S = DeliveryState


@pytest.fixture(autouse=True)
async def _parties(store: SqlStore) -> None:
    await store.run(ApplyRegistry(registry(party(AKIMAT), party(COURT)), by="op", at=NOON))


async def case_for(store: SqlStore, *recipients: PartyId) -> ConversationId:
    conversation = conversation_id()
    await store.run(opening(*(outgoing(conversation, one) for one in recipients)))
    return conversation


def requested_by(act: Act, of: tuple[int, ...] | Selection, **changes: int) -> MoveJob:
    return MoveJob(act, of, "a.aliyeva", "asked by the body", NOON + MINUTE, **changes)


async def claim(store: SqlStore, at: timedelta = timedelta(0)) -> ClaimedDelivery:
    (claimed,) = await store.run(ClaimDeliveries(now=NOON + at, limit=1, lease_until=NOON + at + MINUTE))
    return claimed


async def only(store: SqlStore) -> DeliveryRow:
    (row,) = await store.run(DeliveryPageQuery())
    return row


async def test_a_person_resends_what_waits(store: SqlStore, look: SecondConnection):
    await case_for(store, AKIMAT)
    claimed = await claim(store)
    await store.run(attempt(claimed, S.RETRY_SCHEDULED, next_attempt_at=NOON + 60 * MINUTE))
    moved = await store.run(requested_by(Act.RESEND, (claimed.delivery_id,)))
    assert (moved.moved, moved.refused) == ((claimed.delivery_id,), ())
    row = await only(store)
    assert (row.state, row.next_attempt_at) == (S.PENDING, NOON + MINUTE)
    (entry,) = [entry for entry in look.rows("audit_log") if str(entry["act"]).startswith("delivery.")]
    stated = [entry[name] for name in ("by", "act", "subject", "reason", "result")]
    assert stated == ["a.aliyeva", "delivery.resent", str(row.delivery_id), "asked by the body",
                    "resent, was retry_scheduled"]  # fmt: skip


async def test_what_is_in_flight_or_ended_is_not_resent_but_the_wish_is_recorded(
    store: SqlStore, look: SecondConnection
):
    await case_for(store, AKIMAT)
    claimed = await claim(store)
    flying = await store.run(requested_by(Act.RESEND, (claimed.delivery_id,)))
    await store.run(attempt(claimed))
    ended = await store.run(requested_by(Act.RESEND, (claimed.delivery_id,)))
    absent = await store.run(requested_by(Act.RESEND, (10**6,)))
    assert [moved.moved for moved in (flying, ended, absent)] == [()] * 3
    results = [entry["result"] for entry in look.rows("audit_log") if entry["act"] == "delivery.resent"]
    assert results == [
        "refused: it is in_flight; wait for the outcome of the attempt in hand",
        "refused: it is acknowledged, which is final",
        "refused: there is no such delivery",
    ]


async def test_what_is_parked_waits_and_holds_its_pair_until_it_is_released(store: SqlStore):
    await case_for(store, AKIMAT, AKIMAT)
    second, first = await store.run(DeliveryPageQuery())
    await store.run(requested_by(Act.PARK, (first.delivery_id,)))
    assert not await store.run(ClaimDeliveries(now=NOON + 60 * MINUTE, limit=10, lease_until=NOON + 61 * MINUTE))
    refused = (await store.run(requested_by(Act.RELEASE, (second.delivery_id,)))).refused
    assert [one.reason for one in refused] == ["it is pending already"]
    await store.run(requested_by(Act.RELEASE, (first.delivery_id,)))
    assert (await claim(store, MINUTE)).delivery_id == first.delivery_id


async def test_a_cancelled_delivery_ends_with_its_leaf_and_the_next_of_its_pair_goes_on(
    store: SqlStore, look: SecondConnection
):
    await case_for(store, AKIMAT, AKIMAT)
    second, first = await store.run(DeliveryPageQuery())
    await store.run(requested_by(Act.CANCEL, (first.delivery_id,)))
    row = (await store.run(DeliveryPageQuery()))[-1]
    assert (row.state, row.finished_at, row.detail) == (S.CANCELLED, NOON + MINUTE, "a.aliyeva: asked by the body")
    assert [leaf["key"] for leaf in look.rows("leaves") if leaf["record"] == "delivery_ends"] == [
        f"[{first.delivery_id}]"
    ]
    assert (await claim(store)).delivery_id == second.delivery_id
    assert [entry["kind"] for entry in look.rows("events")].count("message_rejected") == 0  # no event cancels


@pytest.mark.parametrize("act", [Act.PARK, Act.CANCEL])
async def test_an_attempt_in_hand_moves_nothing_any_more_and_is_kept(store: SqlStore, look: SecondConnection, act: Act):
    await case_for(store, AKIMAT)
    claimed = await claim(store)
    await store.run(requested_by(act, (claimed.delivery_id,)))
    assert await store.run(attempt(claimed, S.RETRY_SCHEDULED)) == FenceLost()
    assert await store.run(Rescue(now=NOON + 60 * MINUTE)) == 0
    assert (await only(store)).state is {Act.PARK: S.PARKED, Act.CANCEL: S.CANCELLED}[act]
    assert [row["outcome"] for row in look.rows("attempts")] == ["Deferred"]


async def test_a_signed_answer_that_comes_after_the_parking_counts(store: SqlStore):
    await case_for(store, AKIMAT)
    claimed = await claim(store)
    await store.run(requested_by(Act.PARK, (claimed.delivery_id,)))
    assert await store.run(attempt(claimed)) == Recorded()
    assert (await only(store)).state is S.ACKNOWLEDGED


async def test_a_receipt_through_acknowledge_ends_what_is_parked_and_leaves_what_is_cancelled(
    store: SqlStore, look: SecondConnection
):
    await case_for(store, AKIMAT, COURT)
    for_court, for_akimat = await store.run(DeliveryPageQuery())
    await store.run(requested_by(Act.PARK, (for_akimat.delivery_id,)))
    await store.run(requested_by(Act.CANCEL, (for_court.delivery_id,)))
    for row in (for_akimat, for_court):
        await store.run(acceptance(sender=row.recipient, signals=(acknowledged(row.message_id),)))
    assert [row.state for row in await store.run(DeliveryPageQuery())] == [S.CANCELLED, S.ACKNOWLEDGED]
    assert look.count("signals") == 2  # the late one is evidence all the same


async def test_a_selection_is_worked_off_in_bounded_batches(store: SqlStore):
    for _ in range(5):
        await case_for(store, AKIMAT)
    await case_for(store, COURT)
    of = Selection(recipient=AKIMAT)
    assert await store.run(CountMovable(Act.PARK, of)) == 5
    sizes, after = [], 0
    while after is not None:
        moved = await store.run(requested_by(Act.PARK, of, after=after, limit=2))
        sizes.append(len(moved.moved))
        after = moved.go_on_after
    assert sizes == [2, 2, 1]
    assert {row.recipient: row.state for row in await store.run(DeliveryPageQuery())} == {
        AKIMAT: S.PARKED,
        COURT: S.PENDING,
    }


async def test_an_act_that_was_interrupted_goes_on_with_what_remains(store: SqlStore):
    for _ in range(5):
        await case_for(store, AKIMAT)
    await store.run(requested_by(Act.CANCEL, Selection(recipient=AKIMAT), limit=2))
    again = await store.run(requested_by(Act.CANCEL, Selection(recipient=AKIMAT)))
    assert (len(again.moved), again.refused, again.go_on_after) == (3, (), None)


async def test_a_selection_narrows_by_state_appeal_action_and_age(store: SqlStore):
    conversation = await case_for(store, AKIMAT)
    await case_for(store, AKIMAT)
    case = await store.run(LoadCase(conversation))
    assert case is not None
    for of, count in (
        (Selection(appeal=case.appeal_number), 1),
        (Selection(appeal="DL-2026-0000000000"), 0),
        (Selection(state=S.PARKED), 0),
        (Selection(state=S.PENDING), 2),
        (Selection(action=Action.FILE_DOSSIER), 0),
        (Selection(action=Action.ASSIGN_APPEAL), 2),
        (Selection(created_before=NOON), 2),
        (Selection(created_before=NOON - MINUTE), 0),
        (Selection(created_from=NOON), 2),
        (Selection(created_from=NOON + MINUTE), 0),
        (Selection(among=frozenset({S.PENDING, S.PARKED})), 2),
        (Selection(among=frozenset({S.PARKED, S.ACKNOWLEDGED})), 0),
        (Selection(code=""), 2),
        (Selection(code="NoSuchParty"), 0),
    ):
        assert await store.run(CountMovable(Act.CANCEL, of)) == count, of
    assert await store.run(CountMovable(Act.CANCEL, Selection(), most=1)) == 1


async def test_a_group_of_dead_letters_is_resent_and_no_other(store: SqlStore):
    for cause in ("NoSuchParty", "Unsignable", "NoSuchParty", None):
        await case_for(store, AKIMAT)
        await store.run(attempt(await claim(store), S.DEAD_LETTERED, code=cause, outcome="Poison"))
    of = Selection(recipient=AKIMAT, state=S.DEAD_LETTERED, code="NoSuchParty")
    assert await store.run(CountMovable(Act.RESEND, of)) == 2
    moved = await store.run(requested_by(Act.RESEND, of))
    assert (len(moved.moved), moved.go_on_after) == (2, None)
    assert sorted(row.code or "" for row in await store.run(DeliveryPageQuery(state=S.DEAD_LETTERED))) == [
        "",
        "Unsignable",
    ]


async def test_a_selection_to_resend_leaves_what_was_parked_unless_it_says_so(store: SqlStore):
    await case_for(store, AKIMAT)
    row = await only(store)
    await store.run(requested_by(Act.PARK, (row.delivery_id,)))
    assert await store.run(CountMovable(Act.RESEND, Selection())) == 0
    assert await store.run(CountMovable(Act.RESEND, Selection(state=S.PARKED))) == 1
    assert await store.run(CountMovable(Act.RESEND, (row.delivery_id,))) == 1


async def test_of_two_who_cancel_at_once_one_does(store: SqlStore, look: SecondConnection):
    await case_for(store, AKIMAT)
    row = await only(store)
    moves = await asyncio.gather(*(store.run(requested_by(Act.CANCEL, (row.delivery_id,))) for _ in range(4)))
    assert sorted(len(moved.moved) for moved in moves) == [0, 0, 0, 1]
    assert [leaf["record"] for leaf in look.rows("leaves")].count("delivery_ends") == 1


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("state", list(S))
def test_the_table_of_moves_has_the_last_word(act: Act, state: DeliveryState):
    moves = refusal(act, state) is None
    assert moves == (state in SOURCES[act])
    if not TRANSITIONS[state]:
        assert not moves


async def test_what_waited_behind_a_cancelled_one_goes_at_once_also_when_a_claim_had_marked_it(
    store: SqlStore, look: SecondConnection
):
    await case_for(store, AKIMAT, AKIMAT)
    first = await claim(store)
    await store.run(attempt(first, S.RETRY_SCHEDULED, next_attempt_at=NOON + 60 * MINUTE))
    assert await store.run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE)) == []
    assert [row["held_by"] for row in look.rows("deliveries")] == [None, first.delivery_id]
    await store.run(requested_by(Act.CANCEL, (first.delivery_id,)))
    assert (await claim(store)).delivery_id != first.delivery_id
