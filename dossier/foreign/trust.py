"""Whether the signer is to be believed, at the moment at which the signature is known to have existed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dossier.check.report import InspectionFinding, SubIndication
from dossier.foreign.signature import ForeignSignature
from dossier.foreign.stamps import SKEW, UNTRUSTED, Existence
from dossier.foreign.wording import failed, undecided
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.trust.path import CertificateStanding, Purpose
from signing.trust.proof import TrustInputs

Sub = SubIndication


def evidence_of(signature: ForeignSignature, anchors: tuple[Certificate, ...], now: datetime) -> TrustInputs:
    """Certificates that cannot be used are left out: they prove nothing for anybody."""
    return TrustInputs(anchors, tuple(_usable(signature.certificates)), signature.revocation, now)


def judge_signer(
    signature: ForeignSignature, certificate: Certificate, existence: Existence, evidence: TrustInputs
) -> Iterator[InspectionFinding]:
    """EN 319 102-1 §5.5: at the proven moment, else now. That nobody revoked the certificate must be shown, too."""
    at = existence.since or evidence.now
    part, signer = signature.part, certificate.subject
    if signature.signed_at > evidence.now + SKEW:
        yield undecided(part, Sub.SIG_CONSTRAINTS_FAILURE, "signed_in_future", at=signature.signed_at)
    judged = evidence.judge(certificate, at=at, purpose=Purpose.SEALS, need_revocation=True)
    match judged.standing:
        case CertificateStanding.TRUSTED:
            return
        case CertificateStanding.REVOKED if existence.since is not None:
            # Proven to have been made after the revocation: no later evidence can save it.
            yield failed(part, Sub.REVOKED, "revoked", signer=signer, detail=judged.detail)
        case standing:
            yield undecided(part, UNTRUSTED[standing], _KEYS[standing], signer=signer, at=at, detail=judged.detail)


_KEYS = {
    CertificateStanding.NO_ANCHOR_GIVEN: "no_anchor",
    CertificateStanding.ISSUER_UNKNOWN: "issuer_unknown",
    CertificateStanding.OUT_OF_VALIDITY: "out_of_validity",
    CertificateStanding.WEAK_ALGORITHM: "weak_path",
    CertificateStanding.PATH_INVALID: "path_invalid",
    CertificateStanding.NOT_FOR_PURPOSE: "not_for_signing",
    CertificateStanding.REVOKED: "revoked",
    CertificateStanding.REVOCATION_UNKNOWN: "revocation_unknown",
}


def _usable(ders: tuple[bytes, ...]) -> Iterator[Certificate]:
    for der in dict.fromkeys(ders):
        try:
            yield Certificate.from_der(der)
        except KeyUnusable:
            continue
