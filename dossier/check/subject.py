"""One container under inspection: what its steps share is read once, and is None where it cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from dossier.check.report import InspectionFinding, SubIndication
from dossier.check.wording import undecided
from dossier.packaging import layout
from dossier.packaging.container import Container, ContainerError
from dossier.packaging.description import DossierDescription, EvidenceKind
from dossier.packaging.description_xml import LIMIT_BYTES, DescriptionUnreadable, parse_description
from signing.errors import KeyUnusable, TimestampRejected
from signing.keys.keypair import Certificate
from signing.timestamps.token import TimestampToken, read_token, require_digest
from signing.trust.proof import StampJudgement, TrustInputs, judge_stamps, proven_time
from signing.trust.revocation import RevocationValues
from signing.xades.container import (
    SIGNATURE_LIMIT_BYTES,
    ReadSignature,
    SignatureUnreadable,
    archived_digests,
    read_signature,
    stamped_bytes,
)

MOST_OF_A_KIND: Final = 256  # of one kind of evidence that is used for judgements; a forger may put in any number
PROOF_LIMIT_BYTES: Final = 64 * 1024 * 1024  # the revocation list of a large authority


@dataclass(frozen=True, slots=True)
class StepFindings:
    """What one step has to say: findings, and where there are none, which of its texts and the values in it."""

    findings: tuple[InspectionFinding, ...]
    part: str
    values: Mapping[str, object] = field(default_factory=dict)
    key: str = "passed"

    @classmethod
    def one(cls, finding: InspectionFinding) -> StepFindings:
        return cls((finding,), finding.part)

    @classmethod
    def blocked(cls, part: str) -> StepFindings:
        """The step cannot be carried out, since ``part`` cannot be read."""
        return cls.one(undecided(part, SubIndication.FORMAT_FAILURE, "blocked", detail=part))

    @classmethod
    def absent(cls, part: str) -> StepFindings:
        """There is nothing to check."""
        return cls((), part, key="absent")


@dataclass(frozen=True, slots=True)
class SignatureStamp:
    """One time stamp of the signature, its own or an archive's, as it was read.

    ``token`` None: unreadable, for ``trouble``. ``covers``: whether it is over what stands before it.
    """

    token: TimestampToken | None
    covers: bool
    trouble: str = ""


class InspectedContainer:
    """Holds an open ``container``; memory does not grow with the documents."""

    def __init__(self, container: Container, anchors: tuple[Certificate, ...], now: datetime) -> None:
        self.container = container
        self.anchors = anchors
        self.now = now

    @property
    def covered(self) -> tuple[str, ...]:
        """What the signature must cover: all but the signature itself and the two files that are re-derived."""
        return tuple(name for name in self.container.names if name not in layout.UNSIGNED)

    def equals(self, name: str, expected: bytes) -> bool:
        """Whether the file holds exactly these bytes."""
        try:
            return self.container.read(name, limit_bytes=len(expected)) == expected
        except ContainerError:
            return False

    # --- signature and description ---

    @property
    def signature(self) -> ReadSignature | None:
        return self._signature_or_reason[0]

    @property
    def signature_trouble(self) -> str:
        return self._signature_or_reason[1]

    @property
    def description(self) -> DossierDescription | None:
        return self._description_or_reason[0]

    @property
    def description_trouble(self) -> str:
        return self._description_or_reason[1]

    @cached_property
    def checksums(self) -> Mapping[str, tuple[bytes, bool]]:
        """SHA-256 of every file and whether its CRC-32 fits; one pass over the container."""
        return {name: self.container.checksums(name) for name in self.container.names}

    @cached_property
    def _signature_or_reason(self) -> tuple[ReadSignature | None, str]:
        try:
            return read_signature(self.container.read(layout.SIGNATURE, limit_bytes=SIGNATURE_LIMIT_BYTES)), ""
        except ContainerError as error:
            return None, error.detail
        except SignatureUnreadable as error:
            return None, str(error)

    @cached_property
    def _description_or_reason(self) -> tuple[DossierDescription | None, str]:
        try:
            return parse_description(self.container.read(layout.DESCRIPTION, limit_bytes=LIMIT_BYTES)), ""
        except ContainerError as error:
            return None, error.detail
        except DescriptionUnreadable as error:
            return None, str(error)

    # --- time stamps ---

    @cached_property
    def stamp(self) -> SignatureStamp | None:
        """The time stamp of the signature."""
        if self.signature is None or self.signature.unsigned.token is None:
            return None
        digest = hashlib.sha256(stamped_bytes(self.signature)).digest()
        return _read_stamp(self.signature.unsigned.token, digest)

    @cached_property
    def archives(self) -> tuple[SignatureStamp, ...]:
        """The archive time stamps, oldest first; a second pass over the files, where there are any."""
        if self.signature is None or not self.signature.unsigned.archives:
            return ()
        digests = archived_digests(self.signature, signed_contents(self.container, self.signature))
        return tuple(
            _read_stamp(held.token, digest)
            for held, digest in zip(self.signature.unsigned.archives, digests[:-1], strict=True)
        )

    @cached_property
    def judged_stamps(self) -> tuple[StampJudgement, ...]:
        """Those that are whole and over what they must be, oldest first, each with its authority's standing."""
        stamps = (*(() if self.stamp is None else (self.stamp,)), *self.archives)
        return judge_stamps([held.token for held in stamps if held.token and held.covers], self.trust_inputs)

    @property
    def proven_at(self) -> datetime | None:
        """When the signature is proven to have existed."""
        return proven_time(self.judged_stamps)

    @cached_property
    def seal_stamps(self) -> tuple[StampJudgement, ...]:
        """Tokens of the ledger's seals: they are under the signature, so they are older than it."""
        tokens = []
        for data in self._evidence(EvidenceKind.TREE_HEAD_TOKEN):
            try:
                tokens.append(read_token(data))
            except TimestampRejected:
                continue  # the step on the ledger says so
        proven = self.proven_at or self.now
        return tuple(judge_stamps([token], self.trust_inputs, proven=proven)[0] for token in tokens)

    # --- what judgements start from ---

    @cached_property
    def trust_inputs(self) -> TrustInputs:
        """The anchors, and every certificate and answer that the container brings along."""
        unsigned = self.signature.unsigned if self.signature else None
        held = [unsigned.values, *(archive.values for archive in unsigned.archives)] if unsigned else []
        values = [value for value in held if value is not None]
        return TrustInputs(
            anchors=self.anchors,
            certificates=tuple(
                dict.fromkeys((*(one for value in values for one in value.certificates), *self._certificates()))
            ),
            revocation=RevocationValues(
                ocsp=(*(one for v in values for one in v.revocation.ocsp), *self._evidence(EvidenceKind.OCSP)),
                crls=(*(one for v in values for one in v.revocation.crls), *self._evidence(EvidenceKind.CRL)),
            ),
            now=self.now,
        )

    def _certificates(self) -> Iterator[Certificate]:
        for data in self._evidence(EvidenceKind.CERTIFICATE):
            try:
                yield Certificate.from_pem(data)
            except KeyUnusable:
                continue  # what cannot be read proves nothing; that it is under the signature is checked elsewhere

    def _evidence(self, kind: EvidenceKind) -> Iterator[bytes]:
        for name in self.description.evidence_of(kind)[:MOST_OF_A_KIND] if self.description else ():
            try:
                yield self.container.read(name, limit_bytes=PROOF_LIMIT_BYTES)
            except ContainerError:
                continue  # the index says what is missing


def _read_stamp(der: bytes, digest: bytes) -> SignatureStamp:
    try:
        token = read_token(der)
    except TimestampRejected as rejected:
        return SignatureStamp(None, covers=False, trouble=rejected.detail)
    try:
        require_digest(token, digest)
    except TimestampRejected as rejected:
        return SignatureStamp(token, covers=False, trouble=rejected.detail)
    return SignatureStamp(token, covers=True)


def signed_contents(container: Container, signature: ReadSignature) -> Iterator[bytes]:
    """The octets of the files under the signature, in the order of its references; of those that are there."""
    for name in dict.fromkeys(file.name for file in signature.files):  # one named twice costs one reading
        if container.holds(name):
            yield from container.chunks(name)
