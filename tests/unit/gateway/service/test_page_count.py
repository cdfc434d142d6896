"""Page counts: right for sound PDFs, unknown for everything else, and never at the exchange's expense."""

import zlib
from dataclasses import replace
from io import BytesIO
from random import Random
from select import select

import pytest
from pypdf import PdfWriter

from contracts.payloads import DocumentKind
from gateway.pages.counter import PageCounter, PageLimits, with_page_counts
from tests.worlds.dossiers import AKIMAT, document

SMALL = document(1, DocumentKind.EVIDENCE, "Дәлелдеме", "дәлел.pdf", AKIMAT)


def as_document(content: bytes):
    return replace(SMALL.case_document, ref=replace(SMALL.ref, size=len(content)), open=lambda: BytesIO(content))


def pdf(pages: int, *, locked: bool = False) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if locked:
        writer.encrypt("сыр", algorithm="RC4-128")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def counted(*contents: bytes, **limits) -> list[int | None]:
    patient = {"each_s": 600.0, "all_s": 3600.0} | limits  # what is quick is not so on every machine
    counts = with_page_counts([as_document(content) for content in contents], PageLimits(**patient))
    return [each.pages for each in counts]


def test_sound_files_are_counted_and_other_files_are_not():
    assert counted(pdf(1), b"plain text", pdf(240), b"", b"%PDF-1.7\nnothing else") == [1, None, 240, None, None]


def test_a_file_with_something_before_the_mark_is_a_pdf_all_the_same():
    assert counted(b"\xef\xbb\xbf" + pdf(3)) == [3]


def endless_tree() -> bytes:
    return pdf(2).replace(b"/Type /Pages", b"/Kids [1 0 R] /Type /Pages")


def bomb() -> bytes:
    """A cross-reference stream of gigabytes in a megabyte."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1 << 10)) + packer.flush()
    head = b"%%PDF-1.7\n1 0 obj<</Type/XRef/W[1 8 2]/Size 100000000/Root 2 0 R/Filter/FlateDecode/Length %d>>stream\n"
    return head % len(packed) + packed + b"\nendstream endobj\nstartxref\n9\n%%EOF\n"


def nested() -> bytes:
    return b"%PDF-1.7\n1 0 obj" + b"[" * 300_000 + b"]" * 300_000 + b"endobj\nstartxref\n9\n%%EOF\n"


def test_a_tree_that_holds_itself_is_walked_once():
    assert counted(endless_tree(), pdf(5))[1] == 5


@pytest.mark.parametrize("hostile", [bomb, nested])
def test_a_hostile_file_is_unknown_in_bounded_time_and_the_next_one_is_counted(hostile, monkeypatch):
    waits_s = []

    def noted(reading, writing, failing, wait_s):
        waits_s.append(wait_s)
        return select(reading, writing, failing, wait_s)

    monkeypatch.setattr("gateway.pages.counter.select.select", noted)
    with PageCounter(PageLimits(each_s=4.0, all_s=3600.0)) as counter:
        assert counter.pages_of(as_document(hostile())) is None
        assert waits_s
        assert max(waits_s) <= 4.0  # for the child, which is ended when that is over
        counter._limits = PageLimits(each_s=600.0)  # a sound file is quick, but not on every machine
        assert counter.pages_of(as_document(pdf(5))) == 5


def test_broken_bytes_anywhere_stop_nothing():
    chance, sound = Random(7), pdf(4)
    broken = [bytes(b if chance.random() > 0.01 else chance.randrange(256) for b in sound) for _ in range(40)]
    assert counted(*broken, sound)[-1] == 4


def test_no_more_is_read_than_allowed():
    lost = pdf(3) + bytes(3_000_000)  # its table is nowhere near the end, so a reader searches the whole
    assert counted(lost, pdf(2), read_bytes=1_000_000) == [None, 2]


def test_when_the_time_for_all_is_over_the_rest_is_unknown():
    assert counted(pdf(1), all_s=0.0) == [None]


def test_a_document_whose_store_fails_is_unknown_here_and_refused_by_the_assembly():
    def fail():
        raise OSError("the bucket is away")

    assert with_page_counts([replace(as_document(pdf(1)), open=fail)])[0].pages is None
