"""Words for people stand in files that translators edit: Python of the product holds none of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[4]
CYRILLIC = re.compile("[\u0400-\u04ff]")
PROPER_NAMES = re.compile("АППК|КАТО|НУЦ РК|ШЭП|ЖТ-2026-00000042")
"""The Code, the classifier of places, the certification authority, the bus of e-government, the form of a number."""

EXEMPT = {
    "connectors/ias/card.py": "how the register of appeals names its way to sign in; a value of the record, not a text",
    "connectors/ias/fields.py": "yes, as the files of the register write it: read, never said",
    "connectors/sandbox/roles/": "papers of invented parties: what is played, not what the product says",
    "dossier/case/citations.py": "the grammar of citations: read, never said",
    "dossier/case/likeness.py": "two letters that are compared as one",
    "dossier/print/view.py": "the title of a printed dossier, which has both languages at once",
    "gateway/audit/check.py": "the checker goes out in every export and runs alone, as one file",
    "gateway/texts/language.py": "each language by its own name",
}
"""Where such words stand all the same, and why."""


def words_in(source: str) -> Iterator[str]:
    """String literals in Cyrillic letters, but for docstrings."""
    nodes = list(ast.walk(ast.parse(source)))
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    literals = (node for node in nodes if isinstance(node, ast.Constant) and id(node) not in docstrings)
    for literal in literals:
        if isinstance(literal.value, str) and CYRILLIC.search(PROPER_NAMES.sub("", literal.value)):
            yield literal.value


@cache
def found() -> dict[str, list[str]]:
    folders = ("contracts", "signing", "dossier", "connectors", "gateway")
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    sources = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files}
    words = {path: list(words_in(source)) for path, source in sources.items() if CYRILLIC.search(source)}
    return {path: each for path, each in words.items() if each}


def test_no_words_for_people_stand_in_python():
    assert {path: words for path, words in found().items() if not path.startswith(tuple(EXEMPT))} == {}


def test_each_exemption_is_needed():
    assert [path for path in EXEMPT if not any(one.startswith(path) for one in found())] == []


def test_a_docstring_may_say_a_term_of_the_law_and_a_literal_may_not():
    assert list(words_in('"""Отзыв."""\nX = 1\n"""Ұстаным."""\n')) == []
    assert list(words_in('"""Отзыв."""\nX = f"Ұстаным {1}, АППК"\nY = "АППК 70"\n')) == ["Ұстаным "]
