"""What a verification comes to, in a sentence: the command and the console say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from contracts.party import LocalText
from dossier.check.report import ContainerKind, Indication, VerificationReport
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
_VERDICTS: Final = _TEXTS.table_of("verdicts", Indication)

_FOREIGN_VERDICTS: Final = _TEXTS.table_of("foreign_verdicts", Indication)

_EVIDENCE_VERDICTS: Final = _TEXTS.table_of("evidence_verdicts", Indication)
_TEXTS.end()

_OF_OURS: Final = {ContainerKind.DOSSIER: _VERDICTS, ContainerKind.EVIDENCE: _EVIDENCE_VERDICTS}


def verdict_of(report: VerificationReport) -> LocalText:
    """The sentence for this kind of file."""
    return _OF_OURS.get(report.kind, _FOREIGN_VERDICTS)[report.indication]
