"""How many files a change of a certain kind touches, told by how many name a thing of that kind: ``recipes.toml``.

A probe is a thing that is there already, and the files of the product that name it are those that somebody would touch
who adds another. That is a measure, not a proof: a file may name it in passing, and one that names it by a table of
many is not found. Each recipe has several probes; its figure is the median, and all are printed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from statistics import median_low
from typing import Any, Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of change.

    ``probes``: a thing each, its names of different times parted by ``|``. ``within`` and ``without``: globs of paths,
    where ``*`` is also for slashes, that narrow down which files count. ``exactly``: probes are texts, and have no
    other spellings. ``files``: what the recipe in the handbook lists; such a pattern must be of some file.
    """

    name: str
    probes: tuple[str, ...]
    aim: int | None = None
    within: tuple[str, ...] = ("*",)
    without: tuple[str, ...] = ()
    exactly: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """Paths by probe; ``listed``: how many files the recipe's own list is; ``unmatched``: patterns of no file."""

    by_probe: Mapping[str, tuple[str, ...]]
    listed: int = 0
    unmatched: tuple[str, ...] = field(default=())

    @property
    def figure(self) -> int:
        """The median of what was found; a probe that no file names is of another time and does not count."""
        found = [len(paths) for paths in self.by_probe.values() if paths]
        return median_low(found) if found else 0


def read_recipes(text: str) -> tuple[Recipe, ...]:
    """From TOML, one ``[[recipe]]`` each; raises ``TypeError`` for a key that is not known."""
    return tuple(Recipe(**_frozen(entry)) for entry in tomllib.loads(text)["recipe"])


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def played(page: str) -> dict[str, int]:
    """What sections below ``# Recipes`` say under their titles: ``**Files impacted (9):**``."""
    sections = re.split(r"^## ", page.partition("\n# Recipes\n")[2], flags=re.MULTILINE)[1:]
    stated = {one.partition("\n")[0]: re.search(r"\*\*Files impacted \((\d+)\)", one) for one in sections}
    return {title: int(found[1]) for title, found in stated.items() if found}


def touched(recipe: Recipe, product: Mapping[str, bytes]) -> Touched:
    """Look for the probes in the product."""
    counted = {path: data.decode(errors="replace") for path, data in product.items() if _counts(recipe, path)}
    by_probe = {probe: _naming(recipe, probe, counted) for probe in recipe.probes}
    listed = {path for path in product if any(fnmatchcase(path, pattern) for pattern in recipe.files)}
    unmatched = tuple(pattern for pattern in recipe.files if not any(fnmatchcase(path, pattern) for path in product))
    return Touched(by_probe, len(listed), unmatched)


def _counts(recipe: Recipe, path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in recipe.within) and not any(
        fnmatchcase(path, pattern) for pattern in recipe.without
    )


def _naming(recipe: Recipe, probe: str, files: Mapping[str, str]) -> tuple[str, ...]:
    names = [name for part in probe.split("|") for name in ((part,) if recipe.exactly else spellings(part))]
    shape = re.compile("|".join(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" for name in names))
    return tuple(  # most files hold none of the names, which is seen a hundred times sooner without an expression
        path for path, text in files.items() if any(name in text for name in names) and shape.search(text)
    )


def spellings(name: str) -> tuple[str, ...]:
    """``ReportIncident``, ``reportIncident``, ``report_incident``, ``REPORT_INCIDENT``, ``report-incident``."""
    if "." in name:
        return (name,)
    words = [word.lower() for word in _WORD.findall(name)]
    large = "".join(word.capitalize() for word in words)
    spelt = (large, large[:1].lower() + large[1:], "_".join(words), "_".join(words).upper(), "-".join(words))
    return tuple(dict.fromkeys(spelt))
