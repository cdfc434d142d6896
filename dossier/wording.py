"""The inspection's words in three languages; the texts stand in ``inspection.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from contracts.party import LocalText
from dossier.report import Finding, SubIndication, Verdict


def title_of(step: int) -> LocalText:
    """What the step is about."""
    return _local(_texts()["step"][str(step)]["title"])


def passed_text(step: int, **values: object) -> LocalText:
    """What holds when the step found nothing wrong."""
    return _local(_texts()["step"][str(step)]["passed"], **values)


def finding_text(key: str, **values: object) -> LocalText:
    """Raises KeyError for a key that has no text: a bug of ours."""
    return _local(_texts()["finding"][key], **values)


def failed(part: str, sub_indication: SubIndication, key: str, **values: object) -> Finding:
    """Something that does not hold."""
    return Finding(part, Verdict.FAILED, sub_indication, finding_text(key, **values))


def undecided(part: str, sub_indication: SubIndication, key: str, **values: object) -> Finding:
    """Something that cannot be decided from what is at hand."""
    return Finding(part, Verdict.INDETERMINATE, sub_indication, finding_text(key, **values))


def _local(words: Mapping[str, str], **values: object) -> LocalText:
    return LocalText(**{language: text.format(**values) for language, text in words.items()})


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "inspection.toml").read_text("utf-8"))
