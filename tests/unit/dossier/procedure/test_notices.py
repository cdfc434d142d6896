"""Texts for the applicant: every step has its sentence, whole in each language."""

from __future__ import annotations

from string import Formatter

import pytest

from contracts.party import LocalText
from contracts.payloads import CaseStage, ClaimKind, DecisionKind, HearingForm, NotifiedStep, NotifyApplicant, RoadKind
from dossier.procedure.notices.applicant import sentences
from dossier.procedure.wording import LANGUAGES, article_text, choice_text, fill, member_text, same
from tests.worlds.casework import AKIMAT, Casework


def words_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_step_has_its_sentence():
    assert {step.value for step in NotifiedStep} <= set(sentences())


@pytest.mark.parametrize("key", sorted(sentences()))
def test_the_three_languages_say_the_same_things(key):
    text = sentences()[key]
    assert words_in(text.kk) == words_in(text.ru) == words_in(text.en)


@pytest.mark.parametrize("kind", [DecisionKind, HearingForm, CaseStage, ClaimKind, RoadKind])
def test_every_member_of_a_closed_set_has_its_word(kind):
    for member in kind:
        assert member_text(member).kk != member.value


def test_a_choice_without_a_word_stands_for_itself():
    assert choice_text("reason", "unheard of") == same("unheard of")


def test_articles_of_other_codes_stay_as_they_are():
    assert article_text("АППК 91(5)").kk == "ӘРПК 91(5)-бабы"
    assert article_text("ГПК 123") == same("ГПК 123")


def test_a_word_that_is_not_given_is_an_error_and_no_hole_in_the_text():
    with pytest.raises(KeyError):
        fill(same("до {due}"), {})


def test_braces_in_somebodys_words_are_only_braces():
    assert fill(same("{reason}"), {"reason": same("{number} {0}")}).ru == "{number} {0}"


def test_parties_are_called_by_their_names_where_they_are_known():
    case = Casework()
    case.register()
    assert "akimat-almaty" in case.last_notice().text.ru
    case = Casework()
    case.names = {AKIMAT: LocalText("Алматы қаласының әкімдігі", "Акимат города Алматы", "Akimat of Almaty")}
    case.register()
    assert "Акимат города Алматы" in case.last_notice().text.ru
    assert "Алматы қаласының әкімдігі" in case.last_notice().text.kk


def test_no_notice_leaves_a_word_open():
    case = Casework("sandbox-seconds")
    case.register()
    case.redirects(AKIMAT, "jer-almaty", whole=False)
    case.time_passes_until_due()
    case.disagree()
    case.time_passes_until_due()
    case.dossier_is_ready()
    case.court_reports(CaseStage.HEARING)
    texts = [intent.payload.text for intent in case.sent if isinstance(intent.payload, NotifyApplicant)]
    assert len(texts) > 8
    assert not any(mark in getattr(text, lang) for text in texts for lang in LANGUAGES for mark in "{}")
