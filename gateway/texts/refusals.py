"""Why an act that a person asked for is not done, by the reason's name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
REFUSALS: Final[Mapping[str, LocalText]] = _TEXTS.rest()
_TEXTS.end()
