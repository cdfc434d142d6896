"""The inspection's words in three languages; the texts stand in ``inspection.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.party import LocalText
from dossier.check.report import InspectionFinding, StepVerdict, SubIndication
from dossier.packaging.description import OptionalProof
from signing.xades.container import XadesLevel

ZONE: Final = ZoneInfo("Asia/Almaty")


def title_of(step: str) -> LocalText:
    """What the step is about; ``step``: the key of its words, for steps of a dossier their number."""
    return _local(_texts()["step"][step]["title"])


def step_text(step: str, key: str, **values: object) -> LocalText:
    """What holds when the step found nothing wrong; ``key``: which of the things that it can then say."""
    return _local(_texts()["step"][step][key], **values)


def finding_text(key: str, **values: object) -> LocalText:
    """Raises KeyError for a key that has no text: a bug of ours."""
    return _local(_texts()["finding"][key], **values)


def level_text(level: XadesLevel) -> LocalText:
    """What the level at filing, B or T, means for the reader."""
    return _local(_texts()["level"][level.value])


def absence_text(proof: OptionalProof) -> LocalText:
    """Why a proof may be absent, and what that means."""
    return _local(_texts()["absent"][proof.value])


def failed(part: str, sub_indication: SubIndication, key: str, **values: object) -> InspectionFinding:
    """Something that does not hold."""
    return InspectionFinding(part, StepVerdict.FAILED, sub_indication, finding_text(key, **values))


def undecided(part: str, sub_indication: SubIndication, key: str, **values: object) -> InspectionFinding:
    """Something that cannot be decided from what is at hand."""
    return InspectionFinding(part, StepVerdict.INDETERMINATE, sub_indication, finding_text(key, **values))


def _local(words: Mapping[str, str], **values: object) -> LocalText:
    spoken = {name: plain(value) for name, value in values.items()}
    return LocalText(**{language: text.format(**spoken) for language, text in words.items()})


def plain(value: object) -> object:
    """Instants by the clock on the reader's wall, with their offset; the report's own fields have them in UTC."""
    return f"{value.astimezone(ZONE):%d.%m.%Y %H:%M:%S %z}" if isinstance(value, datetime) else value


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "inspection.toml").read_text("utf-8"))
