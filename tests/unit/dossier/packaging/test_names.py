"""Names inside a dossier are safe on every file system, whatever people called their files."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.packaging.layout import document_path, message_path, safe_name
from dossier.packaging.manifest import OPAQUE, build_manifest, media_type_of


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("өтініш.pdf", "өтініш.pdf"),
        ("Ответ № 3-17.pdf", "Ответ № 3-17.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\aku\\дело.docx", "дело.docx"),
        (".htaccess", "htaccess"),
        ("", "document"),
        ("...", "document"),
        ("a\x00b\nc.pdf", "a_b_c.pdf"),
        ("cv\u202efdp.exe", "cv_fdp.exe"),
        ("ұ" * 300 + ".pdf", "ұ" * 80 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(given_name, safe):
    assert safe_name(given_name) == safe


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_every_name_becomes_one_plain_path_segment(file_name):
    segment = document_path(7, file_name).removeprefix("documents/")
    assert segment.startswith("007-")
    assert not set(segment) & set('/\\:*?"<>|\0')
    assert segment.isprintable()
    assert len(segment.encode()) < 255
    assert segment == unicodedata.normalize("NFC", segment)
    assert not segment.endswith((".", " "))


def test_message_files_tell_action_and_direction():
    assert message_path(3, "Reply", outgoing=False) == "messages/003-Reply-in.xml"
    assert message_path(3, "AssignAppeal", outgoing=True, receipt=True) == "messages/003-AssignAppeal-out-receipt.xml"


def test_the_media_type_follows_from_the_name_alone():
    assert media_type_of("documents/001-a.PDF") == "application/pdf"
    assert media_type_of("documents/001-a.exe") == OPAQUE


def test_the_manifest_escapes_names():
    assert b'manifest:full-path="a&amp;&quot;b.xml"' in build_manifest(['a&"b.xml'])
