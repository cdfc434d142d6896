"""What people read when a code comes up: what happened, whose fault it is, what to do. See ``codes.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from contracts.codes import Code, Disposition, Fault
from contracts.party import LocalText


@dataclass(frozen=True, slots=True)
class CodeText:
    """``text`` says what is wrong, ``cure`` what to do about it; both are whole sentences."""

    fault: Fault
    disposition: Disposition
    text: LocalText
    cure: LocalText


def text_of(code: Code) -> CodeText:
    """The words for ``code``; every code has them."""
    return _texts()[code]


@cache
def _texts() -> Mapping[Code, CodeText]:
    table = tomllib.loads(resources.files("contracts").joinpath("codes.toml").read_text(encoding="utf-8"))
    return {Code(name): _read(entry) for name, entry in table.items()}


def _read(entry: Mapping[str, Any]) -> CodeText:
    return CodeText(
        fault=Fault(entry["fault"]),
        disposition=Disposition(entry["disposition"]),
        text=LocalText(**entry["text"]),
        cure=LocalText(**entry["cure"]),
    )
