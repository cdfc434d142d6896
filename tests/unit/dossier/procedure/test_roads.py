"""The roads of a disagreement: to the higher body through the body complained of, and from there to the court."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.codes import Code
from contracts.payloads import (
    ClaimKind,
    ComplaintDecision,
    DecisionKind,
    DocumentKind,
    FindingCode,
    ForwardComplaint,
    ProvideMaterials,
    ReviewComplaint,
    RoadKind,
)
from dossier.case.appeal import Status
from dossier.case.events import MaterialsDemanded, RoadTaken, TermOpened
from dossier.procedure.decision import Competence, Decision, DecisionRefusal
from tests.worlds.casework import AKIMAT, COURT, HIGHER, OTHER_BODY, PLATFORM, Casework, almaty, reply

LAND = "LAND-LEASE"


@pytest.fixture
def case() -> Casework:
    """An appeal over land, for which the complaint comes first, answered with a refusal on 1 December 2026."""
    work = Casework(subject=LAND)
    work.competence = Competence(AKIMAT, COURT, higher={AKIMAT: HIGHER, OTHER_BODY: HIGHER})
    work.register()
    work.at(almaty(2026, 12, 1)).replies()
    return work


@pytest.fixture
def lodged(case: Casework) -> Casework:
    """The applicant disagrees on 3 December 2026."""
    case.at(almaty(2026, 12, 3)).disagree()
    return case


@pytest.fixture
def reviewed(lodged: Casework) -> Casework:
    """The akimat hands over its file on 4 December 2026; the higher body has the complaint."""
    lodged.at(almaty(2026, 12, 4)).sends_materials()
    return lodged


def payload_of(case: Casework, kind: type):
    return next(intent.payload for intent in reversed(case.sent) if isinstance(intent.payload, kind))


def court_roads(case: Casework) -> list[RoadTaken]:
    roads = (event.fact for event in case.events if isinstance(event.fact, RoadTaken))
    return [road for road in roads if road.kind is RoadKind.COURT]


# --- the complaint is lodged ----------------------------------------------------------------------------------------


def test_where_a_complaint_comes_first_the_button_leads_to_the_higher_body_through_the_body(case):
    road = case.at(almaty(2026, 12, 3)).disagree().road
    assert (road.kind, road.to, road.through) == (RoadKind.HIGHER_BODY, HIGHER, AKIMAT)
    assert road.article == "АППК 91(5)"
    assert road.until == date(2027, 6, 1)  # six months from 1 December: the act said nothing of how to appeal it


def test_an_act_that_says_how_to_appeal_it_leaves_three_months():
    case = Casework(subject=LAND)
    case.competence = Competence(AKIMAT, COURT, higher={AKIMAT: HIGHER})
    case.register()
    act = reply()
    object.__setattr__(act, "appeal_body", "СМАС")
    object.__setattr__(act, "appeal_until", date(2027, 3, 1))
    case.at(almaty(2026, 12, 1)).replies(answer=act)
    assert case.disagree().road.until == date(2027, 3, 1)


def test_the_body_complained_of_has_three_working_days_to_pass_the_complaint_on(lodged):
    request = payload_of(lodged, ForwardComplaint)
    assert request.reviewer == HIGHER
    assert request.complaint.text == "Келіспеймін"
    assert request.term.due_on == date(2026, 12, 8)  # 4, 7 and 8 December
    assert lodged.appeal.status is Status.COMPLAINT_LODGED


def test_nobody_is_asked_for_the_courts_file_yet(lodged):
    assert not [event for event in lodged.events if isinstance(event.fact, MaterialsDemanded)]


def test_while_the_complaint_waits_the_button_says_so(lodged):
    answer = lodged.disagree()
    assert isinstance(answer, DecisionRefusal)
    assert "not decided yet" in answer.detail


def test_a_late_complaint_is_flagged_and_taken(case):
    decision = case.at(almaty(2027, 6, 2)).disagree()
    assert decision.findings[0].code is FindingCode.LATE
    (road,) = [fact for fact in decision.facts if isinstance(fact, RoadTaken)]
    assert road.late is True
    assert case.appeal.status is Status.COMPLAINT_LODGED


def test_without_a_higher_body_in_the_registry_the_case_goes_to_court_and_says_so(case):
    case.competence = Competence(AKIMAT, COURT)
    decision = case.disagree()
    assert decision.road.kind is RoadKind.COURT
    assert FindingCode.NO_HIGHER_BODY in [finding.code for finding in decision.findings]


def test_over_silence_one_may_complain_too():
    case = Casework(subject=LAND)
    case.competence = Competence(AKIMAT, COURT, higher={AKIMAT: HIGHER})
    case.register()
    case.time_passes_until_due()
    assert case.disagree(ClaimKind.COMPEL).road.kind is RoadKind.HIGHER_BODY
    assert case.appeal.considering == ()


def test_a_silent_body_may_still_answer_while_the_complaint_is_on_its_way():
    case = Casework(subject=LAND)
    case.competence = Competence(AKIMAT, COURT, higher={AKIMAT: HIGHER})
    case.register()
    case.time_passes_until_due()
    case.disagree()
    assert isinstance(case.replies(), Decision)
    assert case.appeal.status is Status.COMPLAINT_LODGED


def test_the_other_body_goes_on_while_one_is_complained_of(case):
    other = Casework(subject=LAND)
    other.competence = case.competence
    other.register()
    other.redirects(AKIMAT, OTHER_BODY, whole=False)
    other.replies(AKIMAT)
    other.disagree(body=AKIMAT)
    assert other.appeal.considering == (OTHER_BODY,)
    assert isinstance(other.replies(OTHER_BODY), Decision)


# --- the body complained of -----------------------------------------------------------------------------------------


def test_the_file_goes_with_the_complaint_to_the_higher_body(reviewed):
    request = payload_of(reviewed, ReviewComplaint)
    assert (request.body, request.file_received) == (AKIMAT, True)
    assert [ref.kind for ref in request.documents] == [DocumentKind.ACT, DocumentKind.ADMINISTRATIVE_FILE]
    assert reviewed.terms("forward_complaint") == [(AKIMAT, "met")]
    assert reviewed.due_on(-1, "review") == date(2027, 1, 6)  # 18 days in December, less the 16th; then 5 and 6
    assert reviewed.appeal.status is Status.COMPLAINT_REVIEWED


def test_a_file_that_does_not_come_is_a_breach_and_the_complaint_goes_on_without_it(lodged):
    lodged.time_passes_until_due()
    assert lodged.terms("forward_complaint") == [(AKIMAT, "breached")]
    assert payload_of(lodged, ReviewComplaint).file_received is False
    assert lodged.sent_to(HIGHER) == ["termBreached", "ReviewComplaint"]


def test_a_file_that_comes_late_follows_the_complaint(lodged):
    lodged.time_passes_until_due()
    lodged.sends_materials()
    assert lodged.sent_to(HIGHER)[-1] == "ForwardDocuments"


def test_the_body_may_satisfy_the_complaint_in_full_instead(lodged):
    lodged.at(almaty(2026, 12, 7)).replies(answer=reply(DecisionKind.SATISFIED, "15-1"))
    assert lodged.terms("forward_complaint") == [(AKIMAT, "met")]
    assert lodged.appeal.status is Status.COMPLAINT_DECIDED
    assert "ReviewComplaint" not in lodged.sent_to(HIGHER)


def test_any_other_answer_to_a_complaint_is_refused_with_what_is_due(lodged):
    answer = lodged.replies(answer=reply(DecisionKind.EXPLAINED, "15-2"))
    assert isinstance(answer, DecisionRefusal)
    assert "SubmitMaterials" in answer.detail


# --- the higher body ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", [ComplaintDecision.REJECTED, ComplaintDecision.LEFT_WITHOUT_CONSIDERATION])
def test_a_refused_complaint_goes_to_court_by_itself(reviewed, decision):
    reviewed.at(almaty(2026, 12, 21)).decides_complaint(decision)
    (road,) = court_roads(reviewed)
    assert (road.court, road.until) == (COURT, date(2027, 1, 21))
    assert reviewed.terms("claim_contest") == [(PLATFORM, "met")]
    assert reviewed.appeal.status is Status.COLLECTING


def test_a_body_that_gave_its_file_with_the_complaint_is_not_asked_again(reviewed):
    reviewed.decides_complaint()
    requested = [intent.recipient for intent in reviewed.sent if isinstance(intent.payload, ProvideMaterials)]
    assert requested == [HIGHER]


def test_silence_of_the_higher_body_is_a_refusal_and_opens_the_court(reviewed):
    reviewed.time_passes_until_due()
    assert reviewed.terms("review") == [(HIGHER, "breached")]
    assert len(court_roads(reviewed)) == 1
    assert "reviewSilent" not in reviewed.last_notice().text.ru
    assert reviewed.appeal.status is Status.COLLECTING


@pytest.mark.parametrize(
    "decision",
    [ComplaintDecision.CANCELLED, ComplaintDecision.CANCELLED_WITH_NEW_ACT, ComplaintDecision.ACTION_DONE],
)
def test_after_a_favourable_decision_the_court_waits_for_the_applicant(reviewed, decision):
    reviewed.at(almaty(2026, 12, 21)).decides_complaint(decision)
    assert court_roads(reviewed) == []
    assert reviewed.terms("claim_contest") == [(PLATFORM, "open")]
    road = reviewed.at(almaty(2026, 12, 22)).disagree().road
    assert (road.kind, road.until) == (RoadKind.COURT, date(2027, 1, 21))


def test_a_complaint_sent_back_is_considered_anew_and_may_be_contested_anew(reviewed):
    reviewed.at(almaty(2026, 12, 21)).decides_complaint(ComplaintDecision.SENT_BACK)
    assert reviewed.appeal.considering == (AKIMAT,)
    assert reviewed.sent_to(AKIMAT)[-1] == "AssignAppeal"
    reviewed.at(almaty(2026, 12, 23)).replies(answer=reply(act_number="77"))
    assert reviewed.disagree().road.kind is RoadKind.HIGHER_BODY


def test_the_body_learns_the_decision(reviewed):
    reviewed.decides_complaint()
    assert reviewed.sent_to(AKIMAT)[-1] == "complaintDecided"


def test_only_the_higher_body_decides(reviewed):
    answer = reviewed.decides_complaint(by=OTHER_BODY)
    assert isinstance(answer, DecisionRefusal)
    assert answer.code is Code.NOT_YOUR_APPEAL


def test_a_complaint_is_decided_once(reviewed):
    reviewed.decides_complaint()
    assert isinstance(reviewed.decides_complaint(), DecisionRefusal)


# --- withdrawal -----------------------------------------------------------------------------------------------------


def test_a_complaint_may_be_withdrawn_and_nothing_more_is_due(reviewed):
    assert isinstance(reviewed.withdraw(), Decision)
    assert reviewed.appeal.status is Status.REPLIED
    assert reviewed.sent_to(HIGHER)[-1] == "NotifyWithdrawal"
    assert {term.opened.duty for term in reviewed.appeal.terms.values() if term.is_open} == {"complaint_unadvised"}


def test_terms_of_a_collection_withdrawn_lapse_and_are_no_default(reviewed):
    reviewed.decides_complaint()
    assert isinstance(reviewed.withdraw(), Decision)
    assert reviewed.terms("materials") == [(HIGHER, "lapsed")]
    assert reviewed.sent_to(HIGHER)[-1] == "NotifyWithdrawal"
    reviewed.time_passes = reviewed.at(almaty(2027, 3, 1))
    assert "DefaultRecorded" not in reviewed.facts


def test_every_term_has_an_id_of_its_own(reviewed):
    reviewed.decides_complaint()
    ids = [event.fact.term_id for event in reviewed.events if isinstance(event.fact, TermOpened)]
    assert len(ids) == len(set(ids))
