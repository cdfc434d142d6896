"""What may be wrong with the form of a message, and the setting of a toolkit that cures it. See ``remedies.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final, cast

from contracts.errors import Violation
from contracts.party import LocalText

MAX_FOUND: Final = 160
"""Letters of what was found: it is quoted from a message that nobody has proven."""
MAX_TROUBLES: Final = 40


class Trouble(StrEnum):
    """The kinds, by the names of their tables."""

    SIGNATURE_MISSING = "signatureMissing"
    SEVERAL_PARTS = "severalParts"
    STRANGE_PART = "strangePart"
    TIMESTAMP_MISSING = "timestampMissing"
    TIMESTAMP_INCOMPLETE = "timestampIncomplete"
    TIMESTAMP_LONG = "timestampLong"
    TIMESTAMP_UNSIGNED = "timestampUnsigned"
    BODY_UNSIGNED = "bodyUnsigned"
    DIGEST_METHOD = "digestMethod"
    SIGNATURE_METHOD = "signatureMethod"
    CANONICALIZATION = "canonicalization"
    TRANSFORM = "transform"
    PREFIX_LIST = "prefixList"
    REFERENCE = "reference"
    KEY_NAME = "keyName"
    TOKEN = "token"  # noqa: S105  no secret
    SIGNATURE_SHAPE = "signatureShape"
    IDENTIFIERS = "identifiers"
    ASIDES = "asides"
    OTHER = "other"
    MTOM = "mtom"
    ENCODING = "encoding"


@dataclass(frozen=True, slots=True)
class FoundTrouble:
    """One thing that is wrong, what stood there, and where: line from 1, 0 without a place."""

    trouble: Trouble
    found: str = ""
    line: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """``text`` has a place for what was found; ``settings`` are by the names of ``toolkits``."""

    text: LocalText
    settings: Mapping[str, str]


def toolkits() -> Mapping[str, str]:
    """Full names by short ones, in the order of the file."""
    return cast("Mapping[str, str]", _table()["toolkits"])


def remedy_of(trouble: Trouble) -> Remedy:
    """Every trouble has one."""
    entry = _table()[trouble.value]
    return Remedy(LocalText(**entry["text"]), entry.get("setting", {}))


def words_of(troubles: Sequence[FoundTrouble]) -> LocalText | None:
    """All of them in each language, one after another; None when there are none."""
    unique = list(dict.fromkeys((each.trouble, each.found) for each in troubles))[:MAX_TROUBLES]
    if not unique:
        return None
    texts = [(remedy_of(trouble).text, found) for trouble, found in unique]
    kk, ru, en = (
        " ".join(getattr(text, language).replace("{found}", found[:MAX_FOUND]) for text, found in texts)
        for language in ("kk", "ru", "en")
    )
    return LocalText(kk, ru, en)


def violations_of(troubles: Sequence[FoundTrouble]) -> tuple[Violation, ...]:
    """Each with its place, its English words and the settings of every toolkit that has one."""
    return tuple(
        Violation(each.line, each.path, f"{_english(each)}{_settings(each.trouble)}")
        for each in troubles[:MAX_TROUBLES]
    )


def _english(each: FoundTrouble) -> str:
    return remedy_of(each.trouble).text.en.replace("{found}", each.found[:MAX_FOUND])


def _settings(trouble: Trouble) -> str:
    settings = remedy_of(trouble).settings
    return "".join(f" {toolkits()[name]}: {setting}." for name, setting in settings.items())


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("contracts").joinpath("remedies.toml").read_text(encoding="utf-8"))
