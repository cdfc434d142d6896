"""Reading the law's data files: strict, so that a misspelt key is an error and never a duty that nobody watches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from contracts.party import LocalText

_FOLDER = "dossier.procedure.law"


class UnusableLaw(ValueError):
    """A data file of the law is absent or breaks its form. The operator's fault; the detail names file and key."""


@dataclass(frozen=True, slots=True)
class LawFile:
    """A file of an operator's own: its name without suffix, and its TOML. It stands for the packaged one so called."""

    name: str
    text: str


OwnFiles = tuple[LawFile, ...]
PACKAGED: OwnFiles = ()
"""No file of an operator's own: the law as this release brings it."""


def read_law_file(name: str, own: OwnFiles = PACKAGED) -> dict[str, Any]:
    """The TOML file ``name`` (without suffix): the operator's own, else the one of this distribution."""
    packaged = _packaged(name)
    text = next((file.text for file in own if file.name == name), packaged)
    if text is None:
        raise UnusableLaw(f"there is no {name}.toml among the rules")
    table = _parse(name, text)
    if packaged is not None and text != packaged:
        _check_version(name, table, _parse(name, packaged))
    return table


def _check_version(name: str, table: Mapping[str, object], packaged: Mapping[str, object]) -> None:
    """Terms record the version alone, so two texts must not share one."""
    if "version" in table and table["version"] == packaged.get("version"):
        raise UnusableLaw(f"{name}.toml is not the one of this release but has its version: give it one of its own")


def _packaged(name: str) -> str | None:
    try:
        return resources.files(_FOLDER).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnusableLaw(f"{name}.toml: {error}") from error


def check_keys(
    where: str, table: Mapping[str, object], *, required: Set[str], optional: Set[str] = frozenset()
) -> None:
    """Refuse a table that lacks a required key or has an unknown one."""
    if missing := required - set(table):
        raise UnusableLaw(f"{where}: lacks {', '.join(sorted(missing))}")
    if unknown := set(table) - required - optional:
        raise UnusableLaw(f"{where}: unknown {', '.join(sorted(unknown))}")


def read_text(where: str, table: object) -> LocalText:
    """A text in all three languages; a missing language is refused."""
    if not isinstance(table, dict):
        raise UnusableLaw(f"{where}: expected kk, ru and en")
    check_keys(where, table, required={"kk", "ru", "en"})
    return LocalText(**{language: read_line(f"{where}.{language}", text) for language, text in table.items()})


def read_line(where: str, value: object) -> str:
    """A text that is not empty, its line breaks and runs of blanks made one blank."""
    if not isinstance(value, str) or not value.strip():
        raise UnusableLaw(f"{where}: expected a line of text, not {value!r}")
    return " ".join(value.split())


def read_whole(where: str, value: object) -> int:
    """A whole number from 1 on."""
    if type(value) is not int or value < 1:
        raise UnusableLaw(f"{where}: expected a whole number, at least 1, not {value!r}")
    return value


def read_day(where: str, value: object) -> date:
    """A date, without a time."""
    if type(value) is not date:
        raise UnusableLaw(f"{where}: expected a date, as 2026-11-24, not {value!r}")
    return value


def read_flag(where: str, value: object) -> bool:
    """``true`` or ``false``."""
    if not isinstance(value, bool):
        raise UnusableLaw(f"{where}: expected true or false, not {value!r}")
    return value
