"""State as a fold: what each fact changes, and that the status can be read off at every point."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.party import LocalText, PartyId
from contracts.payloads import CaseStage
from dossier.case import events as e
from dossier.case.event_form import FACT_TYPES, fact_kind
from dossier.case.history import BodyStage, CourtAnswer, Status, TermState, fold
from dossier.case.narration import narrate, narrate_all
from tests.worlds.casework import AKIMAT, COURT, OTHER_BODY, PLATFORM, Casework, almaty
from tests.worlds.samples import EVENTS


def test_the_status_follows_the_whole_path():
    case = Casework()
    seen = []

    def look():
        seen.append(case.appeal.status)

    case.register(), look()
    case.replies(), look()
    case.disagree(), look()
    case.sends_materials(), look()
    case.dossier_is_ready(), look()
    case.acknowledges(COURT, "FileDossier"), look()
    case.court_reports(CaseStage.REGISTERED, "7594-26-00-4/1"), look()
    case.court_reports(CaseStage.IN_FORCE), look()
    assert seen == [
        Status.WITH_BODY,
        Status.REPLIED,
        Status.COLLECTING,
        Status.DOSSIER_DUE,
        Status.DOSSIER_FILED,
        Status.AT_COURT,
        Status.CASE_OPEN,
        Status.CLOSED,
    ]


def test_a_returned_claim_is_seen_as_returned_with_its_number():
    case = Casework()
    case.register()
    case.replies()
    case.disagree()
    case.time_passes_until_due()
    case.dossier_is_ready()
    case.court_reports(CaseStage.REGISTERED, "7594-26-00-4/1")
    case.court_reports(CaseStage.RETURNED)
    assert (case.appeal.status, case.appeal.case_number) == (Status.RETURNED, "7594-26-00-4/1")


def test_registration_is_all_that_an_appeal_needs():
    case = Casework()
    case.register()
    appeal = fold(case.events[:1])
    assert appeal.status is Status.REGISTERED
    assert (appeal.platform, appeal.registration, appeal.body) == (PLATFORM, "m1", None)
    assert appeal.terms == {}


@pytest.mark.parametrize("events", [(), EVENTS[1:]])
def test_a_history_begins_with_registration(events):
    with pytest.raises(ValueError, match="begins with AppealRegistered"):
        fold(events)


def test_the_bodies_keep_their_order_and_what_each_did():
    case = Casework()
    case.register()
    case.body_registers(number="ЖТ-7")
    case.redirects(AKIMAT, OTHER_BODY, whole=True)
    case.at(almaty(2026, 11, 30)).replies(OTHER_BODY)
    first, second = case.appeal.bodies.values()
    assert (first.party, first.stage, first.number) == (AKIMAT, BodyStage.REDIRECTED, "ЖТ-7")
    assert (second.party, second.stage, second.concluded_at) == (OTHER_BODY, BodyStage.REPLIED, almaty(2026, 11, 30))
    assert [reply.act_number for reply in second.replies] == ["12-34"]


def test_a_term_closes_once_whatever_comes_after():
    case = Casework()
    case.register()
    case.time_passes_until_due()
    term_id = next(iter(case.appeal.terms))
    last = case.events[-1]
    again = [replace(last, seq=last.seq + 1, fact=e.TermMet(term_id, late=False))]
    assert fold([*case.events, *again]).terms[term_id].state is TermState.BREACHED


def test_what_nobody_opened_is_not_closed():
    case = Casework()
    case.register()
    last = case.events[-1]
    stray = [
        e.TermMet("elsewhere/t1", late=False),
        e.DossierFiled(7, "d", "e", 1, "B-B"),
        e.RoadTaken("court", "a", None),
    ]
    events = [*case.events, *(replace(last, seq=last.seq + n, fact=fact) for n, fact in enumerate(stray, 1))]
    assert fold(events) == case.appeal


def test_only_the_courts_answer_to_a_dossier_counts_for_the_dossier():
    case = Casework()
    case.register()
    case.replies()
    case.disagree()
    case.sends_materials()
    case.dossier_is_ready()
    case.acknowledges(PLATFORM, "NotifyApplicant", "n1")
    case.acknowledges(PartyId("smas-astana"), "FileDossier", "f1")
    assert case.appeal.dossiers[1].answer is None
    case.rejects(COURT, "FileDossier", "f2")
    case.acknowledges(COURT, "FileDossier", "f3")
    assert case.appeal.dossiers[1].answer is CourtAnswer.ACKNOWLEDGED
    assert case.appeal.settled == {"n1", "f1", "f2", "f3"}


def test_every_sample_fact_folds_after_a_registration():
    assert fold(EVENTS).conversation_id == EVENTS[0].conversation_id


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: fact_kind(event.fact))
def test_every_kind_of_fact_is_told_in_three_languages(event):
    text = narrate(event)
    assert text.kk and text.ru and text.en  # noqa: PT018 - one statement about three languages
    assert "{" not in text.kk + text.ru + text.en


def test_a_history_reads_like_one():
    names = {AKIMAT: LocalText(kk="Әкімдік", ru="Акимат", en="Akimat")}
    lines = {fact_kind(event.fact): note for event, note in zip(EVENTS, narrate_all(EVENTS, names), strict=True)}
    assert set(lines) == set(FACT_TYPES)
    assert lines["term_opened"].ru == (
        "Акимат: начался срок до 15 декабря 2026 года (ст. 76(1) АППК). "
        "Обязанность: Рассмотреть обращение и принять решение"
    )
    assert lines["appeal_redirected"].kk == "Әкімдік: өтініш мына органға қайта жіберілді (толығымен): jer-almaty"
    assert lines["term_met"].en == "Akimat: done late. Duty: Consider the appeal and decide"
    assert lines["term_lapsed"].ru.startswith("Акимат: срок отпал: перенаправлено другому органу")
    assert lines["message_acknowledged"].ru == "smas-almaty: получение подтверждено (направление досье в суд)"
    assert "суд его не принял" in lines["message_rejected"].ru
    assert lines["hearing_announced"].ru == "Акимат: назначено заслушивание: 7 декабря 2026 года, 15:30 (устная)"
