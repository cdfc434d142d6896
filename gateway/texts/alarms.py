"""Kinds of alarms in words: what each is called, what it means, what helps. By name, for the table of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText as T
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
NAMES: Final[Mapping[str, T]] = _TEXTS.table("names")

MEANS: Final[Mapping[str, T]] = _TEXTS.table("means")

HELPS: Final[Mapping[str, T]] = _TEXTS.table("helps")
_TEXTS.end()
