"""The recipes of CONTRIBUTING.md fit this tree: each is applied to a copy, its files are counted, its check is run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tools.shape.tree import tree_on_disk

PAGE = ROOT / "CONTRIBUTING.md"
AIMS = ROOT / "tools" / "recipes.toml"
HANG_S = 600
"""Only a check that hangs takes so long."""

LISTED = re.compile(
    r"^\*\*(?P<kind>Files impacted|Tests) \((?P<count>\d+)\):\*\*(?P<files>(?: [^\n]+\n)(?:[^\n]+\n)*)", re.MULTILINE
)
FENCE = re.compile(r"^```(?P<info>diff [^\n]+|bash (?:step|made|check))\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURES = "docs/screens/"


@dataclass(frozen=True)
class Recipe:
    """One section: files by what it says, commands that write files, edits by path, the commands of its check.

    ``made``: commands that write anew, after the edits, what is generated.
    """

    title: str
    stated: dict[str, tuple[int, set[str]]]
    steps: tuple[str, ...]
    edits: tuple[tuple[str, str], ...]
    made: tuple[str, ...]
    checks: tuple[str, ...]


def recipes() -> Iterator[Recipe]:
    """All sections below the heading ``Recipes``."""
    _, _, chapter = PAGE.read_text(encoding="utf-8").partition("\n# Recipes\n")
    for section in re.split(r"^## ", chapter, flags=re.MULTILINE)[1:]:
        blocks = [(found["info"], found["code"]) for found in FENCE.finditer(section)]
        yield Recipe(
            section.partition("\n")[0],
            {
                found["kind"]: (int(found["count"]), set(re.findall(r"`([^`]+)`", found["files"])))
                for found in LISTED.finditer(section)
            },
            tuple(code for info, code in blocks if info == "bash step"),
            tuple((info.removeprefix("diff "), code) for info, code in blocks if info.startswith("diff ")),
            tuple(code for info, code in blocks if info == "bash made"),
            tuple(code for info, code in blocks if info == "bash check"),
        )


def apply(folder: Path, path: str, diff: str) -> None:
    """A file of nothing but added lines is new; else each hunk's old lines stand in the file once."""
    file = folder / path
    if not file.exists():
        assert all(line.startswith("+") for line in diff.splitlines()), f"{path} is not there"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line[1:]}\n" for line in diff.splitlines()), encoding="utf-8")
        return
    text = file.read_text(encoding="utf-8")
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        lines = [line or " " for line in hunk.splitlines()]
        old, new = ("".join(f"{line[1:]}\n" for line in lines if line[0] != left) for left in "+-")
        assert text.count(old) == 1, f"{path} has {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def run(folder: Path, script: str) -> None:
    """The commands with this interpreter and the copy's modules."""
    script = script.replace(".venv/bin/python", sys.executable)
    paths = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | paths,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=HANG_S,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout[-6000:]}"


def contents(folder: Path) -> dict[str, bytes]:
    """Of every file below, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files of the tree, without its pictures."""
    folder = tmp_path / "dalel"
    for path, data in tree_on_disk(ROOT).files.items():
        if not path.startswith(PICTURES):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    return folder


@pytest.mark.parametrize("recipe", list(recipes()), ids=lambda one: one.title)
def test_a_recipe_touches_the_files_that_it_names_and_its_check_passes(recipe: Recipe, copy: Path):
    before = contents(copy)
    for script in recipe.steps:
        run(copy, script)
    for path, diff in recipe.edits:
        apply(copy, path, diff)
    for script in recipe.made:
        run(copy, script)

    touched = {path for path, _ in contents(copy).items() ^ before.items()}
    for kind, of_tests in (("Files impacted", False), ("Tests", True)):
        count, files = recipe.stated.get(kind, (0, set()))
        assert count == len(files)
        assert {path for path in touched if path.startswith("tests/") is of_tests} == files
    assert recipe.checks
    for script in recipe.checks:
        run(copy, script)


def test_no_recipe_touches_more_files_than_is_aimed_at():
    """But for a connector, whose own folder is not counted there."""
    table = tomllib.loads(AIMS.read_text(encoding="utf-8"))["recipe"]
    aims = {one["name"]: one["aim"] for one in table if "aim" in one and one["name"] != "connector"}
    counts = {
        name: recipe.stated["Files impacted"][0]
        for recipe in recipes()
        for name in aims
        if recipe.title.lower().split(" ", 1)[1].startswith(name)
    }
    assert counts["list column"] <= aims["list column"] == 4
    assert {name: count for name, count in counts.items() if count > aims[name]} == {}
