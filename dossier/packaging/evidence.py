"""What lies under ``evidence/`` besides events and salts: seals of the ledger, certificates, answers on revocation.

As far as it is known when the dossier is filed; what is not there is named, so that nobody takes silence for proof.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from dossier.ledger.form import LedgerPart, ledger_files
from dossier.ledger.merkle import Seal
from dossier.packaging import layout
from dossier.packaging.description import EvidenceKind, OptionalProof, SealEntry
from dossier.packaging.material import DossierInput
from signing.timestamps.token import read_token
from signing.xades.container import XadesLevel

_KINDS: Final[Mapping[LedgerPart | None, EvidenceKind]] = MappingProxyType(
    {
        LedgerPart.HEAD: EvidenceKind.TREE_HEAD,
        LedgerPart.SIGNATURE: EvidenceKind.TREE_HEAD_SIGNATURE,
        LedgerPart.CERTIFICATE: EvidenceKind.TREE_HEAD_CERTIFICATE,
        LedgerPart.TOKEN: EvidenceKind.TREE_HEAD_TOKEN,
        None: EvidenceKind.INCLUSION,
    }
)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file of evidence and its bytes."""

    name: str
    kind: EvidenceKind
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Lower-case hex."""
        return hashlib.sha256(self.data).hexdigest()


def evidence_files(given: DossierInput) -> tuple[EvidenceFile, ...]:
    """In the container's order; what was given twice lies there once."""
    files = (*_ledger(given), *_certificates(given), *_revocation(given))
    return tuple({file.name: file for file in files}.values())


def seal_entries(given: DossierInput) -> tuple[SealEntry, ...]:
    """What the seals say, from the smallest tree on."""
    return tuple(seal_entry(seal) for seal in _seals(given))


def absent_proofs(given: DossierInput, level: XadesLevel) -> Iterator[OptionalProof]:
    """Everything that a later verifier will miss in a dossier filed at ``level``."""
    if level is XadesLevel.B:
        yield OptionalProof.SIGNATURE_TOKEN
    if given.ledger is None:
        yield OptionalProof.LEDGER_SEAL
    elif any(seal.token is None for seal in given.ledger.seals):
        yield OptionalProof.LEDGER_TOKEN
    if not (given.revocation.ocsp or given.revocation.crls):
        yield OptionalProof.REVOCATION


def _ledger(given: DossierInput) -> Iterator[EvidenceFile]:
    for file in ledger_files(given.ledger) if given.ledger else ():
        yield EvidenceFile(file.name, _KINDS[file.part], file.content)


def _certificates(given: DossierInput) -> Iterator[EvidenceFile]:
    for certificate in given.certificates:
        yield EvidenceFile(layout.certificate_path(certificate.sha256), EvidenceKind.CERTIFICATE, certificate.to_pem())


def _revocation(given: DossierInput) -> Iterator[EvidenceFile]:
    for kind, answers in ((EvidenceKind.OCSP, given.revocation.ocsp), (EvidenceKind.CRL, given.revocation.crls)):
        for answer in answers:
            name = layout.revocation_path(hashlib.sha256(answer).hexdigest(), kind.value)
            yield EvidenceFile(name, kind, answer)


def _seals(given: DossierInput) -> list[Seal]:
    return sorted(given.ledger.seals, key=lambda seal: seal.head.tree_size) if given.ledger else []


def seal_entry(seal: Seal) -> SealEntry:
    """What is told of a seal. Raises ``TimestampRejected`` for a token that cannot be read."""
    stamped_at = read_token(seal.token).gen_time if seal.token else None
    return SealEntry(seal.head.tree_size, seal.head.root.hex(), seal.head.at, stamped_at)
