"""The roads of a disagreement as the parties see them: every message is signed, sent over HTTP and answered."""

from __future__ import annotations

import pytest

from connectors.sandbox import OnComplaint, OnReview
from contracts.payloads import CaseStage, ComplaintDecision, FilingPurpose, RoadKind
from dossier.case.appeal import TermState
from dossier.case.events import (
    AppealReturned,
    AppealWithdrawn,
    CaseReported,
    ComplaintDecided,
    ComplaintForwarded,
    CourtAnswered,
    CourtAsked,
    DefaultRecorded,
    DefectsNamed,
    DossierFiled,
    HearingAnnounced,
    MaterialsDemanded,
    MaterialsReceived,
    MessageAcknowledged,
    PositionReceived,
    Replied,
    RoadTaken,
    TermBreached,
    TermExtended,
    TermLapsed,
    TermMet,
)
from tests.worlds.exchange.town import COMPLAINT_FIRST, Town, TownMatter, a_town

AKIM, AKIMAT, JER, COURT = "akim-almaty", "akimat-almaty", "jer-almaty", "smas-almaty"


@pytest.fixture
async def town(tmp_path):
    async with a_town(tmp_path) as made:
        yield made


async def replied(town: Town, **entry: str) -> TownMatter:
    """An appeal that the housing department has refused."""
    matter = await town.lodge(**entry)
    await matter.until(Replied)
    return matter


async def in_court(town: Town) -> TownMatter:
    """A claim that the court has registered and accepted."""
    matter = await replied(town)
    await matter.press("disagree")
    await matter.until(CaseReported, times=2)
    return matter


# --- the complaint --------------------------------------------------------------------------------------------------


async def test_a_complaint_goes_with_its_file_to_the_higher_body_and_a_refusal_to_the_court_by_itself(town):
    matter = await replied(town, subject=COMPLAINT_FIRST)

    pressed = await matter.press("disagree")
    forwarded = await matter.until(ComplaintForwarded)
    decided = await matter.until(ComplaintDecided)
    reported = await matter.until(CaseReported, stage=CaseStage.REGISTERED)

    assert (pressed["road"]["kind"], pressed["road"]["to"], pressed["road"]["through"]) == ("higherBody", AKIM, AKIMAT)
    assert (forwarded.reviewer, forwarded.with_file) == (AKIM, True)
    assert decided.decision is ComplaintDecision.REJECTED
    assert [road.kind for road in await matter.all_of(RoadTaken)] == [RoadKind.HIGHER_BODY, RoadKind.COURT]
    assert reported.case_number == "7594-26-00-4/1"
    assert [notice["notice"] for notice in await matter.notices(AKIMAT)] == ["complaintDecided"]


async def test_a_body_may_satisfy_the_complaint_itself_and_nothing_goes_further(town):
    await town.behave(AKIMAT, on_complaint=OnComplaint.SATISFIES)
    matter = await replied(town, subject=COMPLAINT_FIRST)

    await matter.press("disagree")
    await matter.until(Replied, times=2)

    reported = await matter.facts_of("replied")
    assert await matter.all_of(ComplaintForwarded) == []
    open_duties = [term.opened.duty for term in (await matter.appeal()).terms.values() if term.is_open]
    assert open_duties == ["complaint"]  # the new act is one that may be complained of in its turn
    assert reported["language"] == "kk"


async def test_silence_of_both_bodies_is_recorded_and_the_case_comes_to_the_court_all_the_same(town):
    await town.behave(AKIMAT, on_complaint=OnComplaint.IS_SILENT, withholds_materials=True)
    await town.behave(AKIM, on_review=OnReview.IS_SILENT)
    matter = await replied(town, subject=COMPLAINT_FIRST)

    await matter.press("disagree")
    town.world.clock.advance(seconds=7)  # three working days in the sandbox's rules are six seconds
    forwarded = await matter.until(ComplaintForwarded)
    town.world.clock.advance(seconds=16)
    await matter.until(RoadTaken, kind=RoadKind.COURT)
    town.world.clock.advance(seconds=11)
    await matter.until(CaseReported)

    breached = {fact.party for fact in await matter.all_of(TermBreached)}
    assert forwarded.with_file is False
    assert breached >= {AKIMAT, AKIM}
    assert AKIMAT in {fact.body for fact in await matter.all_of(DefaultRecorded)}
    assert [each["purpose"] for each in await matter.held_by_court()] == ["claim"]


async def test_what_the_higher_body_sends_back_is_answered_anew_and_may_be_contested_again(town):
    await town.behave(AKIM, on_review=OnReview.SENT_BACK)
    matter = await replied(town, subject=COMPLAINT_FIRST)
    await matter.press("disagree")
    await matter.until(Replied, times=2)

    await town.behave(AKIM, on_review=OnReview.CANCELLED)
    again = await matter.press("disagree")
    decided = await matter.until(ComplaintDecided, times=2)
    to_court = await matter.press("disagree")

    state = await town.panels[AKIMAT].get("state")
    assert state["refused"] == []
    assert again["road"]["kind"] == "higherBody"
    assert decided.decision is ComplaintDecision.CANCELLED
    assert to_court["road"]["kind"] == "court"


async def test_a_higher_body_that_got_no_file_gets_it_when_it_comes_late(town):
    await town.behave(AKIMAT, complaint_after=20.0)
    await town.behave(AKIM, on_review=OnReview.IS_SILENT)
    matter = await replied(town, subject=COMPLAINT_FIRST)
    await matter.press("disagree")
    await matter.until(MessageAcknowledged, action="ForwardComplaint")
    town.world.clock.advance(seconds=7)
    await matter.until(ComplaintForwarded, with_file=False)

    town.world.clock.advance(seconds=14)
    await matter.until(MessageAcknowledged, action="ForwardDocuments")

    acknowledged = await matter.all_of(MessageAcknowledged)
    assert [fact.recipient for fact in acknowledged if fact.action == "ForwardDocuments"] == [AKIM]


# --- the court asks -------------------------------------------------------------------------------------------------


async def test_the_court_asks_for_positions_and_gets_a_supplement_with_one_silence_in_it(town):
    await town.behave(AKIMAT, redirect_part_to=JER, brings_new_ground=True)
    await town.behave(JER, withholds_position=True)
    matter = await in_court(town)

    await town.press("ask", at=COURT, appeal=matter.number)
    requested = await matter.until(CourtAsked)
    await matter.until(PositionReceived, times=2)
    town.world.clock.advance(seconds=11)
    silent = await matter.until(DefaultRecorded)
    await matter.until(MessageAcknowledged, action="FileDossier", times=2)

    claim, supplement = await matter.held_by_court()
    assert set(requested.bodies) == {AKIMAT, JER}
    assert [fact.new_grounds for fact in await matter.all_of(PositionReceived)] == [1, 0]
    assert silent.body == JER
    assert (supplement["purpose"], supplement["supplements"]) == ("supplement", claim["document_id"])
    assert supplement["dossier_no"] == claim["dossier_no"]


async def test_papers_that_the_court_names_come_as_a_supplement(town):
    matter = await in_court(town)

    await town.press("ask", at=COURT, appeal=matter.number, items=["Кезек тізілімінен үзінді"], bodies=[AKIMAT])
    await matter.until(MaterialsDemanded, dossier_no=2)
    await matter.until(MaterialsReceived, times=2)
    await matter.until(MessageAcknowledged, action="FileDossier", times=2)

    assert [each["purpose"] for each in await matter.held_by_court()] == ["claim", "supplement"]


async def test_after_a_complaint_the_court_hears_the_body_and_the_body_above_it(town):
    matter = await replied(town, subject=COMPLAINT_FIRST)
    await matter.press("disagree")
    await matter.until(CaseReported, times=2)

    await town.press("ask", at=COURT, appeal=matter.number)
    await matter.until(MessageAcknowledged, action="FileDossier", times=2)

    [requested] = await matter.all_of(CourtAsked)
    assert set(requested.bodies) == {AKIMAT, AKIM}
    assert {fact.body for fact in await matter.all_of(PositionReceived)} == {AKIMAT, AKIM}


async def test_a_file_that_comes_after_its_silence_was_recorded_follows_as_a_supplement(town):
    await town.behave(AKIMAT, materials_after=20.0)
    matter = await replied(town)
    await matter.press("disagree")
    await matter.until(MessageAcknowledged, action="ProvideMaterials")
    town.world.clock.advance(seconds=11)
    await matter.until(CaseReported, times=2)

    town.world.clock.advance(seconds=10)
    await matter.until(MessageAcknowledged, action="FileDossier", times=2)

    assert [fact.body for fact in await matter.all_of(DefaultRecorded)] == [AKIMAT]
    assert [each["purpose"] for each in await matter.held_by_court()] == ["claim", "supplement"]


# --- the court stops the claim --------------------------------------------------------------------------------------


async def test_a_claim_left_without_movement_is_cured_and_accepted(town):
    await town.behave(COURT, course=["registered", "leftWithoutMovement"])
    matter = await in_court(town)

    reported = await matter.facts_of("caseStep", times=2)
    await matter.press("answer-court", response="cured")
    await matter.until(CourtAnswered)
    accepted = await matter.until(CaseReported, stage=CaseStage.ACCEPTED)

    claim, cured = await matter.held_by_court()
    assert "баж" in reported["localized"]
    assert reported["term"]
    assert (cured["purpose"], cured["supplements"]) == (FilingPurpose.CURED, claim["document_id"])
    assert accepted.case_number == "7594-26-00-4/1"


async def test_a_returned_claim_is_appealed(town):
    await town.behave(COURT, course=["registered", "returned"])
    matter = await in_court(town)

    await matter.press("answer-court", response="appealed")
    await matter.until(CaseReported, stage=CaseStage.ACCEPTED)

    assert [each["purpose"] for each in await matter.held_by_court()] == ["claim", "appealed"]


async def test_a_case_is_reported_to_its_end(town):
    course = ["registered", "accepted", "hearing", "ruling", "inForce"]
    await town.behave(COURT, course=course)
    matter = await replied(town)

    await matter.press("disagree")
    await matter.until(CaseReported, times=5)

    assert [fact.stage for fact in await matter.all_of(CaseReported)] == course


# --- the body's own procedure ---------------------------------------------------------------------------------------


async def test_a_defect_that_is_cured_in_time_is_answered_on_its_merits(town):
    await town.behave(AKIMAT, names_defects=True, reply_after=5.0)
    matter = await town.lodge()
    await matter.until(DefectsNamed)

    reported = await matter.facts_of("defectsNamed")
    await matter.press("add")
    await matter.until(TermMet)
    town.world.clock.advance(seconds=5)
    await matter.until(Replied)

    states = {term.opened.duty: term.state for term in (await matter.appeal()).terms.values()}
    assert (states["cure"], states["consideration"]) == (TermState.MET, TermState.MET)
    assert "мекенжай" in reported["localized"]


async def test_a_hearing_leaves_time_to_object_and_the_act_comes_after_it(town):
    await town.behave(AKIMAT, holds_hearing=True, extends=True, reply_after=7.0)
    matter = await town.lodge()
    await matter.until(HearingAnnounced)

    reported = await matter.facts_of("hearing")
    await matter.press("add", text="Алдын ала шешімге қарсымын: учаске менікі емес.")
    await matter.until(MessageAcknowledged, action="ForwardDocuments")
    town.world.clock.advance(seconds=7)
    await matter.until(Replied)

    states = {term.opened.duty: term.state for term in (await matter.appeal()).terms.values()}
    assert reported["term"]
    assert states["hearing_objection"] is TermState.MET
    assert await matter.all_of(TermBreached) == []
    assert len(await matter.all_of(TermExtended)) == 1


async def test_an_appeal_that_is_given_back_may_be_contested(town):
    await town.behave(AKIMAT, returns=True)
    matter = await town.lodge()
    await matter.until(AppealReturned)

    reported = await matter.facts_of("returned")
    pressed = await matter.press("disagree")

    assert reported["language"] == "kk"
    assert pressed["road"]["kind"] == "court"


# --- the applicant --------------------------------------------------------------------------------------------------


async def test_withdrawn_while_collecting_nobody_is_in_default(town):
    await town.behave(AKIMAT, withholds_materials=True)
    matter = await replied(town)
    await matter.press("disagree")
    await matter.until(MaterialsDemanded)

    await matter.press("withdraw")
    town.world.clock.advance(days=1)
    for _ in range(5):
        await town.turn()

    lapsed = [fact.reason for fact in await matter.all_of(TermLapsed)]
    assert await matter.all_of(AppealWithdrawn)
    assert "withdrawn" in lapsed
    assert await matter.all_of(DefaultRecorded) == []
    assert await matter.all_of(DossierFiled) == []


async def test_a_complaint_that_is_withdrawn_is_not_decided_any_more(town):
    await town.behave(AKIM, review_after=10.0)
    matter = await replied(town, subject=COMPLAINT_FIRST)
    await matter.press("disagree")
    await matter.until(MessageAcknowledged, action="ReviewComplaint")

    await matter.press("withdraw")
    await matter.until(MessageAcknowledged, action="NotifyWithdrawal", recipient=AKIM)
    town.world.clock.advance(seconds=30)
    for _ in range(5):
        await town.turn()

    assert await matter.all_of(ComplaintDecided) == []
    assert await matter.all_of(TermBreached) == []


async def test_once_the_dossier_is_filed_the_claim_is_the_courts(town):
    matter = await in_court(town)

    status, reported = await town.refused("withdraw", appeal=matter.number)

    assert status == 409
    assert "WrongState" in reported["note"]


async def test_silence_is_contested_as_an_answer_is(town):
    await town.behave(AKIMAT, replies=False)
    matter = await town.lodge()
    await matter.until(MessageAcknowledged, action="AssignAppeal")
    town.world.clock.advance(seconds=16)
    await matter.until(TermBreached)

    pressed = await matter.press("disagree", claim="compel")
    await matter.until(CaseReported, times=2)

    assert pressed["road"]["kind"] == "court"
    assert [notice["notice"] for notice in await matter.notices(AKIM)] == ["termBreached"]


async def test_a_reception_centre_gets_the_ticket_and_the_applicant_is_told_in_russian(town):
    matter = await town.lodge(at="natije-almaty", sample="on-paper")

    ticket = matter.facts["ticket"]
    reported = await matter.facts_of("registered")
    assert ticket["number"] == matter.number
    assert ticket["received_by"]["name"] == "Әбенова Айжан Тұрсынқызы"
    assert matter.number in ticket["text"]["ru"]
    assert reported["localized"] == reported["text"]["ru"]
