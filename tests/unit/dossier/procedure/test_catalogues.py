"""Texts for people of the case: one language per phrase, the law by its name in it, and no false comfort."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

import dossier
from dossier.procedure.notices.applicant import sentences
from dossier.procedure.wording import day_text, fill, same, until_in_kazakh

FOLDER = Path(dossier.__file__).parent
FILES = sorted(file for file in FOLDER.rglob("*.toml") if "foreign" not in file.parts)
OF_KAZAKH = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)
FALSE_COMFORT = (
    "ничего не требуется",
    "никуда обращаться",
    "ештеңе талап етілмейді",
    "nothing is asked of you",
    "ничего делать не",
)


def texts(table: object, where: str = "") -> Iterator[tuple[str, str, str]]:
    """Place, language and text of every text in three languages, and of every pair of Kazakh and Russian."""
    match table:
        case dict():
            for key, value in table.items():
                if key in ("kk", "ru", "en") and isinstance(value, str):
                    yield where, key, value
                else:
                    yield from texts(value, f"{where}.{key}")
        case [str() as kk, str() as ru]:
            yield from ((where, "kk", kk), (where, "ru", ru))
        case list():
            for number, value in enumerate(table):
                yield from texts(value, f"{where}[{number}]")


def every(language: str) -> list[tuple[str, str]]:
    read: Mapping[Path, object] = {file: tomllib.loads(file.read_text("utf-8")) for file in FILES}
    return [
        (f"{file.name}{where}", text)
        for file, table in read.items()
        if file.name not in ("grounds.toml", "likeness.toml", "courts.toml")
        for where, spoken, text in texts(table)
        if spoken == language
    ]


def test_there_are_texts_to_look_at():
    assert len(every("kk")) == len(every("ru")) > 400


def test_kazakh_texts_call_the_code_by_its_kazakh_name():
    assert [place for place, text in every("kk") if "АППК" in text or "ГПК" in text] == []


def test_russian_texts_hold_no_kazakh_words():
    shown = [(place, re.sub(r"«[^»]*»", "", text)) for place, text in every("ru")]
    assert [place for place, text in shown if OF_KAZAKH.search(text) and "likeness" not in place] == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_nobody_is_told_that_nothing_need_be_done(language):
    assert [place for place, text in every(language) if any(phrase in text for phrase in FALSE_COMFORT)] == []


def test_no_phrase_agrees_in_gender_with_a_name_that_is_filled_in():
    agreed = re.compile(r"\{(?:body|court|reviewer|party)\}:? (?:не )?(?!дело)[а-я]+(?:ил|ал|ел|ла|ло)\b")
    assert [(place, text) for place, text in every("ru") if agreed.search(text)] == []


@pytest.mark.parametrize("month", range(1, 13))
def test_until_a_day_is_told_in_the_dative(month):
    filled = until_in_kazakh(f"{day_text(date(2026, month, 15)).kk} дейін")
    assert re.search(r"(ға|ге|қа|ке) дейін$", filled)


def test_sentences_with_a_last_day_are_filled_so():
    words = {"due": day_text(date(2026, 10, 15)), "article": same("x")}
    assert "2026 жылғы 15 қазанға дейін" in fill(sentences()["may_ruling"], words).kk
