"""What the inspection of a dossier found: numbered steps in a clerk's words, and one verdict of EN 319 102-1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.party import LocalText


class StepVerdict(StrEnum):
    """How one step ended."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"  # it could not be decided from what is at hand
    ABSENT = "absent"  # there was nothing to check, and nothing is proven by it


class Indication(StrEnum):
    """EN 319 102-1 §5.1.3: the main status of a validation."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class SubIndication(StrEnum):
    """EN 319 102-1 §5.1.3: why a validation did not pass."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    TRY_LATER = "TRY_LATER"
    NO_POE = "NO_POE"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"


FAILING: Final = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.NOT_YET_VALID,
    }
)
"""EN 319 102-1 §5.1.3: what TOTAL-FAILED may rest on, of what we tell; all others leave it undecided."""


class ContainerKind(StrEnum):
    """What was inspected: a file of ours, or a container of another system, which holds to looser forms."""

    DOSSIER = "dossier"
    EVIDENCE = "evidence"  # of one message: ``dossier.erds``
    ASIC_E = "ASiC-E"
    ASIC_S = "ASiC-S"
    UNKNOWN = "unknown"  # no file of ours, and no container that we know


@dataclass(frozen=True, slots=True)
class InspectionFinding:
    """One thing that does not hold, or cannot be decided. ``part`` names the file or the piece of the ZIP."""

    part: str
    verdict: StepVerdict
    sub_indication: SubIndication
    text: LocalText


@dataclass(frozen=True, slots=True)
class ReportStep:
    """One numbered step; ``text`` says what was found when it passed, else what is wrong first."""

    number: int
    title: LocalText
    verdict: StepVerdict
    part: str
    text: LocalText
    findings: tuple[InspectionFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The whole inspection. Names and times are as the container claims them, None where unreadable.

    ``level`` is the one that the signature has now, ``proven_at`` when it is proven to have existed: None without a
    time stamp whose authority is trusted.
    """

    file_name: str
    size: int
    sha256: str
    inspected_at: datetime
    appeal_number: str | None
    signer: str | None
    signed_at: datetime | None
    level: str | None
    steps: tuple[ReportStep, ...]
    indication: Indication
    sub_indication: SubIndication | None
    kind: ContainerKind = ContainerKind.DOSSIER
    proven_at: datetime | None = None

    @property
    def is_passed(self) -> bool:
        return self.indication is Indication.TOTAL_PASSED

    def findings(self) -> Iterator[InspectionFinding]:
        """Every finding, in the order of the steps."""
        for step in self.steps:
            yield from step.findings


def conclude(steps: tuple[ReportStep, ...]) -> tuple[Indication, SubIndication | None]:
    """The verdict over all steps: any failure fails it, else anything undecided leaves it undecided."""
    findings = [finding for step in steps for finding in step.findings]
    for verdict, indication in (
        (StepVerdict.FAILED, Indication.TOTAL_FAILED),
        (StepVerdict.INDETERMINATE, Indication.INDETERMINATE),
    ):
        for finding in findings:
            if finding.verdict is verdict:
                return indication, finding.sub_indication
    return Indication.TOTAL_PASSED, None


def report_json(report: VerificationReport) -> str:
    """The report as JSON for scripts; keys are stable, texts may improve."""

    def plain(value: object) -> str:
        if isinstance(value, datetime):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no JSON form")

    return json.dumps(asdict(report), default=plain, ensure_ascii=False, indent=2)
