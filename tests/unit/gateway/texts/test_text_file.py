"""Files of texts are read strictly: a language that is absent, another placeholder or an unread key is an error."""

from __future__ import annotations

import ast
from enum import StrEnum
from pathlib import Path

import pytest

from contracts.party import LocalText
from gateway.texts.text_file import TextFile, TextFileBroken
from tests.docs.pages import ROOT

FILES = sorted(path.with_suffix(".toml") for path in ROOT.glob("gateway/**/*.py") if "TextFile(" in path.read_text())
FILES = [path for path in FILES if path.stem != "text_file"]


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


def file_of(folder: Path, words: str) -> TextFile:
    path = folder / "words.toml"
    path.write_text(words, encoding="utf-8")
    return TextFile(path)


def test_a_text_and_a_table_are_read(tmp_path: Path):
    read = file_of(tmp_path, '[a]\nkk="1 {n}"\nru="2 {n}"\nen="3 {n}"\n[b.red]\nkk="k"\nru="r"\nen="e"\n')
    assert read.text("a") == LocalText(kk="1 {n}", ru="2 {n}", en="3 {n}")
    assert read.table("b") == {"red": LocalText(kk="k", ru="r", en="e")}
    read.end()


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ('[a]\nkk="1"\nru="2"\n', "must have kk, ru and en"),
        ('[a]\nkk="1"\nru="2"\nen="3"\nde="4"\n', "must have kk, ru and en"),
        ('[a]\nkk="1"\nru=" "\nen="3"\n', "empty"),
        ('[a]\nkk="1"\nru="2"\nen=3\n', "empty"),
        ('[a]\nkk="{n}"\nru="{n}"\nen="{m}"\n', "other placeholders"),
        ("", "is missing"),
        ('a = "1"', "is missing"),
    ],
)
def test_a_text_that_is_not_whole_is_refused(tmp_path: Path, words: str, trouble: str):
    with pytest.raises(TextFileBroken, match=trouble):
        file_of(tmp_path, words).text("a")


def test_a_table_has_a_text_for_each_member_and_for_no_other(tmp_path: Path):
    with pytest.raises(TextFileBroken, match="must have the keys of Light"):
        file_of(tmp_path, '[a.red]\nkk="k"\nru="r"\nen="e"\n').table_of("a", Light)


def test_what_nobody_reads_is_refused(tmp_path: Path):
    with pytest.raises(TextFileBroken, match="a is read by nobody"):
        file_of(tmp_path, '[a]\nkk="k"\nru="r"\nen="e"\n').end()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_module_of_each_file_reads_all_of_it_and_holds_no_words_itself(path: Path):
    source = path.with_suffix(".py").read_text(encoding="utf-8")
    calls = [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert path.exists()
    assert "_TEXTS.end()" in calls
    assert not any("\u0400" <= letter <= "\u04ff" for letter in source)


def test_there_are_files():
    assert len(FILES) >= 6
