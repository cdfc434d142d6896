"""The key to an export: what its codes are on this exchange, as whoever imports writes it in YAML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from contracts.party import PartyId

TABLES: Final = ("states", "types", "decisions", "complaints", "languages", "forms", "hearings")
"""Those that ``words.toml`` begins and the map may add to; ``organisations`` and ``subjects`` are the map's alone."""
NOTED: Final = "noted"
COMPLAINT_DECIDED: Final = "complaintDecided"
STEPS: Final = frozenset(
    {NOTED, "registered", "redirected", "redirectedInPart", "extended", "hearing", "defectsNamed", "returned"}
    | {"terminated", "replied", "withdrawn", COMPLAINT_DECIDED}
)
"""What a state may be to us."""
_PARTY: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}")


class KeyInvalid(ValueError):
    """The map cannot be used. ``problems`` holds everything that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class ExportKey:
    """``organisations``: code to party; ``subjects``: category to ours; ``words``: by table, names in capitals."""

    organisations: Mapping[str, PartyId]
    subjects: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]

    def word(self, table: str, name: str) -> str | None:
        """What the export calls ``name``; None when nobody said."""
        return self.words[table].get(name.strip().upper())


def parse_key(text: str) -> ExportKey:
    """Read a map. Raises KeyInvalid with all that is wrong with it."""
    try:
        form = yaml.safe_load(text)
    except yaml.YAMLError as broken:
        raise KeyInvalid([f"the map is no YAML: {broken}"]) from broken
    if not isinstance(form, dict):
        raise KeyInvalid(["the map is no list of names: begin it with organisations:"])
    problems = [f"{name}: no such part of a map" for name in form if name not in {"organisations", "subjects", *TABLES}]
    given = {name: _table(form, name, problems) for name in ("organisations", "subjects", *TABLES)}
    problems += _unfit(given)
    if problems:
        raise KeyInvalid(problems)
    words = {name: MappingProxyType({**_known()[name], **_upper(given[name])}) for name in TABLES}
    parties = {code: PartyId(party) for code, party in given["organisations"].items()}
    return ExportKey(MappingProxyType(parties), MappingProxyType(given["subjects"]), MappingProxyType(words))


def _table(form: dict[Any, Any], name: str, problems: list[str]) -> dict[str, str]:
    """Codes are text to us, also where YAML reads them as numbers."""
    table = form.get(name) or {}
    if not isinstance(table, dict) or not all(isinstance(value, str | int) for value in table.values()):
        problems.append(f"{name}: write it as code: value, one a line")
        return {}
    return {str(code): str(value) for code, value in table.items()}


def _unfit(given: Mapping[str, Mapping[str, str]]) -> list[str]:
    parties = [
        f"organisations, {code}: {party!r} is no id of a party"
        for code, party in given["organisations"].items()
        if not _PARTY.fullmatch(party)
    ]
    allowed = {
        name: frozenset(_known()[name].values()) | (STEPS if name == "states" else frozenset()) for name in TABLES
    }
    meanings = [
        f"{name}, {code}: {value!r} is none of {', '.join(sorted(allowed[name]))}"
        for name in TABLES
        for code, value in given[name].items()
        if value not in allowed[name]
    ]
    return parties + meanings


def _upper(table: Mapping[str, str]) -> dict[str, str]:
    return {code.strip().upper(): value for code, value in table.items()}


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    """The names that this release knows."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
