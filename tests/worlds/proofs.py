"""The authorities of the dossiers under test: one that stamps time, one that answers for certificates; by any clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from connectors.sandbox.authorities.ca import Usage
from connectors.sandbox.authorities.tsa import TimeStampAuthority
from dossier.case.event_form import event_bytes, leaf_digest
from dossier.case.events import Event
from dossier.erds.subject import subject_of
from dossier.ledger.merkle import InclusionProof, LedgerEvidence, Seal, TreeHead, root_of, tree_head_bytes
from dossier.ledger.tree import inclusion_ranges
from dossier.packaging.container import Container
from dossier.packaging.extension import Added, Sources, extend, write_extended
from signing.keys.detached import sign_detached
from signing.keys.keypair import Certificate, SoftwareKey
from signing.timestamps.token import Stamp, TimestampUnavailable
from signing.trust.revocation import RevocationValues
from signing.xades.container import XadesLevel
from tests.worlds.dossiers import ASSEMBLED_AT, EXCHANGE, NAMES, START, anchors, authority, seal_key, story

SEALED_AT = ASSEMBLED_AT - timedelta(seconds=3)
FRESH = timedelta(hours=12)
"""How long an answer of the OCSP responder stays fresh."""


@cache
def tsa_key(name: str = "Dälel sandbox TSA", days: int = 825) -> SoftwareKey:
    return authority().issue(name, bin=NAMES[EXCHANGE][1], usage=Usage.TIME_STAMPS, now=START, days=days)


@cache
def responder_key() -> SoftwareKey:
    return authority().issue("Dälel sandbox OCSP", bin=NAMES[EXCHANGE][1], usage=Usage.OCSP, now=START)


def stamp_at(at: datetime, key: SoftwareKey | None = None) -> Stamp:
    """Stamps everything at ``at``; the same digest gives the same token."""
    return lambda digest: TimeStampAuthority(key or tsa_key(), serial=lambda: 7).token(digest, now=at)


def ledger_evidence(
    events: Sequence[Event] | None = None,
    *,
    at: datetime = SEALED_AT,
    stamped_at: datetime | None = SEALED_AT,
    log: str = EXCHANGE,
) -> LedgerEvidence:
    """A seal over the events of the story, between others' leaves; its token of ``stamped_at``."""
    events = tuple(story().events) if events is None else tuple(events)
    others = [hashlib.sha256(f"another {number}".encode()).digest() for number in range(5)]
    leaves = [*others[:3], *(leaf_digest(event_bytes(event)) for event in events), *others[3:]]
    head = TreeHead(log, len(leaves), root_of(leaves), at)
    signature = sign_detached(tree_head_bytes(head), seal_key())
    token = stamp_at(stamped_at)(hashlib.sha256(signature).digest()) if stamped_at else None
    proofs = ((event.seq, _proof(leaves, number)) for number, event in enumerate(events, 3))
    return LedgerEvidence((Seal(head, signature, seal_key().certificate, token),), tuple(proofs))


def _proof(leaves: list[bytes], position: int) -> InclusionProof:
    path = (root_of(leaves[span.low : span.high]) for span in inclusion_ranges(position, len(leaves)))
    return InclusionProof(leaves[position], position, len(leaves), tuple(path))


def no_stamp(digest: bytes) -> bytes:
    raise TimestampUnavailable(f"nobody stamps {digest.hex()}")


def ocsp_answer(
    certificate: Certificate, issuer: Certificate, *, at: datetime, revoked_at: datetime | None = None
) -> bytes:
    """DER, signed by the responder whom the authority named."""
    key = responder_key()
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=x509.load_der_x509_certificate(certificate.der),
            issuer=x509.load_der_x509_certificate(issuer.der),
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD,
            this_update=at,
            next_update=at + FRESH,
            revocation_time=revoked_at,
            revocation_reason=x509.ReasonFlags.key_compromise if revoked_at else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, x509.load_der_x509_certificate(key.certificate.der))
        .certificates([x509.load_der_x509_certificate(key.certificate.der)])
    )
    return builder.sign(key.private_key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass
class Authorities:
    """Who stamps and answers at ``at``. ``revoked``: since when certificates count no more, by their digest."""

    at: datetime
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    tsa: SoftwareKey = field(default_factory=tsa_key)

    def revocation_of(self, certificate: Certificate, issuer: Certificate) -> RevocationValues:
        answer = ocsp_answer(certificate, issuer, at=self.at, revoked_at=self.revoked.get(certificate.sha256))
        return RevocationValues(ocsp=(answer,))

    @property
    def sources(self) -> Sources:
        return Sources(stamp=stamp_at(self.at, self.tsa), revocation_of=self.revocation_of, clock=lambda: self.at)


def extended(data: bytes, to: XadesLevel, authorities: Authorities) -> tuple[bytes, list[Added]]:
    """The container carried to a level, and what was added on the way."""
    with TemporaryDirectory() as folder:
        old, new = Path(folder) / "old.asice", Path(folder) / "new.asice"
        old.write_bytes(data)
        with Container.open(old) as container:
            steps = list(extend(subject_of(container, anchors(), authorities.at), to, authorities.sources))
            write_extended(container, steps[-1][0], new)
        return new.read_bytes(), [added for _, added in steps]
