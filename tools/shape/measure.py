"""All figures of one tree."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from tools.shape import names
from tools.shape.lines import Lines, lines_of
from tools.shape.names import Long
from tools.shape.recipes import Recipe, Touched, played, touched
from tools.shape.tree import Tree

ROOM: Final = 25
"""Modules that a folder may hold; ``__init__.py`` is one, too."""

LONGEST: Final = 10

_Nodes = Mapping[str, Sequence[ast.AST]]
"""Everything in each module: walked through once, since that takes longest."""


@dataclass(frozen=True, slots=True)
class Part:
    """The product, or the tests. ``other_lines``: of files that are no Python. ``full``: folders over ``ROOM``.

    ``twice``: classes of one name, with the modules they stand in. ``old_words``: how often names hold each.
    """

    files: int
    modules: int
    lines: Lines
    other_lines: int
    full: Mapping[str, int]
    longest: tuple[Long, ...]
    forwards: tuple[str, ...]
    twice: Mapping[str, tuple[str, ...]]
    old_words: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """A tree in figures."""

    product: Part
    tests: Part
    recipes: Mapping[str, Touched]
    played: Mapping[str, int]
    """Files of the product that each recipe of CONTRIBUTING.md edits; a test plays it and counts them."""


def shape_of(tree: Tree, recipes: Sequence[Recipe] = (), old_words: frozenset[str] = frozenset()) -> Shape:
    """Measure a tree. Raises ``SyntaxError`` for a module that is none."""
    product = tree.product()
    return Shape(
        _part(product, old_words),
        _part(tree.tests(), old_words),
        {recipe.name: touched(recipe, product) for recipe in recipes},
        played(tree.files.get("CONTRIBUTING.md", b"").decode()),
    )


def read_words(text: str) -> frozenset[str]:
    """One a line, in small letters; ``#`` begins a remark."""
    return frozenset(word for line in text.splitlines() if (word := line.partition("#")[0].strip().lower()))


def _part(files: Mapping[str, bytes], old_words: frozenset[str]) -> Part:
    modules = {path: data for path, data in files.items() if path.endswith(".py")}
    parsed = {path: ast.parse(data) for path, data in modules.items()}
    nodes = {path: tuple(ast.walk(tree)) for path, tree in parsed.items()}
    return Part(
        files=len(files),
        modules=len(modules),
        lines=sum((lines_of(data, nodes[path]) for path, data in modules.items()), Lines()),
        other_lines=sum(len(data.splitlines()) for path, data in files.items() if path not in modules),
        full=_full(modules),
        longest=_longest(nodes),
        forwards=tuple(forward for path, each in nodes.items() for forward in names.forwards(path, each)),
        twice=_twice(parsed),
        old_words=_old(nodes, old_words),
    )


def _longest(nodes: _Nodes) -> tuple[Long, ...]:
    every = (one for path, each in nodes.items() for one in names.functions(path, each))
    return tuple(sorted(every, key=lambda one: (-one.lines, one.place))[:LONGEST])


def _full(modules: Mapping[str, bytes]) -> dict[str, int]:
    counted = Counter(str(PurePosixPath(path).parent) for path in modules)
    return {folder: count for folder, count in counted.most_common() if count > ROOM}


def _twice(parsed: Mapping[str, ast.Module]) -> dict[str, tuple[str, ...]]:
    places: dict[str, list[str]] = defaultdict(list)
    for path, tree in parsed.items():
        for name in names.classes(tree):
            places[name].append(path)
    several = sorted(places.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return {name: tuple(paths) for name, paths in several if len(paths) > 1}


def _old(nodes: _Nodes, old_words: frozenset[str]) -> dict[str, int]:
    counted = Counter(word for each in nodes.values() for word in names.words(each) if word in old_words)
    return dict(counted.most_common())
