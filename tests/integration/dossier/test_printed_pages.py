"""The printed dossier as a judge sees it: pages as pictures, real text, nothing over the margins, PDF/A by veraPDF."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from contracts.party import LocalText
from dossier.case.events import TermOpened
from dossier.check.inspection import inspect_container
from dossier.check.report import Indication
from dossier.packaging.assembly import assemble
from dossier.packaging.container import Container
from dossier.packaging.describe import describe
from dossier.packaging.silence import default_acts
from dossier.print.summary import build_summary
from tests.verapdf.judge import judged
from tests.worlds.dossier_files import proven_input
from tests.worlds.dossiers import APPEAL, anchors, dossier_input, seal_key
from tests.worlds.long_story import long_input
from tests.worlds.pdf_pages import MM, Page, pages

LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
MARGIN = 18 * MM - 2  # points: a pixel is one, places are rounded to them, and ends of lines have a width
LONG_NAME = LocalText("Қ" * 180, "Щ" * 180, "W" * 180)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "").replace("\ufffe", "-")


def printed(given, **changes) -> bytes:
    described = describe(given)
    return build_summary(replace(described, **changes), default_acts(described, given.case.events))


def sandbox():
    """The story, its terms computed by the rules of the sandbox."""
    given = dossier_input()
    events = tuple(
        replace(event, fact=replace(event.fact, rules_version="sandbox-seconds"))
        if isinstance(event.fact, TermOpened)
        else event
        for event in given.case.events
    )
    return replace(given, case=replace(given.case, events=events))


def crowded() -> bytes:
    """Everything long at once: names without a break, many bodies, many marks, a page-long appeal."""
    described = describe(long_input(events=40, documents=3))
    parties = tuple(replace(party, name=LONG_NAME) for party in described.parties)
    appeal = replace(
        APPEAL,
        text="сөз" * 9_000,
        applicant=replace(APPEAL.applicant, name="Ж" * 400, address="Ы" * 400),
        representative=replace(APPEAL.representative, name="Ң" * 300),
    )
    marks = tuple(replace(described.marks[0], kind=f"kind_{letter}") for letter in "abcdefghij")
    return build_summary(replace(described, parties=parties * 3, appeal=appeal, marks=marks))


KINDS = {
    "plain": lambda: printed(dossier_input()),
    "proven": lambda: printed(proven_input()),
    "sandbox": lambda: printed(sandbox()),
    "short": lambda: printed(long_input(events=5, documents=0)),
    "long": lambda: printed(long_input()),
    "crowded": crowded,
    "letters": lambda: printed(dossier_input(), appeal=replace(APPEAL, text=LETTERS * 3)),
}


@cache
def pdf(kind: str) -> bytes:
    return KINDS[kind]()


@cache
def seen(kind: str) -> tuple[Page, ...]:
    return tuple(pages(pdf(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_no_ink_is_beyond_the_margins_and_no_page_is_empty(kind):
    for number, page in enumerate(seen(kind), 1):
        left, top, right, bottom = page.ink
        assert left >= MARGIN, f"page {number} begins at {left / MM:.1f} mm"
        assert right <= page.width - MARGIN, f"page {number} ends {(page.width - right) / MM:.1f} mm from its edge"
        assert top >= 8 * MM, f"page {number}"
        assert bottom <= page.height - 7 * MM, f"page {number}"
        assert page.share > 0.004, f"page {number} is as good as empty"


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_is_beyond_the_page(kind):
    for page in seen(kind):
        for left, bottom, right, top in page.boxes:
            assert 0 <= left <= right <= page.width
            assert 0 <= bottom <= top <= page.height


def test_kazakh_letters_are_text_in_both_cases():
    text = squeezed("".join(page.text for page in seen("letters")))
    assert LETTERS in text
    for word in ("Әкімшілік", "ҮНСІЗҚАЛДЫ", "Өтініш", "Құжаттар", "БҰЗЫЛДЫ", "Ғаниұлы", "сұралды"):
        assert word in text


def test_the_first_page_stands_alone():
    text = squeezed(seen("proven")[0].text)
    for stated in (
        APPEAL.applicant.name,
        APPEAL.applicant.iin_bin,
        APPEAL.representative.name,
        "SMS-код1414",
        "Акиматгорода",
        "Специализированныймежрайонный",
        "Прошупоставитьмоюсемьюнаучёт",
        "отказано",
        "3-17/1188",
        "13.11.2026",
        "16.11.2026",
        "+3дн.",
        "Составленыактыомолчании:1",
        "23.11.2026",
        "20.11.2026",
        "опринуждении",
        "АППК91(5)",
        "всуд",
        "Досудебныйпорядокненужен",
        "18.12.2026",
        "Принесогласиинетни",
        "dalelverify",
    ):
        assert squeezed(stated) in text, stated


@pytest.mark.parametrize("kind", KINDS)
def test_the_summary_is_one_page_or_flows_on_and_the_drawing_begins_on_the_next(kind):
    drawn = next(number for number, page in enumerate(seen(kind)) if "Ход дела на оси времени" in page.text)
    assert drawn == (3 if kind == "crowded" else 1)
    assert not any("Оқиғалар барысы" in page.text for page in seen(kind)[:drawn])
    assert "dalel verify" in seen(kind)[drawn - 1].text, "nothing of it was cut off"


def test_the_sandbox_says_so_on_every_page():
    assert all("ПЕСОЧНИЦА" in page.text for page in seen("sandbox"))
    assert not any("ПЕСОЧНИЦА" in page.text for page in seen("plain"))


def test_terms_of_the_applicant_are_not_the_platforms():
    drawing = squeezed(seen("long")[1].text)
    assert "Заявитель" in drawing
    assert "ПорталeÖtinish" not in drawing
    reported = squeezed("".join(page.text for page in seen("long")))
    assert "Заявитель:началсясрок" in reported
    assert "ПорталeÖtinish:начался" not in reported


def test_a_long_history_is_drawn_page_by_page_with_every_term_once():
    described = describe(long_input())
    drawings = [page.text for page in seen("long") if "Ход дела на оси времени" in page.text]
    assert len(drawings) > 1
    numbers = {str(number) for number in range(1, len(described.terms) + 1)}
    reported = [line.split(".")[0] for text in drawings for line in text.splitlines() if "Қарау" in line or "/" in line]
    assert numbers <= {number.strip() for number in reported}


def test_five_hundred_events_and_two_hundred_documents_are_printed_whole():
    given = long_input()
    data = printed(given)
    assert len(describe(given).timeline) == 500
    text = squeezed("".join(page.text for page in pages(data)))
    for document in given.documents:
        assert document.ref.sha256 in text


def test_a_long_case_with_two_hundred_documents_is_assembled_and_verified(tmp_path):
    assemble(long_input(), seal_key(), tmp_path / "long.asice")
    report = inspect_container(tmp_path / "long.asice", anchors(), now=long_input().assembled_at)
    assert report.indication is Indication.TOTAL_PASSED
    with Container.open(tmp_path / "long.asice") as container:
        assert sum(name.startswith("documents/") for name in container.names) == 200
        assert sum(name.startswith("acts/") for name in container.names) > 5


def test_verapdf_finds_no_rule_of_pdf_a_2b_broken_and_does_find_one_that_is(tmp_path):
    printed_files = {kind: pdf(kind) for kind in ("proven", "sandbox", "long", "crowded")}
    printed_files["forged"] = pdf("plain").replace(b"<pdfaid:part>2<", b"<pdfaid:part>1<")
    for kind, data in printed_files.items():
        (tmp_path / f"{kind}.pdf").write_bytes(data)
    *ours, forged = judged([tmp_path / f"{kind}.pdf" for kind in printed_files])
    assert [verdict.broken for verdict in ours] == [()] * 4
    assert all(verdict.checks > 10_000 for verdict in ours)
    assert forged.broken
