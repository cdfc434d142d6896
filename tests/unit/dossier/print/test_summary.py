"""The printed dossier: every letter of it, whatever people wrote, and the same bytes each time."""

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from contracts.payloads import DocumentKind
from dossier.packaging.describe import describe
from dossier.print.summary import build_summary
from tests.worlds.dossiers import APPEAL, NUMBER, PLATFORM, document, dossier_input

HOSTILE = r"""#import "/etc/passwd": *
#panic("x") $ x^2 $ *bold* _it_ `raw` <label> @ref \\ \u{1F600} // comment /* open
= Heading
- list ~ "quotes" 'q' [content] {code} #sys.inputs #read("/etc/passwd")"""


def description(**changes):
    return replace(describe(dossier_input()), **changes)


def printed(described) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(build_summary(described))).pages)


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def test_it_says_what_a_judge_looks_for_in_both_languages():
    text = squeezed(printed(description()))
    for stated in (
        NUMBER,
        APPEAL.applicant.name,
        "БҰЗЫЛДЫ",
        "НАРУШЕН",
        "ҮНСІЗҚАЛДЫ",
        "МОЛЧАНИЕ",
        "АППК76(1)",
        "3-17/1188",
    ):
        assert squeezed(stated) in text
    for entry in description().documents:
        assert entry.document.sha256 in text


def test_every_kazakh_letter_is_printed():
    letters = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
    assert letters in printed(description(appeal=replace(APPEAL, text=letters)))


def test_it_is_pdf_a_2b():
    metadata = PdfReader(BytesIO(build_summary(description()))).xmp_metadata
    assert metadata is not None
    xmp = metadata.stream.get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in xmp
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in xmp


def test_the_same_description_gives_the_same_bytes():
    assert build_summary(description()) == build_summary(description())


def test_markup_in_what_people_wrote_is_shown_and_not_obeyed():
    text = squeezed(printed(description(appeal=replace(APPEAL, text=HOSTILE))))
    assert squeezed(HOSTILE) in text
    assert "root:x:" not in text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(max_examples=25, deadline=None)
def test_no_text_stops_a_dossier(text):
    applicant = replace(APPEAL.applicant, name=text)
    assert build_summary(description(appeal=replace(APPEAL, text=text, applicant=applicant))).startswith(b"%PDF")


@pytest.mark.parametrize("strange", ["🙂", "中文", "\u202eоборот", "\ufeff"])
def test_what_the_fonts_lack_becomes_a_box_and_directions_cannot_be_turned(strange):
    assert "□" in printed(description(appeal=replace(APPEAL, text=strange)))


def test_a_hundred_documents_and_a_long_text_flow_over_pages():
    many = tuple(
        document(
            number, DocumentKind.EVIDENCE, f"Дәлелдеме № {number} " + "ұзақ атау " * 9, "f" * 200 + ".pdf", PLATFORM
        )
        for number in range(1, 101)
    )
    given_input = dossier_input(documents=tuple(stored.case_document for stored in many))
    described = replace(describe(given_input), appeal=replace(APPEAL, text="ұзақ мәтін " * 9_000))
    pages = PdfReader(BytesIO(build_summary(described))).pages
    assert len(pages) > 20
    text = squeezed("".join(page.extract_text() for page in pages))
    assert all(stored.ref.sha256 in text for stored in many)


def test_words_without_a_break_stay_inside_the_page():
    """Every glyph's place is within A4: 595 points wide."""
    long = "Ж" * 500
    applicant = replace(APPEAL.applicant, name=long, address=long)
    reader = PdfReader(BytesIO(build_summary(description(appeal=replace(APPEAL, text=long, applicant=applicant)))))
    places = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda text, _cm, tm, *_: places.append((text, tm[4])))
    assert max(x for text, x in places if text.strip()) < 595 - 40
