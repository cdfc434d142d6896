"""The first page for the judge: who proves what, whose position, a prayer that is not cut, each breach once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from contracts.payloads import (
    ClaimKind,
    DocumentKind,
    ElectronicSignature,
    Ground,
    PositionKind,
    SignatureFormat,
    SubmitPosition,
)
from dossier.case.appeal import TermState
from dossier.case.citations import read_citation
from dossier.packaging.describe import describe
from dossier.packaging.description import PositionEntry
from dossier.print.burden import burden
from dossier.print.front_page import front
from dossier.print.summary import build_summary
from tests.worlds.dossiers import PLATFORM, document, dossier_input

DESCRIBED = describe(dossier_input())
REPLY = DESCRIBED.replies[0]


def claiming(claim: ClaimKind, **changes: object):
    return replace(DESCRIBED, disagreement=replace(DESCRIBED.disagreement, claim=claim, **changes))


@pytest.mark.parametrize(
    ("claim", "point", "word"),
    [
        (ClaimKind.CONTEST, "129(2)1", "обременительный акт"),
        (ClaimKind.COMPEL, "129(2)2", "основанием для отказа"),
        (ClaimKind.PERFORM, "129(2)3", "отказа в действии"),
        (ClaimKind.RECOGNISE, "129(2)4", "наличие или отсутствие правоотношения"),
        (ClaimKind.RECOGNISE_ACT, "129(2)4", "не имеющего больше юридической силы"),
        (ClaimKind.BYLAW, "129(2)5", "подзаконный нормативный правовой акт"),
    ],
)
def test_the_burden_is_that_of_this_claim(claim, point, word):
    (kk, ru), *_ = burden(claiming(claim))
    assert f"ӘРПК {point}" in kk
    assert f"АППК {point}" in ru
    assert word in ru
    assert "АППК" not in kk


def test_the_defendant_is_held_to_the_grounds_of_the_act_each_named_once():
    ground = Ground("ЗК ст. 92", "өтінім толық емес")
    twice = replace(REPLY, reply=replace(REPLY.reply, grounds=(ground, ground)))
    _, (_, ru), _ = burden(replace(DESCRIBED, replies=(twice,)))
    assert ru.count("ЗК ст. 92") == 1
    bare = replace(REPLY, reply=replace(REPLY.reply, grounds=()))
    assert "обоснования не указаны" in burden(replace(DESCRIBED, replies=(bare,)))[1][1]


def test_when_it_became_known_is_the_applicants_to_prove():
    by_word = burden(claiming(ClaimKind.CONTEST, known_on=date(2026, 11, 17)))[2][1]
    assert "17.11.2026, по словам заявителя" in by_word
    assert "не установлено" in burden(DESCRIBED)[2][1]


def test_without_a_claim_nobody_has_a_burden():
    assert burden(replace(DESCRIBED, disagreement=None)) == []


def position(kind: PositionKind, signed_by: str) -> PositionEntry:
    submitted = SubmitPosition(kind, "…", (), signed_by, ())
    return PositionEntry(REPLY.body, REPLY.message_id, REPLY.at, submitted, ())


def test_a_position_of_the_higher_head_signed_by_who_signed_the_act_is_marked():
    signer = REPLY.reply.signed_by
    own = (
        position(PositionKind.HEAD_POSITION, signer.upper()),
        position(PositionKind.HEAD_POSITION, "Г. Ахметова"),
        position(PositionKind.OBJECTION, signer),
    )
    shown = front(replace(DESCRIBED, positions=own))["positions"]
    assert [each["same-signer"] for each in shown] == [True, False, False]


def test_the_prayer_is_never_cut_and_the_page_flows_on():
    prayer = " ".join(f"талап{number}" for number in range(1_200))
    pages = PdfReader(BytesIO(build_summary(claiming(ClaimKind.CONTEST, text=prayer)))).pages
    text = pages[0].extract_text() + pages[1].extract_text()
    assert all(f"талап{number}" in text for number in (0, 599, 1_199))


def test_silence_is_not_counted_as_a_breach_again():
    silent = replace(DESCRIBED.terms[0], duty="position", state=TermState.DEFAULT, late=False, done_at=None)
    counts = front(replace(DESCRIBED, terms=(silent,)))["counts"]
    assert counts["missed"] == 0
    assert counts["silent"] == len(DESCRIBED.defaults)


def test_what_the_claim_lacks_stands_on_the_page_until_it_came_in():
    lacking = [text for mark in front(DESCRIBED)["marks"] for text in mark["text"]]
    assert any("не подписан ЭЦП" in text for text in lacking)
    assert any("государственной пошлины" in text for text in lacking)
    paid = document(90, DocumentKind.STATE_DUTY, "Чек", "чек.pdf", PLATFORM)
    signed = ElectronicSignature(SignatureFormat.CMS, b"x")
    held = describe(dossier_input(documents=(paid.case_document,)))
    cured = replace(held, disagreement=replace(held.disagreement, authentication=signed))
    shown = [text for mark in front(cured)["marks"] for text in mark["text"]]
    assert not any("пошлины" in text or "не подписан ЭЦП" in text for text in shown)


def test_who_lodged_it_together_and_why_a_term_was_missed_stand_on_the_page():
    together = replace(DESCRIBED.appeal, joined_by=(replace(DESCRIBED.appeal.applicant, name="Болат Серікұлы"),))
    late = replace(claiming(ClaimKind.CONTEST, late_reason="ауруханада жаттым"), appeal=together)
    text = PdfReader(BytesIO(build_summary(late))).pages[0].extract_text()
    assert "Болат Серікұлы" in text
    assert "ауруханада жаттым" in text


def test_facts_say_from_which_message_they_are_known():
    shown = front(DESCRIBED)
    assert shown["answered"][0]["source"] == 3
    assert shown["claim-source"] == 4


def test_an_article_named_twice_is_recognised():
    named = read_citation("статья 92 Земельного кодекса (ст. 92 Земельного кодекса)")
    assert named == read_citation("ст. 92 Земельного кодекса")
    assert read_citation("статьи 92 и 93 Земельного кодекса") is None
