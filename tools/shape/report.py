"""A shape in words: one column of figures, or two side by side with what is aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.shape.measure import ROOM, Part, Shape
from tools.shape.recipes import Recipe

MOST_LINES: Final = 78_000
MOST_MODULES: Final = 700
SHOWN: Final = 30
"""Names and places that a list shows at most; ``--json`` has all."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of each shape; ``aim``: the most that is wanted, None where nothing is."""

    label: str
    figures: tuple[int, ...]
    aim: int | None = None

    @property
    def is_reached(self) -> bool:
        """By the last of the shapes."""
        return self.aim is None or self.figures[-1] <= self.aim


def rows(shapes: Sequence[Shape], recipes: Sequence[Recipe]) -> Iterator[Row]:
    """``shapes``: the former one first, where there are two."""
    yield from _rows_of("product", [shape.product for shape in shapes], lines=MOST_LINES, modules=MOST_MODULES, full=0)
    yield from _rows_of("tests", [shape.tests for shape in shapes])
    for recipe in recipes:
        yield Row(f"files for one {recipe.name}", tuple(s.recipes[recipe.name].figure for s in shapes), recipe.aim)


def _rows_of(
    what: str, parts: Sequence[Part], *, lines: int | None = None, modules: int | None = None, full: int | None = None
) -> Iterator[Row]:
    def each(label: str, figures: Iterator[int], aim: int | None = None) -> Row:
        return Row(f"{what}: {label}", tuple(figures), aim)

    yield each("files", (part.files for part in parts))
    yield each("modules", (part.modules for part in parts), modules)
    yield each("lines of Python", (part.lines.total for part in parts), lines)
    yield each("  code", (part.lines.code for part in parts))
    yield each("  docstrings", (part.lines.docstring for part in parts))
    yield each("  comments", (part.lines.comment for part in parts))
    yield each("  blank", (part.lines.blank for part in parts))
    yield each("lines of other files", (part.other_lines for part in parts))
    yield each(f"folders over {ROOM} modules", (len(part.full) for part in parts), full)
    yield each("longest function, lines", (part.longest[0].lines if part.longest else 0 for part in parts))
    yield each("methods that only forward", (len(part.forwards) for part in parts))
    yield each("class names of several classes", (len(part.twice) for part in parts))
    yield each("old words in names", (sum(part.old_words.values()) for part in parts))


def table(found: Sequence[Row], heads: Sequence[str]) -> Iterator[str]:
    """Lines with a head over each column."""
    yield " ".join([f"{'':44}", *(f"{head[:10]:>10}" for head in heads), f"{'aim':>10}"])
    for row in found:
        figures = [f"{figure:>10,}" for figure in row.figures]
        yield " ".join([f"{row.label:44}", *figures, _aim(row)]).rstrip()


def _aim(row: Row) -> str:
    return "" if row.aim is None else f"{f'≤ {row.aim:,}':>10}  {'reached' if row.is_reached else 'not yet'}"


def details(shape: Shape, recipes: Sequence[Recipe]) -> Iterator[str]:
    """The lists behind the figures of one shape."""
    for what, part in (("product", shape.product), ("tests", shape.tests)):
        yield from _listed(f"{what}: folders over {ROOM} modules", [f"{n:5} {path}" for path, n in part.full.items()])
        yield from _listed(f"{what}: longest functions", [f"{one.lines:5} {one.place}" for one in part.longest])
        yield from _listed(f"{what}: methods that only forward", part.forwards)
        twice = [f"{len(paths):5} {name}: {', '.join(paths)}" for name, paths in part.twice.items()]
        yield from _listed(f"{what}: class names of several classes", twice)
        words = [f"{count:5} {word}" for word, count in part.old_words.items()]
        yield from _listed(f"{what}: old words in names", words)
    edited = [f"{count:5} {title}" for title, count in shape.played.items()]
    yield from _listed("files that a recipe of CONTRIBUTING.md edits; a test plays each and counts", edited)
    for recipe in recipes:
        touched = shape.recipes[recipe.name]
        named = [f"{len(paths):5} name {probe}" for probe, paths in touched.by_probe.items()]
        named += [f"{touched.listed:5} in the recipe's own list"] if recipe.files else []
        named += [f"      no file is {pattern}" for pattern in touched.unmatched]
        yield from _listed(
            f"files for one {recipe.name}: files that name a thing of its kind; the median counts", named
        )


def _listed(head: str, entries: Sequence[str]) -> Iterator[str]:
    if entries:
        yield ""
        yield head
        yield from (f"  {entry}" for entry in entries[:SHOWN])
        if len(entries) > SHOWN:
            yield f"        and {len(entries) - SHOWN} more"
