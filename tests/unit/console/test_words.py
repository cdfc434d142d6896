"""The console speaks three languages wholly: what a template or a module says stands in every catalogue."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import gateway
from gateway.texts.language import FOLDER, PageLanguage

PLACES = [("**.py", "python"), ("**.html", "jinja2")]
GATEWAY = Path(gateway.__file__).parent
OTHERS = [language for language in PageLanguage if language is not PageLanguage.EN]


@pytest.fixture(scope="module")
def stated_by() -> set[str]:
    """Every word of the templates and modules, in English."""
    rooms = [GATEWAY / room for room in ("console", "lists", "reading", "texts")]
    found = chain.from_iterable(extract_from_dir(room, PLACES, keywords={"_": None, "marked": None}) for room in rooms)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def entries(language: PageLanguage) -> list[Message]:
    """Of all files of the language."""
    found = []
    for file in sorted((FOLDER / language).glob("*.po")):
        with file.open("rb") as source:
            found += [entry for entry in read_po(source) if entry.id]
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_no_word_is_missing_in_a_catalogue_and_none_is_left_over(language: PageLanguage, stated_by: set[str]):
    known = {str(entry.id): str(entry.string) for entry in entries(language)}

    assert len(stated_by) > 100
    assert stated_by - {english for english, words in known.items() if words} == set()
    assert known.keys() - stated_by == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_a_guess_and_each_has_the_places_of_its_original(language: PageLanguage):
    for entry in entries(language):
        assert not entry.fuzzy, entry.id
        places = [sorted(re.findall(r"{\w+}", str(words))) for words in (entry.id, entry.string)]
        assert places[0] == places[1], entry.id


@pytest.mark.parametrize("language", OTHERS)
def test_what_several_sections_say_stands_in_one_file(language: PageLanguage):
    names = [str(entry.id) for entry in entries(language)]
    assert sorted(names) == sorted(set(names))


def test_whatever_a_template_says_to_a_reader_goes_through_the_catalogue():
    """Letters between tags that no expression stands for; names of standards and of ours are no words."""
    ours = {"Dälel", "CSV", "HTTP", "SHA-256", "dalel users add"}
    for template in (GATEWAY / "console" / "templates").rglob("*.html"):
        text = re.sub(r"{%.*?%}|{{.*?}}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
        between = {words.strip(" ·→\t") for words in re.sub(r"<[^>]*>", "\n", text).split("\n")}
        spoken = r'(?:placeholder|title|aria-label|alt|data-confirm|data-live|data-lost)="([^"{][^"]*)"'
        assert re.findall(spoken, template.read_text(encoding="utf-8")) == [], template.name
        assert {words for words in between if re.search(r"[^\W\d_]", words)} <= ours, template.name
