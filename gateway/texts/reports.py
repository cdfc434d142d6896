"""What figures of reports are called and mean, by the names of figures and of what they are grouped by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
NAMES: Final[Mapping[str, LocalText]] = _TEXTS.table("names")

MEANINGS: Final[Mapping[str, LocalText]] = _TEXTS.table("meanings")

ARTICLES: Final[Mapping[str, str]] = _TEXTS.lines("articles")

BASIS: Final = _TEXTS.text("basis")
"""What holds for all figures."""

BYS: Final[Mapping[str, LocalText]] = _TEXTS.table("bys")

UNNAMED: Final = _TEXTS.text("unnamed")
_TEXTS.end()
