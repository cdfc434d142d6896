"""What each appeal counts as: cases told as sentences, and that every figure adds up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimOutcome, ReportCase
from dossier.case.duties import CONSIDERATION
from dossier.case.events import CaseReported, ReplyResembled
from gateway.domain.reports.definitions import rate
from gateway.domain.reports.figures import (
    CountedAs,
    CourtEnd,
    DisagreementRoad,
    DutyAnswer,
    Figure,
    GroupBy,
    added,
    count,
    tally,
)
from tests.worlds.casework import AKIMAT, COURT, OTHER_BODY, Casework, almaty


@pytest.fixture
def case() -> Casework:
    """Registered on 24 November 2026 with the akimat."""
    case = Casework()
    case.register()
    return case


def counted(case: Casework) -> CountedAs:
    return count(case.events, case.appeal)


# --- the answer -------------------------------------------------------------------------------------------------------


def test_an_appeal_counts_on_its_day_with_its_body_region_and_subject(case):
    one = counted(case)
    assert (one.day, one.body, one.region, one.subject) == (date(2026, 11, 24), AKIMAT, "75", "HOUSING-QUEUE")
    assert (one.answer, one.road, one.court) == (DutyAnswer.OPEN, None, None)
    assert one.figures == {Figure.RECEIVED, Figure.OPEN}


def test_a_decision_within_the_term_is_on_time(case):
    case.at(almaty(2026, 12, 1)).replies()
    assert counted(case).answer is DutyAnswer.ON_TIME


def test_a_term_that_passes_is_silence_until_something_comes_which_then_is_late(case):
    case.time_passes_until_due()
    assert counted(case).answer is DutyAnswer.SILENT
    case.at(almaty(2027, 2, 1)).replies()
    assert counted(case).answer is DutyAnswer.LATE


def test_an_extended_term_counts_as_such_and_its_decision_as_on_time(case):
    case.at(almaty(2026, 12, 1)).extends(date(2027, 1, 20))
    assert (counted(case).answer, counted(case).extended) == (DutyAnswer.OPEN, True)
    case.at(almaty(2027, 1, 15)).replies()
    assert (counted(case).answer, counted(case).extended) == (DutyAnswer.ON_TIME, True)


def test_a_withdrawn_appeal_needs_no_answer_any_more(case):
    case.at(almaty(2026, 11, 26)).withdraw()
    assert counted(case).answer is DutyAnswer.NOT_DUE


def by_body(case: Casework) -> dict[str, DutyAnswer]:
    return {part.body: part.answer for part in counted(case).parts(GroupBy.BODY)}


def test_an_appeal_that_was_sent_on_in_time_counts_with_both_bodies_and_on_time_in_the_whole(case):
    case.at(almaty(2026, 11, 25)).redirects(AKIMAT, OTHER_BODY, whole=True)
    case.at(almaty(2026, 12, 1)).replies(OTHER_BODY)
    assert (counted(case).body, counted(case).answer) == (OTHER_BODY, DutyAnswer.ON_TIME)
    assert by_body(case) == {AKIMAT: DutyAnswer.NOT_DUE, OTHER_BODY: DutyAnswer.ON_TIME}


def test_a_body_that_sent_the_appeal_on_too_late_stays_late_however_soon_the_next_one_answers(case):
    case.time_passes_until_due()
    case.at(almaty(2027, 2, 1)).redirects(AKIMAT, OTHER_BODY, whole=True)
    assert by_body(case) == {AKIMAT: DutyAnswer.LATE, OTHER_BODY: DutyAnswer.OPEN}
    case.at(almaty(2027, 2, 2)).replies(OTHER_BODY)
    assert by_body(case) == {AKIMAT: DutyAnswer.LATE, OTHER_BODY: DutyAnswer.ON_TIME}
    assert counted(case).answer is DutyAnswer.LATE


def test_after_a_redirect_in_part_each_body_answers_for_its_own_term(case):
    case.at(almaty(2026, 11, 25)).redirects(AKIMAT, OTHER_BODY, whole=False)
    case.at(almaty(2026, 12, 1)).replies(AKIMAT)
    assert by_body(case) == {AKIMAT: DutyAnswer.ON_TIME, OTHER_BODY: DutyAnswer.OPEN}
    case.time_passes_until_due()
    assert by_body(case) == {AKIMAT: DutyAnswer.ON_TIME, OTHER_BODY: DutyAnswer.SILENT}


STEPS = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(["wait", "part", "whole"])), max_size=3)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, answered=st.none() | st.integers(1, 60))
def test_every_duty_to_decide_is_counted_once_and_each_that_was_missed_against_its_own_body(steps, answered):
    """Over histories of waiting, redirects and answers: on time, late, silent, open and not due are all there is."""
    case = Casework()
    case.register()
    bodies = [AKIMAT, OTHER_BODY, PartyId("third-body"), PartyId("fourth-body")]
    now, holder = 0, 0
    for days, step in steps:
        now += days
        passes(case, now)
        if step != "wait":
            case.redirects(bodies[holder], bodies[holder + 1], whole=step == "whole")
            holder += 1
    if answered is not None:
        passes(case, now + answered)
        case.replies(bodies[holder])
    whole = counted(case)
    parts, summed = whole.parts(GroupBy.BODY), tally(whole.parts(GroupBy.BODY))
    duties = [term for term in case.appeal.terms.values() if term.opened.duty == CONSIDERATION]
    assert summed[Figure.RECEIVED] == len({term.opened.party for term in duties})
    assert summed[Figure.RECEIVED] == sum(summed[Figure(answer.value)] for answer in DutyAnswer)
    late = {part.body for part in parts if part.answer in {DutyAnswer.LATE, DutyAnswer.SILENT}}
    assert late == {term.opened.party for term in duties if term.is_missed}
    assert (whole.answer in {DutyAnswer.LATE, DutyAnswer.SILENT}) is bool(late)


def passes(case: Casework, days: int) -> None:
    """The clock looks at every term that is due by then."""
    case.at(almaty(2026, 11, 24) + timedelta(days=days))
    for term_id, term in list(case.appeal.terms.items()):
        if term.is_open and term.opened.due_at < case.now:
            case.term_falls_due(term_id)


def test_a_formal_reply_is_a_mark_of_the_body_that_gave_it(case):
    case.at(almaty(2026, 12, 1)).replies()
    marked = [*case.events, _next(case, ReplyResembled(AKIMAT, 7, ("DL-2026-0000000002",)))]
    assert count(marked, case.appeal).formal
    others = [*case.events, _next(case, ReplyResembled(OTHER_BODY, 7, ("DL-2026-0000000002",)))]
    assert not count(others, case.appeal).formal


def _next(case: Casework, fact: object):
    from dataclasses import replace

    return replace(case.events[-1], seq=len(case.events) + 1, fact=fact)


# --- road and court ---------------------------------------------------------------------------------------------------


def at_court(case: Casework) -> Casework:
    case.at(almaty(2026, 12, 1)).replies()
    case.at(almaty(2026, 12, 2)).disagree()
    case.at(almaty(2026, 12, 4)).sends_materials()
    case.at(almaty(2026, 12, 7)).dossier_is_ready()
    case.acknowledges(COURT, "FileDossier")
    return case


def test_a_disagreement_is_for_the_court_and_pending_before_the_court_has_said_anything(case):
    case.at(almaty(2026, 12, 1)).replies()
    case.at(almaty(2026, 12, 2)).disagree()
    assert (counted(case).road, counted(case).court) == (DisagreementRoad.COURT, CourtEnd.PENDING)
    assert Figure.DISAGREED in counted(case).figures


STORIES = {
    "told in one word": ([(CaseStage.RULING, ClaimOutcome.GRANTED)], CourtEnd.GRANTED),
    "told in words only": ([(CaseStage.ACCEPTED, None), (CaseStage.RULING, None)], CourtEnd.UNSTATED),
    "in force in words only": ([(CaseStage.IN_FORCE, None)], CourtEnd.UNSTATED),
    "in force as it was ruled": (
        [(CaseStage.RULING, ClaimOutcome.REFUSED), (CaseStage.IN_FORCE, None)],
        CourtEnd.REFUSED,
    ),
    "changed on appeal": (
        [(CaseStage.RULING, ClaimOutcome.REFUSED), (CaseStage.IN_FORCE, ClaimOutcome.GRANTED_IN_PART)],
        CourtEnd.IN_PART,
    ),
    "ruled anew in words only": (
        [(CaseStage.RULING, ClaimOutcome.GRANTED), (CaseStage.RULING, None)],
        CourtEnd.UNSTATED,
    ),
    "settled": ([(CaseStage.HEARING, ClaimOutcome.ENDED_OTHERWISE)], CourtEnd.OTHERWISE),
    "returned": ([(CaseStage.REGISTERED, None), (CaseStage.RETURNED, None)], CourtEnd.RETURNED),
    "returned and taken up anew": ([(CaseStage.RETURNED, None), (CaseStage.ACCEPTED, None)], CourtEnd.PENDING),
    "a hearing after the ruling": (
        [(CaseStage.RULING, ClaimOutcome.GRANTED), (CaseStage.HEARING, None)],
        CourtEnd.GRANTED,
    ),
}


@pytest.mark.parametrize(("reports", "end"), STORIES.values(), ids=STORIES)
def test_the_end_of_the_claim_is_the_last_that_the_court_told(case, reports, end):
    at_court(case)
    for stage, outcome in reports:
        case._message(COURT, ReportCase(stage, "7594-26-00-4/123", case.now, None, "", (), outcome))
    assert counted(case).court is end


def test_a_case_of_the_court_counts_also_where_nobody_pressed_the_button_here(case):
    events = [*case.events, _next(case, CaseReported(CaseStage.REGISTERED, "7594-26-00-4/123", None))]
    assert count(events, case.appeal).court is CourtEnd.PENDING


# --- sums -------------------------------------------------------------------------------------------------------------

APPEALS = st.builds(
    CountedAs,
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    body=st.sampled_from(["", "akimat-almaty", "jer-almaty"]),
    region=st.sampled_from(["", "71", "75"]),
    subject=st.sampled_from(["HOUSING-QUEUE", "LAND-LEASE"]),
    answer=st.sampled_from(DutyAnswer),
    extended=st.booleans(),
    formal=st.booleans(),
    road=st.none() | st.sampled_from(DisagreementRoad),
    court=st.none() | st.sampled_from(CourtEnd),
)


@given(st.lists(APPEALS, max_size=60))
def test_each_appeal_is_counted_exactly_once_in_each_kind_of_figure(appeals):
    whole = tally(appeals)
    assert whole[Figure.RECEIVED] == len(appeals) == sum(whole[Figure(one.value)] for one in DutyAnswer)
    assert whole[Figure.DISAGREED] == sum(whole[Figure(one.value)] for one in DisagreementRoad)
    assert sum(whole[Figure(one.value)] for one in CourtEnd) == sum(one.court is not None for one in appeals)


@pytest.mark.parametrize("by", [one for one in GroupBy if one is not GroupBy.BODY])
@given(appeals=st.lists(APPEALS, max_size=60))
def test_the_lines_of_a_report_add_up_to_the_whole_whatever_they_are_told_apart_by(by, appeals):
    lines = [tally(one for one in appeals if one.of(by) == name) for name in {one.of(by) for one in appeals}]
    summed = tally([])
    for line in lines:
        summed = added(summed, line)
    assert summed == tally(appeals)


def test_the_share_on_time_is_of_those_whose_term_has_come(case):
    assert rate(tally([])) == rate(tally([counted(case)])) == ""
    case.at(almaty(2026, 12, 1)).replies()
    assert rate(tally([counted(case)])) == "100.0"
    assert rate({**tally([counted(case)]), Figure.LATE: 1, Figure.SILENT: 1, Figure.OPEN: 7}) == "33.3"


def test_every_kind_of_answer_road_and_end_is_a_figure():
    assert {str(one) for kind in (DutyAnswer, DisagreementRoad, CourtEnd) for one in kind} < {
        str(one) for one in Figure
    }
