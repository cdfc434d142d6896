"""Messages about alarms in words: what happened, and what the facts below it are called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
HAPPENINGS: Final[Mapping[str, LocalText]] = _TEXTS.table("happenings")

FACTS: Final[Mapping[str, LocalText]] = _TEXTS.table("facts")

TRIAL: Final = _TEXTS.text("trial")
_TEXTS.end()
