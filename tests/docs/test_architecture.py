"""The page about rooms is drawn from the imports, and the walks on it name functions that are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tools.architecture import PAGE, between, filled, imports_of, main, parts, picture, reduced

STEP = re.compile(r"\[`(?P<path>[\w./]+\.py)`\]\(\.\./(?P<target>[\w./]+)\) `(?P<name>\w+)`")


def defined(path: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, kinds)}


def test_the_drawn_parts_are_what_the_imports_say():
    page = (ROOT / PAGE).read_text(encoding="utf-8")

    assert filled(page, parts(ROOT)) == page, "run: make docs"


def test_every_step_of_the_walks_names_a_function_of_its_file():
    steps = list(STEP.finditer((ROOT / PAGE).read_text(encoding="utf-8")))

    assert len(steps) > 20
    assert all(step["path"] == step["target"] for step in steps)
    assert [step[0] for step in steps if step["name"] not in defined(ROOT / step["path"])] == []


def test_every_room_says_what_lives_there():
    speechless = [line for line in (ROOT / PAGE).read_text(encoding="utf-8").splitlines() if line.endswith("|  |")]

    assert speechless == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two rooms of the gateway, of which one imports the other, and contracts."""
    for name, text in {
        "contracts/__init__.py": '"""Agreed."""\n',
        "gateway/__init__.py": '"""The exchange."""\n',
        "gateway/upper/__init__.py": '"""Above."""\n',
        "gateway/upper/one.py": "from gateway.lower import two\nfrom contracts import nothing\n",
        "gateway/lower/__init__.py": '"""Below."""\n',
        "gateway/lower/two.py": "import contracts\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_imports_become_arrows_between_rooms(tree: Path):
    imports = imports_of(tree)

    assert between(imports, "gateway") == {"upper": frozenset({"lower"}), "lower": frozenset()}
    assert between(imports, "")["gateway"] == {"contracts"}


def test_an_arrow_that_follows_from_others_is_left_out():
    arrows = {"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()}

    assert reduced(arrows) == {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}


def test_rooms_that_import_each_other_keep_their_arrows():
    arrows = {"a": frozenset("b"), "b": frozenset("a")}

    assert reduced(arrows) == arrows


def test_a_room_without_arrows_is_drawn_alone():
    assert "    alone\n    one --> other" in picture({"one": frozenset({"other"})}, ["alone", "one", "other"])


def test_a_page_that_drifted_is_told_and_written_anew(tree: Path, capsys: pytest.CaptureFixture[str]):
    page = tree / PAGE
    page.parent.mkdir()
    page.write_text("".join(f"<!-- begin {name} -->\n<!-- end {name} -->\n" for name in parts(tree)), encoding="utf-8")

    assert main(tree, ["--check"]) == 1
    assert "run: make docs" in capsys.readouterr().out
    assert main(tree, ["--write"]) == 0
    assert main(tree, ["--check"]) == 0
    assert "upper --> lower" in page.read_text(encoding="utf-8")


def test_a_picture_without_a_place_on_the_page_is_an_error():
    with pytest.raises(ValueError, match="markers differ"):
        filled("no markers", {"gateway": "…"})
