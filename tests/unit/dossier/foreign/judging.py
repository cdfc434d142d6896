"""Write bytes down, verify them, and look at what was said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dossier.check.report import Indication, InspectionFinding, StepVerdict, VerificationReport
from dossier.check.verification import verify_container
from signing.keys.keypair import Certificate
from tests.foreign import pki


def judged(
    data: bytes, *, now: datetime = pki.NOW, anchors: tuple[Certificate, ...] | None = None
) -> VerificationReport:
    given = (pki.ca().ours,) if anchors is None else anchors
    with TemporaryDirectory() as folder:
        place = Path(folder, "container.asice")
        place.write_bytes(data)
        return verify_container(place, given, now=now)


def decisive(report: VerificationReport) -> tuple[int, InspectionFinding]:
    """The first finding of the kind that made the verdict, and its step."""
    verdict = StepVerdict.FAILED if report.indication is Indication.TOTAL_FAILED else StepVerdict.INDETERMINATE
    return next(
        (step.number, finding) for step in report.steps for finding in step.findings if finding.verdict is verdict
    )
