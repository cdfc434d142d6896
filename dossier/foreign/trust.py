"""Whether the signer is to be believed, at the moment at which the signature is known to have existed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dossier.foreign.signature import ForeignSignature
from dossier.foreign.stamps import SKEW, UNTRUSTED, Existence
from dossier.foreign.wording import failed, undecided
from dossier.report import Finding, SubIndication
from signing.errors import KeyUnusable
from signing.keys import Certificate
from signing.proof import Beliefs
from signing.trust import Purpose, Standing

Sub = SubIndication


def evidence_of(signature: ForeignSignature, anchors: tuple[Certificate, ...], now: datetime) -> Beliefs:
    """Certificates that cannot be used are left out: they prove nothing for anybody."""
    return Beliefs(anchors, tuple(_usable(signature.certificates)), signature.revocation, now)


def judge_signer(
    signature: ForeignSignature, certificate: Certificate, existence: Existence, evidence: Beliefs
) -> Iterator[Finding]:
    """EN 319 102-1 §5.5: at the proven moment, else now. That nobody revoked the certificate must be shown, too."""
    at = existence.since or evidence.now
    part, signer = signature.part, certificate.subject
    if signature.signed_at > evidence.now + SKEW:
        yield undecided(part, Sub.SIG_CONSTRAINTS_FAILURE, "signed_in_future", at=signature.signed_at)
    judged = evidence.judge(certificate, at=at, purpose=Purpose.SEALS, need_revocation=True)
    match judged.standing:
        case Standing.TRUSTED:
            return
        case Standing.REVOKED if existence.since is not None:
            # Proven to have been made after the revocation: no later evidence can save it.
            yield failed(part, Sub.REVOKED, "revoked", signer=signer, detail=judged.detail)
        case standing:
            yield undecided(part, UNTRUSTED[standing], _KEYS[standing], signer=signer, at=at, detail=judged.detail)


_KEYS = {
    Standing.NO_ANCHOR_GIVEN: "no_anchor",
    Standing.ISSUER_UNKNOWN: "issuer_unknown",
    Standing.OUT_OF_VALIDITY: "out_of_validity",
    Standing.WEAK_ALGORITHM: "weak_path",
    Standing.PATH_INVALID: "path_invalid",
    Standing.NOT_FOR_PURPOSE: "not_for_signing",
    Standing.REVOKED: "revoked",
    Standing.REVOCATION_UNKNOWN: "revocation_unknown",
}


def _usable(ders: tuple[bytes, ...]) -> Iterator[Certificate]:
    for der in dict.fromkeys(ders):
        try:
            yield Certificate.from_der(der)
        except KeyUnusable:
            continue
