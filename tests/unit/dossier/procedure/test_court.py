"""The court asks the state, and answers the citizen: positions, materials, supplements, a claim returned and cured."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.payloads import (
    CaseStage,
    ClaimOutcome,
    CourtResponse,
    DocumentKind,
    FileDossier,
    FilingPurpose,
    Ground,
    PositionKind,
    ProvideMaterials,
    ProvidePosition,
    ReportCase,
    SubmitPosition,
)
from dossier.case.appeal import Status
from dossier.case.event_form import event_bytes
from dossier.case.events import CaseReported, DossierFiled, DossierOrdered, PositionReceived
from dossier.case.narration import narrate
from dossier.procedure.decision import Decision, DecisionRefusal
from dossier.procedure.wording import member_text
from tests.worlds.casework import AKIMAT, COURT, OTHER_BODY, PLATFORM, Casework, almaty, document, reply


@pytest.fixture
def filed() -> Casework:
    """The akimat refused by Art. 12 of the Housing Act; the dossier was filed on 7 December 2026 and acknowledged."""
    case = Casework()
    case.register()
    act = reply()
    object.__setattr__(act, "grounds", (Ground("ст. 12", "кезек"),))
    case.at(almaty(2026, 12, 1)).replies(answer=act)
    case.at(almaty(2026, 12, 2)).disagree()
    case.at(almaty(2026, 12, 4)).sends_materials()
    case.at(almaty(2026, 12, 7)).dossier_is_ready()
    case.acknowledges(COURT, "FileDossier")
    return case


def filings(case: Casework) -> list[FileDossier]:
    return [intent.payload for intent in case.sent if isinstance(intent.payload, FileDossier)]


def ordered(case: Casework) -> list[tuple[int, FilingPurpose]]:
    facts = (event.fact for event in case.events if isinstance(event.fact, DossierOrdered))
    return [(fact.dossier_no, fact.purpose) for fact in facts]


# --- positions ------------------------------------------------------------------------------------------------------


def test_the_courts_question_goes_to_the_body_with_ten_working_days(filed):
    filed.court_asks_position()
    request = next(intent.payload for intent in filed.sent if isinstance(intent.payload, ProvidePosition))
    assert request.items == (DocumentKind.OBJECTION, DocumentKind.HEAD_POSITION)  # the file is there already
    assert request.term.due_on == date(2026, 12, 22)  # 8 to 22 December, less the 16th
    assert request.question == "Неге?"


def test_the_courts_own_day_stands(filed):
    filed.court_asks_position(until=date(2026, 12, 11))
    assert filed.due_on(-1, "position") == date(2026, 12, 11)


def test_a_position_is_complete_with_the_objection_and_that_of_the_higher_head(filed):
    filed.court_asks_position()
    filed.sends_position(PositionKind.OBJECTION)
    assert filed.terms("position") == [(AKIMAT, "open")]
    filed.sends_position(PositionKind.HEAD_POSITION)
    assert filed.terms("position") == [(AKIMAT, "met")]
    assert ordered(filed)[-1] == (2, FilingPurpose.SUPPLEMENT)


def test_the_file_may_come_with_the_position(filed):
    filed.court_asks_position(OTHER_BODY)
    file = document("file", DocumentKind.ADMINISTRATIVE_FILE)
    filed._message(OTHER_BODY, SubmitPosition(PositionKind.OBJECTION, "негізсіз", (), "басшы", (file,)))
    filed.sends_position(PositionKind.HEAD_POSITION, OTHER_BODY)
    assert filed.terms("position") == [(OTHER_BODY, "met")]


def test_the_supplement_refers_to_the_first_dossier(filed):
    filed.court_asks_position()
    filed.sends_position(PositionKind.OBJECTION)
    filed.sends_position(PositionKind.HEAD_POSITION)
    filed.dossier_is_ready(2)
    first = next(event.fact for event in filed.events if isinstance(event.fact, DossierFiled))
    assert (filings(filed)[-1].supplements, filings(filed)[-1].purpose) == (first.document_id, FilingPurpose.SUPPLEMENT)
    assert filings(filed)[0].supplements is None


def test_the_applicant_is_told_which_dossier_the_court_has(filed):
    assert "дело по обращению" in filed.last_notice().text.ru
    filed.sends_materials()
    filed.dossier_is_ready(2)
    filed.acknowledges(COURT, "FileDossier", "m-second")
    assert "дополнительное досье" in filed.last_notice().text.ru


def test_a_body_that_does_not_answer_the_court_is_in_default_and_the_rest_is_filed(filed):
    filed.court_asks_position(AKIMAT, OTHER_BODY)
    filed.sends_position(PositionKind.OBJECTION)
    filed.sends_position(PositionKind.HEAD_POSITION)
    assert len(ordered(filed)) == 1
    filed.time_passes_until_due()
    assert filed.terms("position") == [(AKIMAT, "met"), (OTHER_BODY, "default")]
    assert filed.sent_to(OTHER_BODY)[-1] == "silenceRecorded"
    assert ordered(filed)[-1] == (2, FilingPurpose.SUPPLEMENT)


def test_grounds_that_the_act_does_not_state_are_counted_for_the_judge(filed):
    filed.court_asks_position()
    filed.sends_position(PositionKind.OBJECTION, grounds=(Ground("ст. 12", "кезек"), Ground("ст. 99", "жаңа")))
    (fact,) = [event.fact for event in filed.events if isinstance(event.fact, PositionReceived)]
    assert fact.new_grounds == 1
    assert "129(3)" in filed.last_notice().text.ru


def test_a_position_that_nobody_asked_for_is_refused(filed):
    assert isinstance(filed.sends_position(PositionKind.OBJECTION), DecisionRefusal)


def test_materials_for_the_court_are_asked_in_its_own_words(filed):
    filed.court_asks_materials(AKIMAT)
    request = [intent.payload for intent in filed.sent if isinstance(intent.payload, ProvideMaterials)][-1]
    assert request.requested == ("хаттама",)
    filed.sends_materials()
    assert filed.terms("court_materials") == [(AKIMAT, "met")]
    assert ordered(filed)[-1] == (2, FilingPurpose.SUPPLEMENT)


def test_two_questions_of_the_court_are_two_supplements(filed):
    filed.court_asks_position(AKIMAT)
    filed.court_asks_materials(AKIMAT)
    filed.sends_materials()
    filed.sends_position(PositionKind.OBJECTION)
    filed.sends_position(PositionKind.HEAD_POSITION)
    assert [number for number, _ in ordered(filed)] == [1, 3, 2]


def test_only_the_court_that_has_the_dossier_asks(filed):
    assert isinstance(filed._message(OTHER_BODY, filed_question()), DecisionRefusal)


def filed_question():
    from contracts.payloads import RequestPosition

    return RequestPosition((), "?", None)


# --- what comes late ------------------------------------------------------------------------------------------------


def test_what_comes_after_the_filing_goes_to_the_court_as_a_supplement(filed):
    filed.sends_materials()
    assert ordered(filed)[-1] == (2, FilingPurpose.SUPPLEMENT)


def test_news_wait_for_the_supplement_that_is_under_way(filed):
    filed.sends_materials()
    filed.add_documents()
    assert len(ordered(filed)) == 2


def test_news_that_the_assembled_dossier_lacks_go_into_the_next(filed):
    filed.sends_materials()
    before = len(filed.events)
    filed.add_documents()
    filed.dossier_is_ready(2, up_to=before)
    assert ordered(filed)[-1] == (3, FilingPurpose.SUPPLEMENT)
    filed.dossier_is_ready(3)
    assert len(ordered(filed)) == 3


def test_a_default_made_good_later_reaches_the_court(filed):
    filed.court_asks_position(AKIMAT)
    filed.time_passes_until_due()
    filed.dossier_is_ready(2)
    filed.sends_position(PositionKind.OBJECTION)
    assert ordered(filed)[-1] == (3, FilingPurpose.SUPPLEMENT)
    assert filed.terms("position") == [(AKIMAT, "default")]


# --- the court's answer ---------------------------------------------------------------------------------------------


def test_a_claim_left_without_movement_tells_why_what_and_until_when(filed):
    filed._message(COURT, _report(CaseStage.LEFT_WITHOUT_MOVEMENT, "приложите копию акта", filed.now))
    text = filed.last_notice().text.ru
    assert "приложите копию акта" in text
    assert "22 декабря 2026" in text
    assert filed.appeal.status is Status.LEFT_WITHOUT_MOVEMENT


def _report(stage: CaseStage, text: str, at):
    return ReportCase(stage, "7594-26-00-4/123", at, None, text, ())


def test_a_cured_claim_is_filed_again_as_such(filed):
    filed.court_reports(CaseStage.LEFT_WITHOUT_MOVEMENT)
    filed.answers_court(CourtResponse.CURED)
    assert filed.terms("cure_claim") == [(PLATFORM, "met")]
    assert ordered(filed)[-1] == (2, FilingPurpose.CURED)
    filed.dossier_is_ready(2)
    assert filings(filed)[-1].purpose is FilingPurpose.CURED


def test_a_returned_claim_may_be_appealed(filed):
    filed.court_reports(CaseStage.RETURNED)
    assert filed.appeal.status is Status.RETURNED
    filed.answers_court(CourtResponse.APPEALED)
    assert filed.terms("private_complaint") == [(PLATFORM, "met")]
    assert ordered(filed)[-1] == (2, FilingPurpose.APPEALED)


def test_a_ruling_may_be_appealed_for_two_months(filed):
    filed.court_reports(CaseStage.RULING)
    assert filed.due_on(-1, "appeal_ruling") == date(2027, 2, 8)  # 7 February 2027 is a Sunday
    assert isinstance(filed.answers_court(CourtResponse.APPEALED), Decision)


def test_a_right_to_answer_ends_when_the_case_moves_on(filed):
    filed.court_reports(CaseStage.LEFT_WITHOUT_MOVEMENT)
    filed.court_reports(CaseStage.ACCEPTED)
    assert filed.terms("cure_claim") == [(PLATFORM, "lapsed")]


def test_there_is_nothing_to_cure_where_the_court_named_nothing(filed):
    filed.court_reports(CaseStage.ACCEPTED)
    assert isinstance(filed.answers_court(CourtResponse.CURED), DecisionRefusal)
    assert isinstance(filed.answers_court(CourtResponse.APPEALED), DecisionRefusal)


def test_once_the_court_has_the_case_it_is_withdrawn_there(filed):
    answer = filed.withdraw()
    assert isinstance(answer, DecisionRefusal)
    assert "the court has the case" in answer.detail


def test_what_the_applicant_adds_goes_to_the_court(filed):
    filed.add_documents()
    assert ordered(filed)[-1] == (2, FilingPurpose.SUPPLEMENT)


@pytest.mark.parametrize("outcome", ClaimOutcome)
def test_how_a_claim_ended_stands_in_the_history_in_every_language(filed, outcome):
    filed._message(COURT, ReportCase(CaseStage.RULING, "7594-26-00-4/123", filed.now, None, "", (), outcome))
    events = next(event for event in reversed(filed.events) if isinstance(event.fact, CaseReported))
    assert events.fact.outcome is outcome
    line, words = narrate(events), member_text(outcome)
    for language in ("kk", "ru", "en"):
        assert getattr(line, language).endswith(f"({getattr(words, language)})")


def test_a_ruling_told_in_words_only_is_told_as_before(filed):
    filed.court_reports(CaseStage.RULING, "7594-26-00-4/123")
    events = next(event for event in reversed(filed.events) if isinstance(event.fact, CaseReported))
    assert narrate(events).en == "Court: ruling given, case No. 7594-26-00-4/123"
    assert b"outcome" not in event_bytes(events)
