"""Whatever people do, in whatever order: what must hold of every case, tried on cases that nobody would think of."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.payloads import NotifiedStep, NotifyApplicant
from dossier.case.events import (
    AppealWithdrawn,
    DefaultRecorded,
    DossierFiled,
    DossierOrdered,
    TermBreached,
    TermLapsed,
    TermMet,
    TermOpened,
)
from dossier.procedure.rights import CONTESTING
from dossier.procedure.wording import day_text
from dossier.rehearsal.play import Played, play
from dossier.rehearsal.reading import read_scenario
from dossier.rehearsal.timeline import timeline

OF_A_BODY = [
    "does: registers", "does: replies", "does: replies, decision: satisfied", "does: replies, states_road: false",
    "does: returns", "does: terminates", "does: sends_materials", "does: sends_materials, documents: [evidence]",
    "does: redirects, to: land-office, whole: false", "does: redirects, to: akimat", "does: redirects, to: ministry",
    "does: sets_hearing, held: 2027-01-05 10:00", "does: names_defects, until: 2026-07-01",
    "does: extends, until: 2026-07-20", "does: sends_position, kind: objection",
    "does: sends_position, kind: headPosition",
]  # fmt: skip
OF_THE_APPLICANT = [
    "does: adds_documents", "does: withdraws", "does: answers_court, response: cured",
    "does: answers_court, response: appealed", "does: disagrees", "does: disagrees, claim: compel",
    "does: disagrees, body: land-office",
]  # fmt: skip
OF_THE_COURT = ["does: asks_position", "does: asks_materials", "does: refuses_dossier"] + [
    f"does: reports, stage: {stage}"
    for stage in (
        "registered",
        "returned",
        "returned, ground: 13",
        "leftWithoutMovement",
        "accepted",
        "ruling",
        "inForce",
        "procedureRuling",
        "appellateRuling, outcome: granted",
        "conciliated",
        "executed",
    )
]
OF_THE_HIGHER_BODY = ["does: sends_materials"] + [
    f"does: decides_complaint, decision: {decision}"
    for decision in ("cancelled", "actionDone", "rejected", "sentBack", "leftWithoutConsideration")
]

DEEDS = st.one_of(
    st.sampled_from(OF_A_BODY).map("who: akimat, {}".format),
    st.sampled_from(OF_A_BODY).map("who: land-office, {}".format),
    st.sampled_from(OF_THE_APPLICANT).map("who: applicant, {}".format),
    st.sampled_from(OF_THE_HIGHER_BODY).map("who: ministry, {}".format),
    st.sampled_from(OF_THE_COURT).map("who: court, {}".format),
)
WAITS = st.sampled_from([timedelta(minutes=1), timedelta(days=1), timedelta(days=4), timedelta(days=25)])
CASES = st.lists(st.tuples(WAITS, DEEDS), min_size=1, max_size=15)
SUBJECTS = st.sampled_from(["HOUSING", "LAND", "ENFORCEMENT"])
BEGIN = datetime(2026, 6, 1, 11, 0)  # noqa: DTZ001 - the clock on the wall in Almaty


def lived_through(deeds: list[tuple[timedelta, str]], subject: str) -> Played:
    """The case, and ten years in which nobody does anything."""
    at, steps = BEGIN, [f"  - {{at: {BEGIN:%Y-%m-%d %H:%M}, who: applicant, does: lodges}}"]
    for wait, deed in deeds:
        at += wait
        steps.append(f"  - {{at: {at:%Y-%m-%d %H:%M}, {deed}}}")
    steps.append(f"  - {{until: {at + timedelta(days=3650):%Y-%m-%d %H:%M}}}")
    return play(read_scenario("\n".join(["title: {ru: Дело}", f"appeal: {{subject: {subject}}}", "steps:", *steps])))


@given(CASES, SUBJECTS)
@settings(max_examples=25, deadline=None)
def test_every_term_ends_once_and_says_truly_whether_it_was_kept(deeds, subject):
    case = lived_through(deeds, subject)
    opened = {event.fact.term_id: event.fact for event in case.events if isinstance(event.fact, TermOpened)}
    closed = [
        event for event in case.events if isinstance(event.fact, TermMet | TermBreached | TermLapsed | DefaultRecorded)
    ]

    undone = {event.fact.term_id for event in closed if _is_extension(event.fact)}  # a breach taken back (76(3))
    once = [event for event in closed if not (isinstance(event.fact, TermBreached) and event.fact.term_id in undone)]
    assert sorted(event.fact.term_id for event in once) == sorted(opened)
    for event in closed:
        is_over = event.at > opened[event.fact.term_id].due_at
        match event.fact:
            case DefaultRecorded():
                assert is_over
            case TermBreached() if opened[event.fact.term_id].duty not in WAITS_OF_BODIES:
                assert is_over
            case TermMet() if opened[event.fact.term_id].duty not in WAITS_OF_BODIES:
                assert event.fact.late is is_over


WAITS_OF_BODIES = ("hearing_notice", "cure_wait")  # kept by letting them pass


def _is_extension(fact: object) -> bool:
    return isinstance(fact, TermLapsed) and fact.reason == "extended"


@given(CASES, SUBJECTS)
@settings(max_examples=25, deadline=None)
def test_after_a_withdrawal_nothing_is_opened_missed_or_filed(deeds, subject):
    events = lived_through(
        [*deeds[:3], (timedelta(minutes=1), "who: applicant, does: withdraws"), *deeds[3:]], subject
    ).events
    withdrawn = next((n for n, event in enumerate(events) if isinstance(event.fact, AppealWithdrawn)), len(events))
    after = {type(event.fact) for event in events if event.at > events[min(withdrawn, len(events) - 1)].at}
    if withdrawn < len(events):
        assert after.isdisjoint({TermOpened, TermBreached, DefaultRecorded, DossierOrdered})


STATED_AS_OPEN = re.compile(
    r"(?:Сделать это можно|можно обжаловать|частную жалобу|кассационном порядке|Подать жалобу снова можно"
    r"|Устраните недостатки|Устраните их) до (\d{1,2} [а-я]+ \d{4} года)"
)


@given(CASES, SUBJECTS)
@settings(max_examples=25, deadline=None)
def test_a_right_is_told_as_open_until_a_day_that_the_rules_compute_and_that_is_not_over(deeds, subject):
    case = lived_through(deeds, subject)
    opened = [event for event in case.events if isinstance(event.fact, TermOpened)]
    for sent in case.sent:
        if isinstance(sent.intent.payload, NotifyApplicant):
            running = [event.fact for event in opened if event.at <= sent.at <= event.fact.due_at]
            days = {day_text(term.due_on).ru for term in running}
            assert set(STATED_AS_OPEN.findall(sent.intent.payload.text.ru)) <= days


@given(CASES, SUBJECTS)
@settings(max_examples=25, deadline=None)
def test_a_right_to_contest_that_ended_unused_is_told_as_over_and_no_other(deeds, subject):
    case = lived_through(deeds, subject)
    duties = {event.fact.term_id: event.fact.duty for event in case.events if isinstance(event.fact, TermOpened)}
    lapsed = [event for event in case.events if isinstance(event.fact, TermLapsed)]
    expired = [one.at for one in lapsed if one.fact.reason == "expired" and duties[one.fact.term_id] in CONTESTING]
    notices = [sent for sent in case.sent if isinstance(sent.intent.payload, NotifyApplicant)]
    assert [sent.at for sent in notices if sent.intent.payload.step is NotifiedStep.RIGHT_LAPSED] == expired


@given(CASES, SUBJECTS)
@settings(max_examples=25, deadline=None)
def test_a_case_for_the_court_gets_there_with_all_its_news(deeds, subject):
    case = lived_through(deeds, subject)
    ordered = [event.fact.dossier_no for event in case.events if isinstance(event.fact, DossierOrdered)]
    filed = [event.fact.dossier_no for event in case.events if isinstance(event.fact, DossierFiled)]

    assert sorted(filed) == sorted(ordered) == list(range(1, len(ordered) + 1))
    if case.appeal and case.appeal.is_for_court and not case.appeal.withdrawn:
        assert ordered
        assert case.appeal.news_seq <= max(record.filed.up_to_seq for record in case.appeal.dossiers.values())


@given(CASES, SUBJECTS)
@settings(max_examples=15, deadline=None)
def test_everything_can_be_told_to_people_in_three_languages(deeds, subject):
    lines = timeline(lived_through(deeds, subject), messages=True)
    assert all(line.what.kk and line.what.ru and line.what.en for line in lines)
    assert not any("{" in line.what.kk for line in lines)
