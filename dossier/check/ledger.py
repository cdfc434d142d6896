"""Step 11: whether the ledger's seals in a dossier hold, and every event is in the tree that they seal.

The events are those of ``evidence/events.jsonl``; that the timeline tells the same ones is the agreement's to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracts.party import PartyRole
from dossier.check.proof import UNTRUSTED
from dossier.check.report import InspectionFinding
from dossier.check.report import SubIndication as Sub
from dossier.check.subject import PROOF_LIMIT_BYTES, InspectedContainer, StepFindings
from dossier.check.wording import failed, undecided
from dossier.ledger.form import INCLUSION_PATH, LedgerPart, check_evidence, head_path, read_ledger_files
from dossier.ledger.merkle import LedgerEvidence, MalformedLedger, Seal
from dossier.packaging import layout
from dossier.packaging.container import ContainerError
from dossier.packaging.description import DossierDescription, EvidenceKind, SealEntry
from dossier.packaging.evidence import seal_entry
from signing.errors import TimestampRejected
from signing.trust.path import CertificateStanding, Purpose

_LEDGER_KINDS: Final = (
    EvidenceKind.TREE_HEAD,
    EvidenceKind.TREE_HEAD_SIGNATURE,
    EvidenceKind.TREE_HEAD_CERTIFICATE,
    EvidenceKind.TREE_HEAD_TOKEN,
    EvidenceKind.INCLUSION,
)


@dataclass(frozen=True, slots=True)
class _Read:
    """The evidence as values, with the leaves that it must cover: (seq, SHA-256 of the event's line)."""

    evidence: LedgerEvidence
    leaves: tuple[tuple[int, bytes], ...]


def check_ledger(subject: InspectedContainer) -> StepFindings:
    """Seals, their time stamps, and an inclusion proof (RFC 9162) for every event."""
    description = subject.description
    if description is None:
        return StepFindings.blocked(layout.DESCRIPTION)
    if not description.evidence_of(*_LEDGER_KINDS) and not description.seals:
        return StepFindings.absent(layout.DESCRIPTION)
    try:
        read = _read(subject, description)
    except (MalformedLedger, ContainerError) as error:
        return StepFindings.one(failed(INCLUSION_PATH, Sub.FORMAT_FAILURE, "ledger_unreadable", detail=error))
    findings = (
        *_contradictions(description, read.evidence),
        *_faults(read),
        *_distrusted(subject, read.evidence),
    )
    newest = max((stamp.token.gen_time for stamp in subject.seal_stamps), default=None)
    details = {"events": len(read.leaves), "seals": len(read.evidence.seals), "at": newest}
    size = max((seal.head.tree_size for seal in read.evidence.seals), default=0)
    return StepFindings(findings, INCLUSION_PATH, {**details, "size": size}, key="passed" if newest else "unstamped")


def _read(subject: InspectedContainer, description: DossierDescription) -> _Read:
    names = description.evidence_of(*_LEDGER_KINDS)
    files = {name: subject.container.read(name, limit_bytes=PROOF_LIMIT_BYTES) for name in names}
    events = subject.container.read(layout.EVENTS, limit_bytes=PROOF_LIMIT_BYTES)
    lines = events.removesuffix(b"\n").split(b"\n")
    leaves = tuple((number, hashlib.sha256(line).digest()) for number, line in enumerate(lines, 1))
    return _Read(read_ledger_files(files), leaves)


def _contradictions(description: DossierDescription, evidence: LedgerEvidence) -> Iterator[InspectionFinding]:
    """``dossier.xml`` and the page say of the seals what they are, and they are the ledger of this exchange."""
    if description.seals != tuple(_entries(evidence)):
        yield failed(layout.DESCRIPTION, Sub.FORMAT_FAILURE, "seals_differ")
    exchanges = {party.party_id for party in description.parties if party.role is PartyRole.EXCHANGE}
    for seal in evidence.seals:
        if seal.head.log not in exchanges:
            yield failed(_part(seal), Sub.FORMAT_FAILURE, "ledger_of_another", log=seal.head.log)


def _entries(evidence: LedgerEvidence) -> Iterator[SealEntry]:
    for seal in evidence.seals:
        try:
            yield seal_entry(seal)
        except TimestampRejected:
            continue  # told as a fault of the seal


def _faults(read: _Read) -> Iterator[InspectionFinding]:
    for fault in check_evidence(read.leaves, read.evidence):
        part = INCLUSION_PATH if fault.tree_size is None else head_path(fault.tree_size, LedgerPart.HEAD)
        key = f"ledger_{fault.fault.name.lower()}"
        yield failed(part, Sub.FORMAT_FAILURE, key, seq=fault.seq, detail=fault.detail)


def _distrusted(subject: InspectedContainer, evidence: LedgerEvidence) -> Iterator[InspectionFinding]:
    """Whom the seals and their tokens come from, as at the time that is proven for all that the signature covers."""
    at = subject.proven_at or subject.now
    for seal in evidence.seals:
        judged = subject.trust_inputs.judge(seal.certificate, at=at, purpose=Purpose.SEALS)
        if judged.standing is not CertificateStanding.TRUSTED:
            sub, key = UNTRUSTED[judged.standing]
            yield undecided(_part(seal), sub, key, signer=seal.certificate.subject, at=at, detail=judged.detail)
    for stamp in subject.seal_stamps:
        if not stamp.is_trusted:
            sub, key = UNTRUSTED[stamp.path.standing]
            signer, at = stamp.token.authority.subject, stamp.judged_at
            yield undecided(INCLUSION_PATH, sub, key, signer=signer, at=at, detail=stamp.path.detail)


def _part(seal: Seal) -> str:
    return head_path(seal.head.tree_size, LedgerPart.HEAD)
