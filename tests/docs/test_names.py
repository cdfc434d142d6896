"""What the pages name exists."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from contracts.codes import Code
from gateway.cli import app
from gateway.workers.loops import ALONE
from tests.docs.pages import PAGES, ROOT, anchors, blocks, code_words, links, name_of

FOLDERS = "contracts|signing|dossier|connectors|gateway|tests|docs|requirements"
FILE = re.compile(rf"^(?:{FOLDERS})/[\w./-]*$")
MADE_BY_RECIPE = (
    *(f"connectors/fax/{name}.py" for name in ("__init__", "caller", "channel")),
    "tests/unit/connectors/test_fax.py",
)
MADE = re.compile(r"^(make|dalel) ([a-z]+)\b")
DOTTED = re.compile(r"^(?:contracts|signing|dossier|connectors|gateway)(?:\.(?!(?:xml|pdf)$)\w+)+$")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path):
    dead = [target for _, target in links(page) if not target.startswith("https://") and not leads(page, target)]

    assert dead == []


def leads(page: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    aim = (page.parent / path).resolve() if path else page
    return aim.exists() and aim.is_relative_to(ROOT) and (not anchor or anchor in anchors(aim))


@pytest.mark.parametrize("name", ["threat-model", "operating"])
def test_every_test_that_a_page_names_is_there(name: str):
    page = ROOT / f"docs/{name}.md"
    named = [(words, target) for words, target in links(page) if target.startswith("../tests/") and ".py" in target]
    absent = [
        words
        for words, target in named
        if f"def test_{words.replace(' ', '_')}" not in (page.parent / target).read_text(encoding="utf-8")
    ]

    assert named
    assert absent == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_named_exists(page: Path):
    made = set(MADE_BY_RECIPE)
    made |= {block.info.removeprefix("diff ") for block in blocks(page) if block.language == "diff"}
    missing = [word for word in code_words(page) if FILE.match(word) and not (ROOT / word).exists()]

    assert set(missing) <= made


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_module_and_name_of_ours_exists(page: Path):
    missing = [word for word in code_words(page) if DOTTED.match(word) and not resolves(word)]

    assert missing == []


def resolves(dotted: str) -> bool:
    """Whether the longest importable part of the name has the rest as attributes."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name, None)
        return found is not None
    return False


def commands(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group below, as the words that call it."""
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_named_in_a_sentence_exists(page: Path):
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    there = set(commands(get_command(app)))
    absent = [
        word
        for word in code_words(page)
        if (found := MADE.match(word)) and not (found[2] in targets if found[1] == "make" else (found[2],) in there)
    ]

    assert absent == []


def test_every_loop_that_one_node_leads_is_in_the_glossary():
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")

    assert [name for name in ALONE if f"| {name.replace('_', ' ')} |" not in text] == []


def test_every_code_has_its_section():
    assert {code.value.lower() for code in Code} <= anchors(ROOT / "docs/codes.md")


def test_every_decision_is_in_the_list():
    decisions = {path.name for path in (ROOT / "docs/adr").glob("0*.md")}

    assert decisions == {
        target for _, target in links(ROOT / "docs/adr/README.md") if not target.startswith("https://")
    }
