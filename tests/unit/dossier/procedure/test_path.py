"""The path of an appeal, told as it happens: from the citizen to the court."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from contracts.codes import Code
from contracts.party import PartyId
from contracts.payloads import (
    AppealKind,
    CaseStage,
    ClaimKind,
    DocumentKind,
    ForwardDocuments,
    NotifyApplicant,
    ProvideMaterials,
    RoadKind,
)
from dossier.case.events import DossierFiled, MaterialsDemanded, Replied
from dossier.case.history import Status
from dossier.procedure.decision import Competence, Decision, DecisionRefusal
from tests.worlds.casework import AKIMAT, COURT, EXCHANGE, HIGHER, OTHER_BODY, PLATFORM, Casework, almaty, reply


@pytest.fixture
def case() -> Casework:
    """An appeal registered on Tuesday, 24 November 2026, at 11:00 and handed to the akimat."""
    work = Casework()
    work.register()
    return work


@pytest.fixture
def contested(case: Casework) -> Casework:
    """The akimat has refused and the applicant disagrees; materials are awaited from the akimat alone."""
    case.at(almaty(2026, 12, 1)).replies()
    case.at(almaty(2026, 12, 2)).disagree()
    return case


def refused(answer: Decision | DecisionRefusal) -> DecisionRefusal:
    assert isinstance(answer, DecisionRefusal)
    return answer


# --- registration ---------------------------------------------------------------------------------------------------


def test_an_appeal_is_registered_handed_over_and_given_its_term(case):
    assert case.facts == ["AppealRegistered", "AppealAssigned", "TermOpened"]
    assert case.sent_to(PLATFORM) == ["registered", "handedOver"]
    assert case.sent_to(AKIMAT) == ["AssignAppeal"]
    assert case.due_on() == date(2026, 12, 15)  # the 15th working day, counting from 25 November
    assert case.appeal.status is Status.WITH_BODY


def test_the_assignment_names_the_message_that_registered_the_appeal(case):
    (assignment,) = [intent for intent in case.sent if intent.recipient == AKIMAT]
    assert assignment.ref_to == "m1"
    assert assignment.payload.appeal == case.registered
    assert assignment.payload.term.article == "АППК 76(1)"


def test_an_appeal_that_nobody_is_competent_for_is_refused_by_subject_and_place():
    case = Casework()
    case.competence = Competence(None, COURT)
    refusal = refused(case.register())
    assert refusal.code is Code.NO_COMPETENT_BODY
    assert "HOUSING-QUEUE" in refusal.detail
    assert "750000000" in refusal.detail


def test_what_comes_after_hours_counts_from_the_next_working_day():
    case = Casework(at=almaty(2026, 11, 27, 18, 31))  # Friday evening
    case.register()
    assert case.appeal.registered_on == date(2026, 11, 30)
    assert case.due_on() == date(2026, 12, 22)


def test_a_second_registration_in_the_same_conversation_is_refused(case):
    assert refused(case.register()).code is Code.WRONG_STATE


def test_the_notice_tells_number_day_term_and_article_in_three_languages(case):
    notice = case.sent[0].payload
    assert "DL-2026-0000000001" in notice.text.kk
    assert "2026 жылғы 15 желтоқсан (ӘРПК 76(1)-бабы)" in notice.text.kk
    assert "до 15 декабря 2026 года включительно (ст. 76(1) АППК)" in notice.text.ru
    assert "15 December 2026 (Art. 76(1) APPC)" in notice.text.en
    assert notice.term.due_on == date(2026, 12, 15)


# --- the body at work -----------------------------------------------------------------------------------------------


def test_the_applicant_hears_under_which_number_the_body_registered(case):
    case.body_registers(number="ЖТ-2026-7")
    assert "ЖТ-2026-7" in case.last_notice().text.ru
    assert case.appeal.bodies[AKIMAT].number == "ЖТ-2026-7"


def test_a_body_registers_once(case):
    case.body_registers(number="ЖТ-1")
    assert "ЖТ-1" in refused(case.body_registers(number="ЖТ-2")).detail


def test_a_redirect_of_the_whole_ends_the_old_term_and_opens_a_new_one(case):
    case.at(almaty(2026, 11, 26)).redirects(AKIMAT, OTHER_BODY, whole=True)
    assert case.terms() == [(AKIMAT, "lapsed"), (OTHER_BODY, "open")]
    assert case.due_on() == date(2026, 12, 18)
    assert case.sent_to(OTHER_BODY) == ["AssignAppeal"]
    assert case.appeal.body == OTHER_BODY
    assert case.appeal.considering == (OTHER_BODY,)


def test_a_redirect_of_a_part_leaves_both_bodies_their_terms(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=False)
    assert case.terms() == [(AKIMAT, "open"), (OTHER_BODY, "open")]
    assert case.appeal.considering == (AKIMAT, OTHER_BODY)
    assert "часть" in case.last_notice().text.ru


def test_documents_of_a_redirect_go_with_the_appeal(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=True, documents=True)
    assert case.sent_to(OTHER_BODY) == ["AssignAppeal", "ForwardDocuments"]


@pytest.mark.parametrize("to", [EXCHANGE, PLATFORM, COURT, AKIMAT])
def test_an_appeal_is_not_redirected_to_whom_it_cannot_belong(case, to):
    assert refused(case.redirects(AKIMAT, to, whole=True)).code is Code.WRONG_STATE
    assert case.appeal.considering == (AKIMAT,)


def test_a_redirected_appeal_may_come_back_with_a_new_term(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=True)
    case.redirects(OTHER_BODY, AKIMAT, whole=True)
    assert case.appeal.considering == (AKIMAT,)
    assert case.terms() == [(AKIMAT, "lapsed"), (OTHER_BODY, "lapsed"), (AKIMAT, "open")]


def test_who_has_redirected_the_whole_has_nothing_to_answer(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=True)
    assert "redirected" in refused(case.replies(AKIMAT)).detail


def test_an_extension_replaces_the_term_and_tells_the_applicant_why(case):
    case.extends(date(2027, 1, 22))
    assert case.terms() == [(AKIMAT, "extended"), (AKIMAT, "open")]
    assert case.due_on() == date(2027, 1, 22)
    notice = case.last_notice()
    assert notice.term.article == "АППК 76(3)"
    assert "сараптама керек" in notice.text.kk


@pytest.mark.parametrize(
    ("until", "words"),
    [(date(2027, 1, 26), "until 2027-01-25 at most"), (date(2026, 12, 14), "ends before the term itself")],
)
def test_an_extension_that_the_article_does_not_cover_is_refused_and_the_clock_runs_on(case, until, words):
    refusal = refused(case.extends(until))
    assert words in refusal.detail
    assert case.terms() == [(AKIMAT, "open")]


def test_an_extension_of_the_full_two_months_moves_off_a_sunday(case):
    case.extends(date(2027, 1, 25))  # 24 January 2027 is a Sunday (Art. 76(5))
    assert case.due_on() == date(2027, 1, 25)


def test_a_chain_of_extensions_reaches_no_further_than_one(case):
    case.extends(date(2027, 1, 15))
    refusal = refused(case.at(almaty(2027, 1, 14)).extends(date(2027, 3, 12)))
    assert "2027-01-25" in refusal.detail


def test_a_decision_dated_ahead_reaches_no_further(case):
    assert refused(case.extends(date(2027, 2, 24), decided=almaty(2026, 12, 24))).code is Code.WRONG_STATE


def test_a_term_that_has_ended_is_not_extended(case):
    case.time_passes_until_due()
    assert "had ended when the extension was decided" in refused(case.extends(date(2027, 1, 15))).detail


def test_a_hearing_is_announced_with_time_and_place(case):
    case.announces_hearing(almaty(2026, 12, 7, 15, 30), "Алматы, 5-бөлме")
    text = case.last_notice().text
    assert "7 декабря 2026 года, 15:30" in text.ru
    assert "Алматы, 5-бөлме" in text.kk
    assert "ауызша" in text.kk


def test_a_term_that_the_law_does_not_extend_is_not_extended():
    case = Casework()
    case.registered = replace(case.registered, kind=AppealKind.COMPLAINT)
    case.register()
    assert "does not let you extend it" in refused(case.extends(date(2027, 1, 20))).detail


# --- defects and the hearing ----------------------------------------------------------------------------------------


def test_defects_are_named_with_a_day_and_documents_cure_them(case):
    case.names_defects(date(2026, 12, 4))
    assert case.due_on(-1, "cure") == date(2026, 12, 4)
    assert "қолы жоқ" in case.last_notice().text.kk
    case.at(almaty(2026, 12, 3)).add_documents()
    assert case.terms("cure") == [(PLATFORM, "met")]


def test_a_day_to_cure_that_is_over_is_refused(case):
    assert "leaves no day" in refused(case.names_defects(date(2026, 11, 24))).detail


def test_defects_that_are_not_cured_let_the_body_return_the_appeal_in_three_working_days(case):
    case.names_defects(date(2026, 12, 4))
    case.time_passes_until_due()
    case.at(almaty(2026, 12, 9)).gives_back()
    assert case.terms("return") == [(AKIMAT, "met")]
    assert case.appeal.status is Status.RETURNED_BY_BODY
    assert isinstance(case.disagree(), Decision)


def test_a_return_after_the_three_working_days_is_flagged_late(case):
    case.at(almaty(2026, 12, 1)).gives_back()
    (returned,) = [term for term in case.appeal.terms.values() if term.opened.duty == "return"]
    assert returned.opened.due_on == date(2026, 11, 27)
    assert returned.late


def test_a_redirect_after_three_working_days_is_flagged_late(case):
    case.at(almaty(2026, 12, 1)).redirects(AKIMAT, OTHER_BODY, whole=True)
    (redirected,) = [term for term in case.appeal.terms.values() if term.opened.duty == "redirect"]
    assert redirected.late


def test_an_objection_in_the_hearing_is_in_time_for_two_working_days(case):
    case.announces_hearing(almaty(2026, 12, 3))
    assert case.due_on(-1, "hearing_objection") == date(2026, 11, 26)
    case.at(almaty(2026, 11, 26)).add_documents()
    assert case.terms("hearing_objection") == [(PLATFORM, "met")]
    assert case.sent_to(AKIMAT)[-1] == "ForwardDocuments"


def test_an_act_before_the_applicant_could_be_heard_is_a_breach(case):
    case.announces_hearing(almaty(2026, 12, 3))
    case.at(almaty(2026, 11, 26)).replies()
    assert case.terms("hearing_notice") == [(AKIMAT, "breached")]


def test_an_act_after_three_working_days_of_notice_is_none(case):
    case.announces_hearing(almaty(2026, 12, 3))
    case.at(almaty(2026, 11, 30)).replies()
    case.term_falls_due(next(key for key, term in case.appeal.terms.items() if term.opened.duty == "hearing_notice"))
    assert case.terms("hearing_notice") == [(AKIMAT, "met")]


def test_a_terminated_procedure_meets_its_term_and_may_be_contested(case):
    case.terminates()
    assert case.terms() == [(AKIMAT, "met")]
    assert case.appeal.status is Status.TERMINATED
    assert isinstance(case.disagree(), Decision)


def test_a_reply_meets_the_term_and_carries_its_documents_to_the_applicant(case):
    case.replies()
    assert case.terms() == [(AKIMAT, "met")]
    assert case.appeal.status is Status.REPLIED
    notice = case.last_notice()
    assert [ref.title for ref in notice.documents] == ["act"]
    assert "отказано" in notice.text.ru
    assert "до 24 декабря 2026 года включительно" in notice.text.ru  # until when it may be contested
    assert "«Келіспеймін»" in notice.text.kk


def test_whether_an_act_says_how_to_appeal_is_on_record(case):
    case.replies()
    (fact,) = [event.fact for event in case.events if isinstance(event.fact, Replied)]
    assert fact.states_appeal_road is False


def test_a_reply_in_the_last_second_of_the_day_is_in_time(case):
    case.at(almaty(2026, 12, 15, 23, 59)).replies()
    assert not next(iter(case.appeal.terms.values())).is_missed


def test_a_reply_past_the_term_is_late_even_when_the_clock_has_not_fired(case):
    case.at(almaty(2026, 12, 16, 0, 0)).replies()
    term = next(iter(case.appeal.terms.values()))
    assert (term.state.value, term.late) == ("met", True)
    assert "с опозданием" in case.last_notice().text.ru


def test_a_body_answers_once(case):
    case.replies()
    assert "12-34" in refused(case.replies(answer=reply(act_number="99"))).detail


# --- silence --------------------------------------------------------------------------------------------------------


def test_silence_past_the_term_is_a_breach_and_the_applicant_learns_what_it_means(case):
    case.time_passes_until_due()
    assert case.now == almaty(2026, 12, 16, 0, 0)
    assert case.terms() == [(AKIMAT, "breached")]
    assert "считается отказом" in case.last_notice().text.ru
    assert "до 15 января 2027 года включительно" in case.last_notice().text.ru  # until when it may be contested
    assert isinstance(case.disagree(), Decision)


def test_a_term_fires_once(case):
    case.time_passes_until_due()
    assert case.term_falls_due(next(iter(case.appeal.terms))) == Decision()


def test_a_clock_that_fires_early_changes_nothing(case):
    (term_id,) = case.appeal.terms
    assert case.term_falls_due(term_id) == Decision()


def test_at_the_due_instant_itself_nothing_is_missed_yet(case):
    (term_id,) = case.appeal.terms
    case.at(case.appeal.terms[term_id].opened.due_at).term_falls_due(term_id)
    assert case.terms() == [(AKIMAT, "open")]


def test_whoever_owes_is_reminded_once_before_the_due_day(case):
    (term_id,) = case.appeal.terms
    case.at(almaty(2026, 12, 10, 0)).term_falls_due(term_id)
    assert case.facts[-1] == "TermReminded"
    assert case.sent_to(AKIMAT) == ["AssignAppeal", "termNear"]
    assert case.at(almaty(2026, 12, 11)).term_falls_due(term_id) == Decision()


def test_a_term_that_nobody_opened_changes_nothing(case):
    assert case.term_falls_due("elsewhere/t9") == Decision()


def test_a_late_reply_after_a_breach_is_taken_and_the_breach_stands(case):
    case.time_passes_until_due()
    case.replies()
    assert case.terms() == [(AKIMAT, "breached")]
    assert case.appeal.status is Status.REPLIED
    assert "с опозданием" in case.last_notice().text.ru


def test_a_redirect_after_the_term_does_not_wash_the_breach_away(case):
    case.at(almaty(2026, 12, 16, 9)).redirects(AKIMAT, OTHER_BODY, whole=True)
    assert case.terms() == [(AKIMAT, "breached"), (OTHER_BODY, "open")]
    assert "termBreached" in case.sent_to(PLATFORM)


# --- the applicant --------------------------------------------------------------------------------------------------


def test_added_documents_go_to_every_body_still_at_work(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=False)
    case.replies(AKIMAT)
    case.add_documents()
    assert case.sent_to(OTHER_BODY)[-1] == "ForwardDocuments"
    assert "ForwardDocuments" not in case.sent_to(AKIMAT)


def test_an_added_document_names_the_applicants_message(case):
    case.add_documents()
    (forwarded,) = [intent for intent in case.sent if isinstance(intent.payload, ForwardDocuments)]
    assert forwarded.ref_to == f"m{case.messages_arrived}"


def test_a_withdrawal_ends_every_term_and_tells_the_bodies(case):
    case.withdraw()
    assert case.appeal.status is Status.WITHDRAWN
    assert case.terms() == [(AKIMAT, "lapsed")]
    assert case.sent_to(AKIMAT)[-1] == "NotifyWithdrawal"
    assert case.sent_to(PLATFORM)[-1] == "withdrawn"


def test_after_the_decision_there_is_nothing_to_withdraw(case):
    case.replies()
    assert "64(9)" in refused(case.withdraw()).detail


def test_a_withdrawn_appeal_takes_nothing_more(case):
    case.withdraw()
    answers = [case.withdraw(), case.disagree(), case.add_documents(), case.replies(), case.body_registers()]
    assert {refused(answer).code for answer in answers} == {Code.WRONG_STATE}


# --- disagreement and collection ------------------------------------------------------------------------------------


def test_before_an_answer_one_is_told_until_when_to_wait(case):
    refusal = refused(case.disagree())
    assert refusal.code is Code.WRONG_STATE
    assert "2026-12-15" in refusal.detail


def test_the_button_leads_to_court_and_says_why_and_until_when(case):
    case.at(almaty(2026, 12, 1)).replies()
    decision = case.disagree()
    assert decision.road.kind is RoadKind.COURT
    assert decision.road.article == "АППК 91(5)"
    assert decision.road.until == date(2027, 1, 5)  # a month after 1 December; 1 to 4 January 2027 are days off
    assert "досудебное" in decision.road.reason.ru


def test_after_silence_the_month_counts_from_the_end_of_the_term(case):
    case.time_passes_until_due()
    assert case.at(almaty(2027, 1, 11)).disagree().road.until == date(2027, 1, 15)


def test_the_month_counts_from_the_end_of_the_term_though_its_clock_has_not_fired(case):
    assert case.at(almaty(2027, 1, 11)).disagree().road.until == date(2027, 1, 15)


def test_the_month_counts_from_the_last_act(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=False)
    case.at(almaty(2026, 12, 1)).replies(AKIMAT)
    case.at(almaty(2026, 12, 10)).replies(OTHER_BODY)
    assert case.disagree().road.until == date(2027, 1, 11)  # 10 January 2027 is a Sunday


def test_without_a_court_in_the_routes_the_button_says_so(case):
    case.replies()
    case.competence = Competence(AKIMAT, None)
    assert refused(case.disagree()).code is Code.NO_COMPETENT_BODY


def test_one_disagrees_once(contested):
    assert "already" in refused(contested.disagree()).detail


def test_every_body_that_touched_the_appeal_is_asked_for_its_file(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=True)
    case.at(almaty(2026, 12, 1)).replies(OTHER_BODY)
    case.at(almaty(2026, 12, 2)).disagree(ClaimKind.COMPEL)
    assert case.sent_to(AKIMAT)[-1] == "ProvideMaterials"
    assert case.sent_to(OTHER_BODY)[-1] == "ProvideMaterials"
    open_terms = case.appeal.open_terms("materials")
    assert [(term.opened.party, term.opened.due_on) for term in open_terms] == [
        (AKIMAT, date(2026, 12, 7)),
        (OTHER_BODY, date(2026, 12, 7)),
    ]
    assert case.appeal.status is Status.COLLECTING


def test_a_silent_body_is_asked_for_the_answer_too(case):
    case.time_passes_until_due()
    case.disagree()
    (demand,) = [event.fact for event in case.events if isinstance(event.fact, MaterialsDemanded)]
    assert demand.items == (DocumentKind.ADMINISTRATIVE_FILE, DocumentKind.REPLY, DocumentKind.ACT)


def test_a_body_that_replied_is_asked_for_its_file_only(contested):
    (request,) = [intent.payload for intent in contested.sent if isinstance(intent.payload, ProvideMaterials)]
    assert request.items == (DocumentKind.ADMINISTRATIVE_FILE,)


def test_a_body_within_its_term_goes_on_when_the_act_of_another_is_contested(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=False)
    case.replies(AKIMAT)
    case.disagree()
    assert case.terms()[1] == (OTHER_BODY, "open")
    assert case.appeal.considering == (OTHER_BODY,)


def test_a_disagreement_past_an_unfired_term_records_the_breach_first(case):
    case.at(almaty(2026, 12, 16, 9)).disagree()
    assert case.facts[3:5] == ["TermBreached", "Disagreed"]


def test_with_the_last_materials_the_dossier_is_ordered(contested):
    decision = contested.sends_materials()
    assert contested.terms()[-1] == (AKIMAT, "met")
    assert decision.assembly is not None
    assert (decision.assembly.dossier_no, decision.assembly.court, decision.assembly.claim) == (
        1,
        COURT,
        ClaimKind.CONTEST,
    )
    assert contested.appeal.status is Status.DOSSIER_DUE


def test_while_one_body_is_awaited_nothing_is_ordered(case):
    case.redirects(AKIMAT, OTHER_BODY, whole=True)
    case.replies(OTHER_BODY)
    case.disagree()
    assert case.sends_materials(AKIMAT).assembly is None
    assert "Запрошено органов: 2, прислали: 1" in case.last_notice().text.ru
    case.time_passes_until_due()
    assert case.facts[-2:] == ["DefaultRecorded", "DossierOrdered"]
    assert case.terms()[-1] == (OTHER_BODY, "default")


def test_silence_on_the_demand_is_recorded_and_the_dossier_goes_without(contested):
    contested.time_passes_until_due()
    assert contested.terms()[-1] == (AKIMAT, "default")
    assert contested.appeal.status is Status.DOSSIER_DUE
    assert contested.sent_to(PLATFORM)[-1] == "bodySilent"


def test_materials_after_a_default_are_kept_and_no_second_dossier_is_ordered(contested):
    contested.time_passes_until_due()
    decision = contested.sends_materials()
    assert decision.assembly is None
    assert contested.facts[-1] == "MaterialsReceived"


def test_materials_are_not_taken_before_they_are_asked_for(case):
    assert "ProvideMaterials" in refused(case.sends_materials()).detail


def test_the_court_chosen_at_the_disagreement_stays_the_court(contested):
    contested.competence = Competence(AKIMAT, None)
    assert contested.sends_materials().assembly.court == COURT


def test_a_reply_during_collection_is_taken(case):
    case.time_passes_until_due()
    case.disagree()
    case.replies()
    assert case.facts[-2:] == ["Replied", "HearingOmitted"]
    assert case.appeal.status is Status.COLLECTING


# --- the court ------------------------------------------------------------------------------------------------------


@pytest.fixture
def filed(contested: Casework) -> Casework:
    contested.sends_materials()
    contested.dossier_is_ready()
    return contested


def test_a_ready_dossier_is_filed_with_the_court(filed):
    assert filed.sent_to(COURT) == ["FileDossier"]
    assert filed.appeal.status is Status.DOSSIER_FILED
    (intent,) = [intent for intent in filed.sent if intent.recipient == COURT]
    assert intent.payload.dossier.media_type == "application/vnd.etsi.asic-e+zip"
    assert filed.sent_to(PLATFORM)[-1] == "dossierFiled"


def test_a_dossier_that_is_ready_twice_is_filed_once(filed):
    assert filed.dossier_is_ready() == Decision()
    assert sum(isinstance(event.fact, DossierFiled) for event in filed.events) == 1


def test_a_dossier_that_nobody_ordered_is_not_filed(contested):
    assert contested.dossier_is_ready() == Decision()


def test_the_courts_receipt_reaches_the_applicant_once(filed):
    filed.acknowledges(COURT, "FileDossier")
    assert filed.appeal.status is Status.AT_COURT
    assert filed.acknowledges(COURT, "FileDossier") == Decision()
    assert filed.sent_to(PLATFORM).count("courtReceived") == 1


def test_the_courts_refusal_is_told_with_its_code(filed):
    filed.rejects(COURT, "FileDossier")
    assert filed.appeal.status is Status.COURT_REFUSED
    assert "DossierRefused" in filed.last_notice().text.ru


def test_a_receipt_for_a_notice_causes_no_notice(filed):
    decision = filed.acknowledges(PLATFORM, "NotifyApplicant")
    assert decision.messages == ()
    assert filed.facts[-1] == "MessageAcknowledged"


def test_every_step_of_the_court_case_reaches_the_applicant(filed):
    filed.acknowledges(COURT, "FileDossier")
    filed.court_reports(CaseStage.REGISTERED, "7594-26-00-4/123")
    filed.court_reports(CaseStage.LEFT_WITHOUT_MOVEMENT, until=date(2026, 12, 20))
    notice = filed.last_notice()
    assert notice.case_number == "7594-26-00-4/123"
    assert "до 21 декабря 2026 года" in notice.text.ru  # the court's day, 20 December 2026, is a Sunday
    assert filed.appeal.status is Status.LEFT_WITHOUT_MOVEMENT
    filed.court_reports(CaseStage.IN_FORCE)
    assert filed.appeal.status is Status.CLOSED


def test_only_the_court_that_has_the_dossier_reports_the_case(filed):
    refusal = refused(filed.court_reports(CaseStage.REGISTERED, by=PartyId("smas-astana")))
    assert refusal.code is Code.NOT_YOUR_APPEAL


# --- who may ask ----------------------------------------------------------------------------------------------------


def test_a_stranger_has_no_part_in_the_appeal(case):
    answers = [
        case.replies(OTHER_BODY),
        case.body_registers(OTHER_BODY),
        case.sends_materials(OTHER_BODY),
        case.disagree(by=OTHER_BODY),
        case.court_reports(CaseStage.REGISTERED),
    ]
    assert {refused(answer).code for answer in answers} == {Code.NOT_YOUR_APPEAL}


def test_nothing_is_decided_on_a_conversation_that_nobody_opened():
    case = Casework()
    assert refused(case.replies()).code is Code.UNKNOWN_CONVERSATION
    assert case.term_falls_due("x/t1") == Decision()


# --- the sandbox ----------------------------------------------------------------------------------------------------


def test_sandbox_terms_are_seconds_and_say_so():
    case = Casework("sandbox-seconds", at=almaty(2026, 11, 24, 22))
    case.register()
    (term,) = case.appeal.terms.values()
    assert term.opened.due_at - case.now == timedelta(seconds=15)
    assert term.opened.rules_version == "sandbox-seconds"
    assert "22:00:15" in case.last_notice().text.ru
    assert "ИСПЫТАТЕЛЬНАЯ СРЕДА" in case.law.rules.label.ru


def test_an_extension_in_the_sandbox_has_its_own_seconds():
    case = Casework("sandbox-seconds")
    case.register()
    case.extends(date(2026, 11, 24))
    (term,) = [term.opened for term in case.appeal.open_terms("consideration")]
    assert (term.duty, term.due_at - case.now) == ("consideration", timedelta(seconds=30))


def test_the_whole_path_runs_in_the_sandbox():
    case = Casework("sandbox-seconds", subject="ANYTHING")
    case.register()
    case.extends(date(2026, 11, 24))
    case.time_passes_until_due()
    case.disagree()
    case.time_passes_until_due()
    case.dossier_is_ready()
    case.acknowledges(COURT, "FileDossier")
    assert case.appeal.status is Status.AT_COURT
    assert [type(i.payload) for i in case.sent].count(NotifyApplicant) == 8


def test_an_integrator_can_try_the_other_road_in_the_sandbox():
    case = Casework("sandbox-seconds", subject="COMPLAINT-FIRST-1")
    case.competence = Competence(AKIMAT, COURT, higher={AKIMAT: HIGHER})
    case.register()
    case.replies()
    assert case.disagree().road.kind is RoadKind.HIGHER_BODY
