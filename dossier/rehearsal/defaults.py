"""What people and bodies say and are called where a scenario does not say it; the words stand in ``defaults.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Final

from contracts.party import LocalText

_WORDS: Final = tomllib.loads(resources.files("dossier.rehearsal").joinpath("defaults.toml").read_text("utf-8"))
TEXTS: Final[Mapping[str, str]] = _WORDS["texts"]
NAMES: Final[Mapping[str, LocalText]] = {party_id: LocalText(**name) for party_id, name in _WORDS["names"].items()}
