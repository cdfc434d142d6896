"""Inspect a container that another system made, offline.

The steps, in this order:

 1. The ZIP has one reading: every byte belongs to a file, both headers of a file agree, names are unique and safe,
    nothing is encrypted, linked, hidden or a bomb. Nothing is unpacked before this holds.
 2. ``mimetype`` is first, stored, and names ASiC-E or ASiC-S. The report says that this is no dossier of ours.
 3. The signature files can be read (``xades``), and there is no other kind of signature beside them.
 4. ``META-INF/manifest.xml`` lists every file, and no other.
 5. Every reference leads to a file, every file is covered, the signed media types are those of the manifest.
 6. Every file unpacks to what its header says, and has the digest that was signed.
 7. Algorithms are of the list, the certificate is the one that was signed, its key made the signature (``value``).
 8. Time stamps are over this signature and made by authorities that we believe (``stamps``).
 9. The signers come from an anchor, their certificates were in force, meant for signing and not revoked (``trust``).

Where the standard lets writers differ we follow EN 319 102-1: what breaks a signature fails, what we cannot or will not
decide is indeterminate. No signature passes with a finding of any kind, and no container with a signature that did not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from dossier.check.report import (
    ContainerKind,
    InspectionFinding,
    ReportStep,
    StepVerdict,
    SubIndication,
    VerificationReport,
    conclude,
)
from dossier.check.wording import plain
from dossier.check.zip_survey import ContainerError
from dossier.foreign import wording
from dossier.foreign.archive import Archive
from dossier.foreign.contents import MANIFEST, MIMETYPE, Contents, check_contents, check_mimetype, sort_contents
from dossier.foreign.coverage import check_coverage
from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.integrity import check_integrity
from dossier.foreign.manifest import check_manifest, media_types
from dossier.foreign.signature import ForeignSignature
from dossier.foreign.stamps import Existence, judge_stamps
from dossier.foreign.trust import evidence_of, judge_signer
from dossier.foreign.value import Core, judge_value
from dossier.foreign.wording import failed, undecided
from dossier.foreign.xades import LIMIT_BYTES, MAX_SIGNATURES, read_signatures
from signing.keys.keypair import Certificate
from signing.trust.proof import TrustInputs

STEPS: Final = ("zip", "type", "form", "manifest", "coverage", "integrity", "value", "stamps", "trust")
_ZIP: Final = "ZIP"
_SIGNATURES: Final = "META-INF/"

Sub = SubIndication


@dataclass(frozen=True, slots=True)
class JudgedSignature:
    """One signature and all that was found out about it."""

    signature: ForeignSignature
    core: Core
    evidence: TrustInputs
    existence: Existence


def inspect_foreign(path: Path, anchors: Sequence[Certificate], *, now: datetime) -> VerificationReport:
    """Carry out the steps of the module docstring. Blocking; memory does not grow with the files.

    Never raises for the content of the file; ``OSError`` when it cannot be read at all.
    """
    try:
        archive = Archive.open(path)
    except ContainerError as error:
        finding = failed(error.part, Sub.FORMAT_FAILURE, "not_a_container", detail=error.detail)
        return _report(path, now, tuple(_closed((finding,))), None)
    with archive:
        if archive.flaws:
            flaws = (failed(flaw.part, Sub.FORMAT_FAILURE, "flaw", detail=flaw.detail) for flaw in archive.flaws)
            return _report(path, now, tuple(_closed(flaws)), None)
        inspection = Inspection(archive, tuple(anchors), now)
        return _report(path, now, tuple(inspection.steps()), inspection)


class Inspection:
    """One sound ZIP under inspection; what steps share is read once."""

    def __init__(self, archive: Archive, anchors: tuple[Certificate, ...], now: datetime) -> None:
        self.archive = archive
        self.anchors = anchors
        self.now = now

    def steps(self) -> Iterator[ReportStep]:
        """Every step, whatever the ones before it found."""
        checks: tuple[tuple[str, Callable[[], Iterable[InspectionFinding]]], ...] = (
            (_ZIP, lambda: ()),  # 1: a ZIP with a flaw has not come here
            (MIMETYPE, lambda: check_mimetype(self.archive, self.contents)),  # 2
            (_SIGNATURES, self._form),  # 3
            (MANIFEST, lambda: check_manifest(self.archive, self.contents)),  # 4
            (_SIGNATURES, self._coverage),  # 5
            (_ZIP, lambda: check_integrity(self.archive, self.signatures)),  # 6
            (_SIGNATURES, lambda: self._of_all(lambda judged: judged.core.findings)),  # 7
            (_SIGNATURES, lambda: self._of_all(_stamps)),  # 8
            (_SIGNATURES, lambda: self._of_all(_trust)),  # 9
        )
        for number, (part, check) in enumerate(checks, 1):
            yield _step(number, part, tuple(check()), self._values())

    # --- read once ---

    @cached_property
    def contents(self) -> Contents:
        return sort_contents(self.archive)

    @property
    def signatures(self) -> tuple[ForeignSignature, ...]:
        return self._signatures_and_findings[0]

    @cached_property
    def judged(self) -> tuple[JudgedSignature, ...]:
        return tuple(self._judge(signature) for signature in self.signatures)

    @cached_property
    def _signatures_and_findings(self) -> tuple[tuple[ForeignSignature, ...], tuple[InspectionFinding, ...]]:
        signatures: list[ForeignSignature] = []
        findings: list[InspectionFinding] = []
        for name in self.contents.signatures:
            if len(signatures) >= MAX_SIGNATURES:  # each costs paths, answers and stamps: a stranger's bill to us
                findings.append(undecided(name, Sub.SIG_CONSTRAINTS_FAILURE, "too_many", count=MAX_SIGNATURES))
                break
            try:
                signatures += read_signatures(name, self.archive.read(name, limit_bytes=LIMIT_BYTES))
            except (ContainerUnreadable, ContainerError) as error:
                findings.append(failed(name, Sub.FORMAT_FAILURE, "unreadable", detail=error.detail))
        return tuple(signatures), tuple(findings)

    def _judge(self, signature: ForeignSignature) -> JudgedSignature:
        evidence = evidence_of(signature, self.anchors, self.now)
        core = judge_value(signature)
        # Of a signature that does not hold it makes no difference when it was made.
        existence = judge_stamps(self.archive, signature, evidence) if core.certificate else Existence(None, ())
        return JudgedSignature(signature, core, evidence, existence)

    # --- the steps ---

    def _form(self) -> Iterator[InspectionFinding]:  # 3
        yield from check_contents(self.contents)
        yield from self._signatures_and_findings[1]

    def _coverage(self) -> Iterator[InspectionFinding]:  # 5
        types = media_types(self.archive)
        return check_coverage(self.archive, self.contents, self.signatures, types)

    def _of_all(
        self, findings_of: Callable[[JudgedSignature], Iterable[InspectionFinding]]
    ) -> Iterator[InspectionFinding]:  # 7, 8, 9
        if not self.signatures:
            yield _blocked(_SIGNATURES)
        for judged in self.judged:
            yield from findings_of(judged)

    def _values(self) -> dict[str, object]:
        """For the words of the steps that passed."""
        return {
            "count": len(self.archive.names),
            "files": len(self.contents.data),
            "signed": len({reference.uri for held in self.signatures for reference in held.references}),
            "signatures": len(self.signatures),
            "kind": self.contents.kind.value,
            "signers": "; ".join(self.signers),
            "moments": ", ".join(str(plain(moment)) for moment in self.moments) or None,
        }

    @property
    def moments(self) -> tuple[datetime, ...]:
        """At which signatures are proven to have existed, one for each that has a time stamp."""
        return tuple(judged.existence.since for judged in self.judged if judged.existence.since)

    @property
    def signers(self) -> tuple[str, ...]:
        """Those whose keys are proven to have signed, each once."""
        found = (judged.core.certificate for judged in self.judged)
        return tuple(dict.fromkeys(certificate.subject for certificate in found if certificate))


def _stamps(judged: JudgedSignature) -> Iterator[InspectionFinding]:  # 8
    if judged.core.certificate is None:
        yield _blocked(judged.signature.part)
    yield from judged.existence.findings


def _trust(judged: JudgedSignature) -> Iterator[InspectionFinding]:  # 9
    if judged.core.certificate is None:
        yield _blocked(judged.signature.part)
    else:
        yield from judge_signer(judged.signature, judged.core.certificate, judged.existence, judged.evidence)


# --- putting the report together ------------------------------------------------------------------------------------


def _blocked(part: str) -> InspectionFinding:
    return undecided(part, Sub.FORMAT_FAILURE, "blocked", where=part)


def _closed(findings: Iterable[InspectionFinding]) -> Iterator[ReportStep]:
    """A ZIP with several readings: the first step fails, the others have nothing certain to look at."""
    yield _step(1, _ZIP, tuple(findings), {})
    for number in range(2, len(STEPS) + 1):
        yield _step(number, _ZIP, (_blocked(_ZIP),), {})


def _step(number: int, part: str, findings: tuple[InspectionFinding, ...], values: dict[str, object]) -> ReportStep:
    name = STEPS[number - 1]
    title = wording.title_of(name)
    if not findings and name == "stamps" and values["moments"] is None:
        return ReportStep(number, title, StepVerdict.ABSENT, part, wording.absent_text(name))
    if not findings:
        return ReportStep(number, title, StepVerdict.PASSED, part, wording.passed_text(name, **values))
    worst = min(findings, key=lambda finding: finding.verdict is not StepVerdict.FAILED)
    return ReportStep(number, title, worst.verdict, worst.part, worst.text, findings)


def _report(
    path: Path, now: datetime, steps: tuple[ReportStep, ...], inspection: Inspection | None
) -> VerificationReport:
    signatures = inspection.signatures if inspection else ()
    indication, sub_indication = conclude(steps)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return VerificationReport(
        file_name=path.name,
        size=path.stat().st_size,
        sha256=sha256,
        inspected_at=now,
        appeal_number=None,
        signer="; ".join(inspection.signers) or None if inspection else None,
        signed_at=min((signature.signed_at for signature in signatures), default=None),
        level=", ".join(sorted({signature.level for signature in signatures})) or None,
        steps=steps,
        indication=indication,
        sub_indication=sub_indication,
        proven_at=_proven_at(inspection) if inspection else None,
        kind=inspection.contents.kind if inspection else ContainerKind.UNKNOWN,
    )


def _proven_at(inspection: Inspection) -> datetime | None:
    """When *all* signatures are proven to have existed."""
    moments = inspection.moments
    return max(moments) if moments and len(moments) == len(inspection.signatures) else None
