"""What falls due: terms, and dossiers to assemble."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.payloads import ClaimKind, DecisionKind
from dossier.case.event_form import event_from_bytes
from dossier.case.events import (
    AppealReturned,
    DefaultRecorded,
    DossierFiled,
    Event,
    Replied,
    TermBreached,
    TermLapsed,
    TermMet,
)
from gateway.ports.appeals import TermQuery
from gateway.ports.case import (
    AssemblyDue,
    ClaimAssembly,
    CountOpenTerms,
    DueTerm,
    ListDueTerms,
    OpenTerms,
    PostponeAssembly,
)
from gateway.ports.results import Conflict, Recorded
from gateway.store.cases.terms import terms_after
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, COURT, JER, MINUTE, NOON, document_id, opening, registered, term, writing

DUE = NOON + 15 * MINUTE
REPLIED = Replied(AKIMAT, DecisionKind.REFUSED, "12-7", date(2026, 11, 20), states_appeal_road=True)


def events_of(look: SecondConnection) -> list[Event]:
    return [event_from_bytes(bytes(row["content"])) for row in look.rows("events")]


async def due(store: SqlStore, *, now=DUE, limit: int = 10) -> tuple[DueTerm, ...]:
    return await store.run(ListDueTerms(now=now, limit=limit))


async def test_an_open_term_is_due_when_its_instant_has_passed(store: SqlStore):
    case = opening(facts=(registered(), term("reply-1", due_at=DUE)))
    await store.run(case)
    assert await due(store, now=DUE - timedelta(microseconds=1)) == ()
    assert await due(store) == (DueTerm(case.conversation_id, "reply-1"),)


async def test_the_longest_overdue_comes_first(store: SqlStore):
    late, later = DUE - MINUTE, DUE - 2 * MINUTE
    await store.run(opening(facts=(registered(), term("a", due_at=late), term("b", due_at=later))))
    assert [one.term_id for one in await due(store)] == ["b", "a"]
    assert [one.term_id for one in await due(store, limit=1)] == ["b"]


async def test_what_closes_a_term_takes_it_off_the_clock(store: SqlStore, look: SecondConnection):
    facts = tuple(term(name, due_at=DUE) for name in ("met", "breached", "lapsed", "defaulted", "open"))
    case = opening(facts=facts)
    await store.run(case)
    await store.run(
        writing(
            case.conversation_id,
            5,
            TermMet("met", late=False),
            TermBreached("breached", AKIMAT),
            TermLapsed("lapsed", "withdrawn"),
            DefaultRecorded("defaulted", AKIMAT),
        )
    )
    assert [one.term_id for one in await due(store)] == ["open"]
    assert all(row["state"] == row["term_id"] for row in look.rows("terms"))


async def test_terms_are_counted_that_are_near_overdue_or_missed_and_not_met(store: SqlStore):
    near, far = NOON + timedelta(days=1), NOON + timedelta(days=1, seconds=1)
    opened = [term(name, due_at=near) for name in ("near", "breached", "defaulted", "met", "lapsed")]
    facts = (registered(), *opened, term("far", due_at=far), term("overdue", due_at=NOON))
    case = opening(facts=facts)
    await store.run(case)
    await store.run(
        writing(
            case.conversation_id,
            len(facts),
            TermBreached("breached", AKIMAT),
            DefaultRecorded("defaulted", AKIMAT),
            TermBreached("met", AKIMAT),
            TermMet("met", late=True),
            TermLapsed("lapsed", "withdrawn"),
        )
    )
    assert await store.run(CountOpenTerms(now=NOON)) == OpenTerms(near=1, overdue=1, breached=2)


async def test_a_term_may_open_and_close_in_one_write(store: SqlStore):
    await store.run(opening(facts=(registered(), term("x", due_at=DUE), TermMet("x", late=False))))
    assert await due(store) == ()


async def test_a_breached_term_may_still_be_met_late_and_stays_marked(store: SqlStore, look: SecondConnection):
    case = opening(facts=(term("x", due_at=DUE), TermBreached("x", AKIMAT)), at=NOON)
    await store.run(case)
    await store.run(writing(case.conversation_id, 2, TermMet("x", late=True), at=NOON + MINUTE))
    (row,) = look.rows("terms")
    assert (row["state"], row["breached_at"], row["closed_at"]) == ("met", NOON, NOON + MINUTE)


@pytest.mark.parametrize("missed", [TermBreached("x", AKIMAT), DefaultRecorded("x", AKIMAT)])
async def test_a_term_that_was_missed_is_met_late_by_the_deed_itself_and_keeps_both_instants(
    store: SqlStore, look: SecondConnection, missed: TermBreached | DefaultRecorded
):
    """No fact closes a term twice: the answer is a late deed by its own event."""
    case = opening(facts=(registered(), term("x", due_at=NOON, duty="consideration"), missed), at=NOON)
    await store.run(case)
    await store.run(writing(case.conversation_id, 3, replace(REPLIED, body=JER), at=NOON + MINUTE))
    (row,) = look.rows("terms")
    assert (row["state"] in {"breached", "defaulted"}, row["closed_at"]) == (True, NOON)

    await store.run(writing(case.conversation_id, 4, REPLIED, at=NOON + 22 * MINUTE))
    await store.run(writing(case.conversation_id, 5, REPLIED, at=NOON + 33 * MINUTE))
    (row,) = look.rows("terms")
    assert (row["state"], row["breached_at"], row["closed_at"]) == ("met", NOON, NOON + 22 * MINUTE)
    assert (await store.run(CountOpenTerms(now=NOON))).breached == 0
    assert await store.run(TermQuery(breached=True)) == ()
    (late,) = await store.run(TermQuery(breached=True, met=True, party=AKIMAT))
    assert (late.breached_at, late.met_at, late.late_by) == (NOON, NOON + 22 * MINUTE, 22 * MINUTE)
    assert terms_after(events_of(look)) == [row]


async def test_a_deed_that_brings_the_breach_to_light_in_its_own_decision_meets_the_term_late(
    store: SqlStore, look: SecondConnection
):
    facts = (registered(), term("x", due_at=NOON - MINUTE, duty="consideration"), AppealReturned(AKIMAT))
    await store.run(opening(facts=(*facts, TermBreached("x", AKIMAT)), at=NOON))
    (row,) = look.rows("terms")
    assert (row["state"], row["breached_at"], row["closed_at"]) == ("met", NOON, NOON)
    assert terms_after(events_of(look)) == [row]


async def test_a_term_met_late_before_the_clock_saw_it_says_so_too(store: SqlStore, look: SecondConnection):
    await store.run(opening(facts=(registered(), term("x", due_at=NOON - MINUTE), TermMet("x", late=True))))
    (late,) = await store.run(TermQuery(breached=True, met=True))
    assert late.late_by == MINUTE
    assert terms_after(events_of(look)) == look.rows("terms")


async def test_terms_of_two_appeals_may_share_a_name(store: SqlStore):
    for _ in range(2):
        await store.run(opening(facts=(registered(), term("reply-1", due_at=DUE))))
    assert len(await due(store)) == 2


async def test_a_clocks_write_conflicts_when_the_case_moved_on(store: SqlStore, look: SecondConnection):
    case = opening(facts=(term("x", due_at=DUE),))
    await store.run(case)
    breach = writing(case.conversation_id, 1, TermBreached("x", AKIMAT))
    results = await asyncio.gather(*(store.run(breach) for _ in range(4)))
    assert results.count(Recorded()) == 1
    assert results.count(Conflict()) == 3
    assert look.count("events") == 2


async def test_a_write_to_a_case_that_is_not_there_conflicts(store: SqlStore):
    assert await store.run(writing("00000000-0000-4000-8000-000000000000", 3)) == Conflict()


# --- assemblies -----------------------------------------------------------------------------------------------------

ORDER = AssemblyDue(1, COURT, ClaimKind.COMPEL)


async def test_a_dossier_is_claimed_by_one_collector_under_lease(store: SqlStore):
    case = opening(assembly=ORDER)
    await store.run(case)
    claims = await asyncio.gather(*(store.run(ClaimAssembly(now=NOON, lease_until=NOON + MINUTE)) for _ in range(4)))
    (claimed,) = [one for one in claims if one]
    assert (claimed.conversation_id, claimed.dossier_no) == (case.conversation_id, 1)
    assert (claimed.court, claimed.claim, claimed.fence) == (COURT, ClaimKind.COMPEL, 1)


async def test_after_its_lease_another_collector_may_have_it(store: SqlStore):
    await store.run(opening(assembly=ORDER))
    await store.run(ClaimAssembly(now=NOON, lease_until=NOON + MINUTE))
    again = await store.run(ClaimAssembly(now=NOON + MINUTE, lease_until=NOON + 2 * MINUTE))
    assert again is not None
    assert again.fence == 2


async def test_a_dossier_given_back_stays_due_and_rests_a_while(store: SqlStore):
    await store.run(opening(assembly=ORDER))
    claimed = await store.run(ClaimAssembly(now=NOON, lease_until=NOON + MINUTE))
    assert claimed is not None
    assert claimed.ordered_at == NOON

    await store.run(PostponeAssembly(claimed, until=NOON + MINUTE / 4))

    assert await store.run(ClaimAssembly(now=NOON + MINUTE / 8, lease_until=NOON + MINUTE)) is None
    again = await store.run(ClaimAssembly(now=NOON + MINUTE / 4, lease_until=NOON + MINUTE))
    assert again is not None
    assert again.fence == 2


async def test_whoever_lost_the_lease_gives_nothing_back(store: SqlStore):
    await store.run(opening(assembly=ORDER))
    lost = await store.run(ClaimAssembly(now=NOON, lease_until=NOON + MINUTE))
    held = await store.run(ClaimAssembly(now=NOON + MINUTE, lease_until=NOON + 2 * MINUTE))
    assert lost is not None
    assert held is not None

    await store.run(PostponeAssembly(lost, until=NOON))

    assert await store.run(ClaimAssembly(now=NOON + MINUTE, lease_until=NOON + 2 * MINUTE)) is None


async def test_a_filed_dossier_is_not_due_again(store: SqlStore):
    case = opening(assembly=ORDER)
    await store.run(case)
    filed = DossierFiled(1, document_id(), "0" * 64, 1000, "B-B")
    await store.run(writing(case.conversation_id, 1, filed))
    assert await store.run(ClaimAssembly(now=NOON + 60 * MINUTE, lease_until=NOON + 61 * MINUTE)) is None


async def test_dossiers_are_assembled_in_the_order_they_were_ordered(store: SqlStore):
    second, first = opening(assembly=ORDER, at=NOON), opening(assembly=ORDER, at=NOON - MINUTE)
    await store.run(second)
    await store.run(first)
    claimed = await store.run(ClaimAssembly(now=NOON, lease_until=NOON + MINUTE))
    assert claimed is not None
    assert claimed.conversation_id == first.conversation_id
