"""Laws of the procedure: whatever arrives, in whatever order, it decides, and its histories make sense."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.header import MessageId
from contracts.payloads import (
    CaseStage,
    ClaimKind,
    ComplaintDecision,
    CourtResponse,
    DecisionKind,
    NotifyApplicant,
    PositionKind,
    RoadKind,
)
from dossier.case import events as e
from dossier.case.event_form import event_bytes, event_from_bytes
from dossier.case.history import TermState, fold
from dossier.case.narration import narrate
from dossier.procedure.decision import Competence, Decision, DecisionRefusal, DeliveryAcknowledged, DeliveryRejected
from dossier.procedure.law.rules import Consequence
from dossier.procedure.steps.filing import fact_of, is_news
from tests.worlds.casework import AKIMAT, COURT, EXCHANGE, HIGHER, OTHER_BODY, PLATFORM, Casework, reply

PARTY = st.sampled_from([AKIMAT, OTHER_BODY, COURT, PLATFORM, EXCHANGE])
BODY = st.sampled_from([AKIMAT, OTHER_BODY])
OFFICE = st.sampled_from([AKIMAT, OTHER_BODY, HIGHER])
ID = st.sampled_from(["m-1", "m-2", "m-3"])
ACTION = st.sampled_from(["NotifyApplicant", "AssignAppeal", "FileDossier", "ProvideMaterials"])


def arrival(name, *arguments, **words):
    """A method of Casework with its drawn arguments."""
    return st.tuples(st.just(name), st.tuples(*arguments), st.fixed_dictionaries(words))


ARRIVAL = st.one_of(
    arrival("register"),
    arrival("add_documents"),
    arrival("disagree", st.sampled_from(ClaimKind), by=st.sampled_from([PLATFORM, PLATFORM, AKIMAT])),
    arrival("withdraw"),
    arrival("body_registers", BODY),
    arrival("redirects", BODY, PARTY, whole=st.booleans(), documents=st.booleans()),
    arrival("extends", st.dates(date(2026, 11, 1), date(2027, 6, 1)), BODY),
    arrival("announces_hearing", st.just(datetime(2026, 12, 24, tzinfo=UTC))),
    arrival("names_defects", st.dates(date(2026, 11, 25), date(2027, 1, 31)), BODY),
    arrival("gives_back", BODY),
    arrival("terminates", BODY),
    arrival("replies", BODY),
    arrival("replies", BODY, st.just(reply(DecisionKind.SATISFIED, "15-1"))),
    arrival("sends_materials", OFFICE),
    arrival("decides_complaint", st.sampled_from(ComplaintDecision), by=OFFICE),
    arrival("court_asks_position", OFFICE),
    arrival("court_asks_position"),
    arrival("court_asks_materials", OFFICE),
    arrival("sends_position", st.sampled_from(PositionKind), OFFICE),
    arrival("answers_court", st.sampled_from(CourtResponse)),
    arrival("court_reports", st.sampled_from(CaseStage), st.sampled_from([None, "7594-26-00-4/1"]), by=PARTY),
    arrival("term_falls_due", st.integers(1, 9).map("0e0e0e0e-0000-4000-8000-000000000001/t{}".format)),
    arrival("dossier_is_ready", st.integers(1, 4), up_to=st.sampled_from([0, 1])),
    arrival("acknowledges", PARTY, ACTION, ID),
    arrival("rejects", PARTY, ACTION, ID),
    arrival("time_passes_until_due"),
)
COURSES = st.lists(st.tuples(st.integers(0, 9), ARRIVAL), max_size=25)
ROADS = st.sampled_from(["HOUSING-QUEUE", "LAND-LEASE"])  # straight to court, and the complaint first
CLOSING = (e.TermMet, e.TermBreached, e.TermLapsed, e.DefaultRecorded)


def play(rules: str, course, subject: str = "HOUSING-QUEUE") -> Casework:
    case = Casework(rules, subject=subject)
    case.competence = Competence(AKIMAT, COURT, higher={AKIMAT: HIGHER, OTHER_BODY: HIGHER})
    case.register()
    for days, (name, arguments, words) in course:
        case.now += timedelta(days=days)
        if name != "time_passes_until_due":
            assert isinstance(getattr(case, name)(*arguments, **words), Decision | DecisionRefusal)
        elif any(term.is_open for term in case.appeal.terms.values()):
            case.time_passes_until_due()
    return case


@given(st.sampled_from(["appk-2026", "sandbox-seconds"]), ROADS, COURSES)
@settings(max_examples=300, deadline=None)
def test_whatever_arrives_the_history_makes_sense(rules, road, course):
    case = play(rules, course, road)
    facts = [event.fact for event in case.events]
    opened = [fact.term_id for fact in facts if isinstance(fact, e.TermOpened)]
    closed = [fact.term_id for fact in facts if isinstance(fact, CLOSING)]
    assert len(set(opened)) == len(opened)
    assert len(set(closed)) == len(closed)
    assert set(closed) <= set(opened)
    still_open = {term_id for term_id, term in case.appeal.terms.items() if term.state is TermState.OPEN}
    assert still_open == set(opened) - set(closed)
    for kind in (e.DossierOrdered, e.DossierFiled):
        numbers = [fact.dossier_no for fact in facts if isinstance(fact, kind)]
        assert len(set(numbers)) == len(numbers)
    roads = [fact.kind for fact in facts if isinstance(fact, e.RoadTaken)]
    assert roads.count(RoadKind.COURT) <= 1
    assert not roads[:-1] or RoadKind.COURT not in roads[:-1]


@given(st.sampled_from(["appk-2026", "sandbox-seconds"]), ROADS, COURSES)
@settings(max_examples=100, deadline=None)
def test_nothing_is_sent_to_the_exchange_itself_and_notices_go_to_the_platform_alone(rules, road, course):
    case = play(rules, course, road)
    assert EXCHANGE not in {intent.recipient for intent in case.sent}
    for intent in case.sent:
        assert isinstance(intent.payload, NotifyApplicant) == (intent.recipient == PLATFORM)


@given(COURSES, st.sampled_from(["acknowledges", "rejects"]), PARTY, ACTION)
@settings(max_examples=100, deadline=None)
def test_an_answer_that_is_no_news_puts_one_fact_on_record_whatever_the_history_says(course, name, party, action):
    """So whoever records a first receipt need not read the case; only the court's answer to a dossier asks for more."""
    case = play("appk-2026", course)
    answer = an_answer(name, party, action)
    decision = case.arrives(answer, party)
    if is_news(answer):
        assert decision.facts == (fact_of(answer),)
        assert len(decision.messages) == 1
    else:
        assert decision == Decision((fact_of(answer),))
    assert case.arrives(answer, party) == Decision()


def an_answer(name, party, action):
    message_id = MessageId("m-first")
    if name == "acknowledges":
        return DeliveryAcknowledged(message_id, party, action, "ef" * 32)
    return DeliveryRejected(message_id, party, action, "DossierRefused", "бүлінген")


@given(COURSES)
@settings(max_examples=50, deadline=None)
def test_every_prefix_of_a_history_folds_and_every_event_is_told_and_kept(course):
    case = play("appk-2026", course)
    for n, event in enumerate(case.events, 1):
        assert fold(case.events[:n]).status
        assert narrate(event).ru
        assert event_from_bytes(event_bytes(event)) == event


@given(ROADS, COURSES)
@settings(max_examples=200, deadline=None)
def test_a_disagreement_always_ends_in_a_dossier_or_a_decided_complaint(road, course):
    """Silent bodies cannot hold it up: once every term is kept or fallen due, the order is there."""
    case = play("appk-2026", course, road)
    while any(term.is_open for term in case.appeal.terms.values()):
        case.time_passes_until_due()
    assert case.appeal.pending_complaint() is None or case.appeal.withdrawn
    assert bool(case.appeal.dossiers) == (case.appeal.is_for_court and not case.appeal.withdrawn)
    if case.appeal.disagreement is not None and not case.appeal.withdrawn:
        assert case.appeal.is_for_court or case.appeal.complaints


@given(ROADS, COURSES)
@settings(max_examples=100, deadline=None)
def test_what_the_court_is_owed_is_in_some_dossier_or_on_record_as_silence(road, course):
    """Every number that is collected for is ordered, and the last news are in an ordered or a filed dossier."""
    case = play("appk-2026", course, road)
    while any(term.is_open for term in case.appeal.terms.values()):
        case.time_passes_until_due()
    if case.appeal.withdrawn:
        return
    for demand in case.appeal.demands.values():
        assert demand.dossier_no in case.appeal.dossiers
    while unfiled := [number for number, dossier in case.appeal.dossiers.items() if dossier.filed is None]:
        case.dossier_is_ready(unfiled[0])
    if filed := [dossier.filed.up_to_seq for dossier in case.appeal.dossiers.values()]:
        assert max(filed) >= case.appeal.news_seq


@given(ROADS, COURSES)
@settings(max_examples=100, deadline=None)
def test_no_silence_goes_unrecorded(road, course):
    """A term that ended after its instant is missed on record, whatever ended it; but nobody owes a withdrawn appeal
    its materials."""
    case = play("appk-2026", course, road)
    while any(term.is_open for term in case.appeal.terms.values()):
        case.time_passes_until_due()
    for term in case.appeal.terms.values():
        assert term.closed_at is not None
        consequence = case.law.rules.consequence_of(term.opened.duty)
        recorded = consequence is Consequence.DEFAULT and not case.appeal.withdrawn
        silence = consequence is Consequence.BREACH or recorded
        if silence and term.closed_at > term.opened.due_at:
            assert term.is_missed
