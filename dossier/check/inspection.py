"""Inspect a dossier offline: what holds, what does not, and in which part.

The steps, in this order; the same numbers stand at the code and in the report:

 1. The raw ZIP is as we write it: one end record at the very end, files one behind the other from byte 0, local and
    central headers equal, names unique and safe, nothing compressed, hidden, before or behind.
 2. ``mimetype`` is first and exact.
 3. ``META-INF/signatures0.xml`` equals its canonical rebuild from the values read, what was added later included.
 4. ``META-INF/manifest.xml`` equals the one that the names give.
 5. Every file is covered by exactly one reference, in order; none is extra, none is missing.
 6. Every file has the digest that its reference states.
 7. The embedded certificate made the signature value, and is the one that SigningCertificateV2 names.
 8. The signature's time stamp is whole, over this value, from a trusted authority, and in order with other times.
 9. What was added for later verifiers proves itself; every archive time stamp is over all that stands before it.
10. The certificate comes from an anchor, is meant for seals, and was in force and not revoked at the time that is
    proven (EN 319 102-1, best-signature-time), or without a time stamp at the claimed time and now.
11. The ledger's seals hold, and every event is in the tree that they seal.
12. ``dossier.xml`` is valid and agrees with the container (``dossier.check.agreement``).
13. Every message kept has its digest and its own signature (``dossier.check.messages``).
14. The whole container equals its re-assembly: headers rebuilt, checksums counted, order kept.

A failure stops nothing that can still be looked at, so that a report names all that is wrong. ASiC-E verifiers in use
accept stray bytes in several of these places; we do not, since two programs could then see two dossiers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from dossier.check import form as formcheck
from dossier.check import proof as proofcheck
from dossier.check import wording
from dossier.check.agreement import check_agreement
from dossier.check.ledger import check_ledger
from dossier.check.messages import check_messages
from dossier.check.report import ContainerKind, ReportStep, StepVerdict, SubIndication, VerificationReport, conclude
from dossier.check.subject import InspectedContainer, StepFindings
from dossier.check.wording import failed
from dossier.packaging import layout
from dossier.packaging.container import Container, ContainerError
from signing.keys.keypair import Certificate


def inspect_container(path: Path, anchors: Sequence[Certificate], *, now: datetime) -> VerificationReport:
    """Carry out the steps of the module docstring. Blocking; memory does not grow with the documents.

    ``anchors`` empty: everything is checked but trust, which then stays undecided. Never raises for the content of
    the file; ``OSError`` when it cannot be read at all.
    """
    return inspect_by(DOSSIER, path, anchors, now=now)


Check = Callable[[InspectedContainer], StepFindings]


@dataclass(frozen=True, slots=True)
class InspectionPlan:
    """Steps in their order, each with the key of its words, and what holds the container that they look at."""

    kind: ContainerKind
    steps: tuple[tuple[str, Check], ...]
    subject: Callable[[Container, tuple[Certificate, ...], datetime], InspectedContainer] = InspectedContainer


def inspect_by(
    plan: InspectionPlan, path: Path, anchors: Sequence[Certificate], *, now: datetime
) -> VerificationReport:
    """Carry out every step, whatever the ones before it found."""
    try:
        container = Container.open(path)
    except ContainerError as error:
        return _report(plan, path, now, _closed(plan, error), None)
    with container:
        subject = plan.subject(container, tuple(anchors), now)
        steps = tuple(_step(number, key, check(subject)) for number, (key, check) in enumerate(plan.steps, 1))
        return _report(plan, path, now, steps, subject)


def _check_agreement(subject: InspectedContainer) -> StepFindings:
    if subject.description is None:
        trouble = subject.description_trouble
        return StepFindings.one(failed(layout.DESCRIPTION, SubIndication.FORMAT_FAILURE, "unreadable", detail=trouble))
    digests = {name: digest for name, (digest, _) in subject.checksums.items()}
    findings, values = check_agreement(subject.container, subject.description, digests, subject.signature)
    return StepFindings(findings, layout.DESCRIPTION, values, "imported" if "imported" in values else "passed")


def _check_messages(subject: InspectedContainer) -> StepFindings:
    if subject.description is None:
        return StepFindings.blocked(layout.DESCRIPTION)
    findings, count = check_messages(subject.container, subject.description, subject.trust_inputs)
    return StepFindings(findings, "messages/", {"count": count})


SEAL_CHECKS: Final[tuple[Check, ...]] = (
    formcheck.check_structure,
    formcheck.check_mimetype,
    formcheck.check_signature_form,
    formcheck.check_manifest,
    formcheck.check_coverage,
    formcheck.check_digests,
    formcheck.check_value,
    proofcheck.check_stamp,
    proofcheck.check_archive,
    proofcheck.check_signer,
)
"""Steps 1 to 10, which every file under our seal has: its form, its signature, who signed and when."""

CHECKS: Final[tuple[Check, ...]] = (
    *SEAL_CHECKS,
    check_ledger,
    _check_agreement,
    _check_messages,
    formcheck.check_whole,
)
"""In the order of the module's docstring."""

DOSSIER: Final = InspectionPlan(
    ContainerKind.DOSSIER, tuple((str(number), check) for number, check in enumerate(CHECKS, 1))
)


# --- putting the report together ------------------------------------------------------------------------------------


def _closed(plan: InspectionPlan, error: ContainerError) -> tuple[ReportStep, ...]:
    """The report of a file whose list of contents cannot be made out: the first step fails, the others cannot run."""
    first = StepFindings.one(failed(error.part, SubIndication.FORMAT_FAILURE, "not_a_container", detail=error.detail))
    found = (first, *(StepFindings.blocked(formcheck.ZIP) for _ in plan.steps[1:]))
    return tuple(
        _step(number, key, one) for number, ((key, _), one) in enumerate(zip(plan.steps, found, strict=True), 1)
    )


def _step(number: int, words: str, found: StepFindings) -> ReportStep:
    title = wording.title_of(words)
    if not found.findings:
        verdict = StepVerdict.ABSENT if found.key == "absent" else StepVerdict.PASSED
        return ReportStep(number, title, verdict, found.part, wording.step_text(words, found.key, **found.values))
    worst = min(found.findings, key=lambda finding: finding.verdict is not StepVerdict.FAILED)
    return ReportStep(number, title, worst.verdict, worst.part, worst.text, found.findings)


def _report(
    plan: InspectionPlan, path: Path, now: datetime, steps: tuple[ReportStep, ...], subject: InspectedContainer | None
) -> VerificationReport:
    signature = subject.signature if subject else None
    description = subject.description if subject else None
    indication, sub_indication = conclude(steps)
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return VerificationReport(
        file_name=path.name,
        size=path.stat().st_size,
        sha256=sha256,
        inspected_at=now,
        appeal_number=description.appeal_number if description else None,
        signer=signature.certificate.subject if signature else None,
        signed_at=signature.signed_at if signature else None,
        level=signature.unsigned.level.value if signature else None,
        steps=steps,
        indication=indication,
        sub_indication=sub_indication,
        proven_at=subject.proven_at if subject else None,
        kind=plan.kind,
    )
