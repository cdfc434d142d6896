"""Reading the law's data files: strict, so that a misspelt key is an error and never a duty that nobody watches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Set
from importlib import resources
from typing import Any, cast

from contracts.party import LocalText

_FOLDER = "dossier.procedure.law"


class UnusableLaw(ValueError):
    """A data file of the law is absent or breaks its form. The operator's fault; the detail names file and key."""


def read_law_file(name: str) -> dict[str, Any]:
    """The TOML file ``name`` (without suffix) of this distribution."""
    source = resources.files(_FOLDER).joinpath(f"{name}.toml")
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnusableLaw(f"there is no {name}.toml among the rules") from error
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
    return LocalText(**{language: " ".join(cast("str", text).split()) for language, text in table.items()})
