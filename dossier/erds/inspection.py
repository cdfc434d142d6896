"""Inspect a file of evidence offline: what holds, what does not, and in which part.

The steps are those of a dossier (``dossier.check.inspection``) but for three, which keep their numbers:

11. The ledger's seals hold, every record of the message is in the tree that they seal, and ``record.xml`` tells the
    same as they (``dossier.erds.leafcheck``).
12. ``record.xml`` is as we write it and names every file there is; ``evidence.xml`` is what follows from it.
13. Every envelope is signed by whom the record says, and says what the record says of it
    (``dossier.erds.envelopecheck``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from dossier.check import form as formcheck
from dossier.check.inspection import SEAL_CHECKS, Check, InspectionPlan, inspect_by
from dossier.check.proof import UNTRUSTED
from dossier.check.report import ContainerKind, InspectionFinding, VerificationReport
from dossier.check.report import SubIndication as Sub
from dossier.check.subject import PROOF_LIMIT_BYTES, StepFindings
from dossier.check.wording import failed, undecided
from dossier.erds.envelopecheck import check_envelopes
from dossier.erds.evidence_xml import build_evidence
from dossier.erds.leafcheck import contradicting
from dossier.erds.record import MessageRecord
from dossier.erds.record_xml import ENVELOPES, EVIDENCE, LEAVES, RECORD, envelope_path
from dossier.erds.subject import EvidenceSubject
from dossier.ledger.form import HEADS_FOLDER, INCLUSION_PATH, LedgerPart, check_evidence, head_path, read_ledger_files
from dossier.ledger.merkle import LedgerEvidence, MalformedLedger
from dossier.packaging import layout
from dossier.packaging.container import ContainerError
from signing.keys.keypair import Certificate
from signing.trust.path import CertificateStanding, Purpose


def inspect_evidence(path: Path, anchors: Sequence[Certificate], *, now: datetime) -> VerificationReport:
    """Carry out the steps. Blocking. Never raises for the content of the file; ``OSError`` when it cannot be read."""
    return inspect_by(PLAN, path, anchors, now=now)


# --- 11: the ledger ---


def _check_ledger(subject: EvidenceSubject) -> StepFindings:
    names = [name for name in subject.container.names if name == INCLUSION_PATH or name.startswith(HEADS_FOLDER)]
    if not names and not subject.container.holds(LEAVES):
        return StepFindings.absent(RECORD)
    try:
        files = {name: subject.container.read(name, limit_bytes=PROOF_LIMIT_BYTES) for name in names}
        lines = subject.container.read(LEAVES, limit_bytes=PROOF_LIMIT_BYTES).removesuffix(b"\n").split(b"\n")
        evidence = read_ledger_files(files)
    except (MalformedLedger, ContainerError) as error:
        return StepFindings.one(failed(INCLUSION_PATH, Sub.FORMAT_FAILURE, "ledger_unreadable", detail=error))
    leaves = [(number, hashlib.sha256(line).digest()) for number, line in enumerate(lines, 1)]
    findings = (
        *_ledger_faults(leaves, evidence, subject),
        *_contradictions(lines, subject),
        *_distrusted(subject, evidence),
    )
    stamped_at = max((stamp.token.gen_time for stamp in subject.seal_stamps), default=None)
    size = max((seal.head.tree_size for seal in evidence.seals), default=0)
    values = {"records": len(lines), "size": size, "at": stamped_at}
    return StepFindings(findings, INCLUSION_PATH, values, key="passed" if stamped_at else "unstamped")


def _ledger_faults(
    leaves: Sequence[tuple[int, bytes]], evidence: LedgerEvidence, subject: EvidenceSubject
) -> Iterator[InspectionFinding]:
    for fault in check_evidence(leaves, evidence):
        part = LEAVES if fault.tree_size is None else head_path(fault.tree_size, LedgerPart.HEAD)
        yield failed(part, Sub.FORMAT_FAILURE, f"ledger_{fault.fault.name.lower()}", seq=fault.seq, detail=fault.detail)
    for seal in evidence.seals:
        if subject.record is not None and seal.head.log != subject.record.exchange:
            part = head_path(seal.head.tree_size, LedgerPart.HEAD)
            yield failed(part, Sub.FORMAT_FAILURE, "ledger_of_another", log=seal.head.log)


def _contradictions(lines: Sequence[bytes], subject: EvidenceSubject) -> Iterator[InspectionFinding]:
    for number in contradicting(lines, subject.record) if subject.record else ():
        yield failed(RECORD, Sub.FORMAT_FAILURE, "record_contradicted", seq=number)


def _distrusted(subject: EvidenceSubject, evidence: LedgerEvidence) -> Iterator[InspectionFinding]:
    at = subject.proven_at or subject.now
    for seal in evidence.seals:
        judged = subject.trust_inputs.judge(seal.certificate, at=at, purpose=Purpose.SEALS)
        if judged.standing is not CertificateStanding.TRUSTED:
            sub, key = UNTRUSTED[judged.standing]
            part, signer = head_path(seal.head.tree_size, LedgerPart.HEAD), seal.certificate.subject
            yield undecided(part, sub, key, signer=signer, at=at, detail=judged.detail)
    for stamp in subject.seal_stamps:
        if not stamp.is_trusted:
            sub, key = UNTRUSTED[stamp.path.standing]
            signer = stamp.token.authority.subject
            yield undecided(INCLUSION_PATH, sub, key, signer=signer, at=stamp.judged_at, detail=stamp.path.detail)


# --- 12: the record and what follows from it ---


def _check_record(subject: EvidenceSubject) -> StepFindings:
    record = subject.record
    if record is None:
        return StepFindings.one(failed(RECORD, Sub.FORMAT_FAILURE, "unreadable", detail=subject.record_trouble))
    findings = (*_evidence_differs(subject, record), *_files_differ(subject, record), *_misnamed(subject))
    return StepFindings(findings, RECORD, {"envelopes": len(record.envelopes()), "attempts": len(record.attempts)})


def _evidence_differs(subject: EvidenceSubject, record: MessageRecord) -> Iterator[InspectionFinding]:
    if not subject.equals(EVIDENCE, build_evidence(record)):
        yield failed(EVIDENCE, Sub.FORMAT_FAILURE, "evidence_differs")


def _files_differ(subject: EvidenceSubject, record: MessageRecord) -> Iterator[InspectionFinding]:
    expected = {EVIDENCE, RECORD, *map(envelope_path, record.envelopes())}
    expected |= set(map(layout.certificate_path, record.certificates()))
    for name in sorted(expected - set(subject.container.names)):
        yield failed(name, Sub.FORMAT_FAILURE, "record_lacks")
    for name in subject.covered:
        if name not in expected and not _is_proof(name):
            yield failed(name, Sub.FORMAT_FAILURE, "record_unnamed")


def _is_proof(name: str) -> bool:
    """What proves itself, and is not told of in the record: the ledger's files, certificates of issuers."""
    return name in {LEAVES, INCLUSION_PATH} or name.startswith((HEADS_FOLDER, layout.CERTIFICATES))


def _misnamed(subject: EvidenceSubject) -> Iterator[InspectionFinding]:
    """Envelopes are named by their own digest, so a name that does not fit is a changed envelope."""
    for name, (digest, _) in subject.checksums.items():
        if name.startswith(ENVELOPES) and name != envelope_path(digest.hex()):
            yield failed(name, Sub.HASH_FAILURE, "envelope_digest")


# --- 13: the envelopes ---


def _check_envelopes(subject: EvidenceSubject) -> StepFindings:
    if subject.record is None:
        return StepFindings.blocked(RECORD)
    findings, count = check_envelopes(subject.container, subject.record)
    return StepFindings(findings, ENVELOPES, {"count": count})


def _ours(check: Callable[[EvidenceSubject], StepFindings]) -> Check:
    return lambda subject: check(cast("EvidenceSubject", subject))


PLAN: Final = InspectionPlan(
    ContainerKind.EVIDENCE,
    (
        *((str(number), check) for number, check in enumerate(SEAL_CHECKS, 1)),
        ("evidence_ledger", _ours(_check_ledger)),
        ("evidence_record", _ours(_check_record)),
        ("evidence_envelopes", _ours(_check_envelopes)),
        ("14", formcheck.check_whole),
    ),
    EvidenceSubject,
)
