"""Verify a dossier on the spot, by the code of ``dalel verify``: in a thread, one at a time, within bounds."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from aiohttp import web

from contracts.party import LocalText
from dossier.check.report import ReportStep, StepVerdict, VerificationReport
from dossier.check.verification import verify_container
from dossier.packaging.layout import SUMMARY
from dossier.procedure.wording import same
from gateway.texts.language import marked
from gateway.texts.verdicts import verdict_of
from signing.keys.keypair import Certificate

MOST_BYTES: Final = 512 * 1024 * 1024
"""A longer dossier is verified by its reader, with the command: this process has messages to carry."""
MOST_WAITING: Final = 3
"""Readers who wait for another's verification; a fourth is told to come back."""

_PEOPLES: Final = "documents/"
_MASK: Final = "•••"

VERDICT_WORDS: Final = {
    StepVerdict.PASSED: marked("passed"),
    StepVerdict.FAILED: marked("failed"),
    StepVerdict.INDETERMINATE: marked("not decided"),
    StepVerdict.ABSENT: marked("nothing to check"),
}
MARKS: Final = {
    StepVerdict.PASSED: "✓",
    StepVerdict.FAILED: "✗",
    StepVerdict.INDETERMINATE: "?",
    StepVerdict.ABSENT: "–",
}


class NotVerified(StrEnum):
    """Why nothing was verified."""

    BUSY = "busy"
    TOO_LONG = "too_long"


UNPROVEN_WORDS: Final = {
    NotVerified.BUSY: marked("Others verify dossiers at this moment. Try again in a minute."),
    NotVerified.TOO_LONG: marked("It is too long to be verified here. Download it, and use the command."),
}


@dataclass(frozen=True, slots=True)
class ProofCheck:
    """One step in words, with what it found where it did not pass."""

    step: ReportStep
    text: LocalText
    findings: tuple[LocalText, ...]


@dataclass(frozen=True, slots=True)
class VerificationView:
    """What a verification came to. ``anchors``: whom we were asked to believe."""

    report: VerificationReport
    verdict: LocalText
    checks: tuple[ProofCheck, ...]
    anchors: tuple[Certificate, ...]


@dataclass(slots=True)
class Prover:
    """Of one process."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0

    async def prove(
        self, opened: Callable[[], BinaryIO], anchors: Sequence[Certificate], *, size: int, now: datetime
    ) -> VerificationReport | NotVerified:
        """``opened``: the dossier's bytes, called in the thread."""
        if size > MOST_BYTES:
            return NotVerified.TOO_LONG
        if self.waiting >= MOST_WAITING:
            return NotVerified.BUSY
        self.waiting += 1
        try:
            async with self.lock:
                return await asyncio.to_thread(_verified, opened, anchors, now)
        finally:
            self.waiting -= 1


PROVER: Final = web.AppKey("prover", Prover)


def proof_of(report: VerificationReport, anchors: tuple[Certificate, ...], *, is_whole: bool) -> VerificationView:
    """For the page. ``is_whole``: the reader may see how people named their files."""
    checks = tuple(_check(step, is_whole=is_whole) for step in report.steps)
    return VerificationView(report, verdict_of(report), checks, anchors)


def _verified(opened: Callable[[], BinaryIO], anchors: Sequence[Certificate], now: datetime) -> VerificationReport:
    """From a copy of its own, since the bytes may lie in a bucket."""
    with tempfile.TemporaryDirectory(prefix="dalel-verify-") as folder:
        path = Path(folder) / "dossier.asice"
        with opened() as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1024 * 1024)
        return verify_container(path, anchors, now=now)


def _check(step: ReportStep, *, is_whole: bool) -> ProofCheck:
    listed = [(finding.part, finding.text) for finding in step.findings]
    if is_whole:
        return ProofCheck(step, step.text, tuple(_joined(part, text) for part, text in listed))
    is_named = any(_names_a_file(part, text) for part, text in [(step.part, step.text), *listed])
    findings = tuple(_joined(_place(part), same(_MASK) if is_named else text) for part, text in listed)
    return ProofCheck(step, same(_MASK) if is_named and listed else step.text, findings)


def _names_a_file(part: str, text: LocalText) -> bool:
    return part != SUMMARY and any(_PEOPLES in words for words in (part, text.kk, text.ru, text.en))


def _place(part: str) -> str:
    """``documents/007-•••``: the number is ours, the rest is what somebody called it."""
    if not part.startswith(_PEOPLES):
        return part
    number, _, rest = part.removeprefix(_PEOPLES).partition("-")
    return f"{_PEOPLES}{number}-{_MASK}" if rest else f"{_PEOPLES}{_MASK}"


def _joined(part: str, text: LocalText) -> LocalText:
    return LocalText(f"{part}: {text.kk}", f"{part}: {text.ru}", f"{part}: {text.en}")
