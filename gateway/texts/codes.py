"""Closed sets as people read them, by value, in the three languages; commands and console say the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
DELIVERY_STATES: Final[Mapping[str, LocalText]] = _TEXTS.table("delivery_states")

OUTCOMES: Final[Mapping[str, LocalText]] = _TEXTS.table("outcomes")

STEPS: Final[Mapping[str, LocalText]] = _TEXTS.table("steps")

PAUSED: Final = _TEXTS.text("paused")
"""Of a party to which a person lets nothing new go out."""

CIRCUITS: Final[Mapping[str, LocalText]] = _TEXTS.table("circuits")

ROLES: Final[Mapping[str, LocalText]] = _TEXTS.table("roles")

STATES: Final[Mapping[str, LocalText]] = _TEXTS.table("states")

STATUSES: Final[Mapping[str, LocalText]] = _TEXTS.table("statuses")
_TEXTS.end()
