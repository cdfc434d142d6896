"""The words of an inspection of foreign containers, in three languages; the texts stand in ``words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from contracts.party import LocalText
from dossier.check.report import InspectionFinding, StepVerdict, SubIndication
from dossier.check.wording import plain


def title_of(step: str) -> LocalText:
    """What the step is about."""
    return _local(_texts()["step"][step]["title"])


def passed_text(step: str, **values: object) -> LocalText:
    """What holds when the step found nothing wrong."""
    return _local(_texts()["step"][step]["passed"], **values)


def absent_text(step: str) -> LocalText:
    """What it means that the step had nothing to look at."""
    return _local(_texts()["step"][step]["absent"])


def failed(part: str, sub_indication: SubIndication, key: str, **values: object) -> InspectionFinding:
    """Something that does not hold."""
    return InspectionFinding(part, StepVerdict.FAILED, sub_indication, _local(_texts()["finding"][key], **values))


def undecided(part: str, sub_indication: SubIndication, key: str, **values: object) -> InspectionFinding:
    """Something that cannot be decided from what is at hand."""
    return InspectionFinding(
        part, StepVerdict.INDETERMINATE, sub_indication, _local(_texts()["finding"][key], **values)
    )


def _local(words: Mapping[str, str], **values: object) -> LocalText:
    readable = {name: plain(value) for name, value in values.items()}
    return LocalText(**{language: text.format(**readable) for language, text in words.items()})


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
