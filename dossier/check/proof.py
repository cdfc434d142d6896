"""Steps 8 to 10: what proves when the signature existed, and whether its certificate counted then.

EN 319 102-1 §5.5 and §5.6: with a trusted time stamp the certificate is judged at the time that the stamp proves, so
its end and a later revocation change nothing. Without one the signer's own word on the time is all there is, and the
certificate must still be in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from dossier.check.report import InspectionFinding
from dossier.check.report import SubIndication as Sub
from dossier.check.subject import InspectedContainer, SignatureStamp, StepFindings
from dossier.check.wording import failed, undecided
from dossier.packaging import layout
from signing.keys.keypair import Certificate
from signing.timestamps.token import TimestampToken
from signing.trust.path import CertificateStanding
from signing.trust.proof import SignerJudgement, judge_signer, useless_values
from signing.trust.revocation import RevocationStatus, RevocationValues
from signing.xades.container import ReadSignature, XadesLevel

SKEW: Final = timedelta(minutes=5)
_SIGNATURE: Final = layout.SIGNATURE

UNTRUSTED: Final[Mapping[CertificateStanding, tuple[Sub, str]]] = MappingProxyType(
    {
        CertificateStanding.NO_ANCHOR_GIVEN: (Sub.NO_CERTIFICATE_CHAIN_FOUND, "no_anchor"),
        CertificateStanding.ISSUER_UNKNOWN: (Sub.NO_CERTIFICATE_CHAIN_FOUND, "issuer_unknown"),
        CertificateStanding.OUT_OF_VALIDITY: (Sub.OUT_OF_BOUNDS_NO_POE, "out_of_validity"),
        CertificateStanding.WEAK_ALGORITHM: (Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, "weak_algorithm"),
        CertificateStanding.PATH_INVALID: (Sub.CHAIN_CONSTRAINTS_FAILURE, "path_invalid"),
        CertificateStanding.NOT_FOR_PURPOSE: (Sub.CHAIN_CONSTRAINTS_FAILURE, "not_for_purpose"),
        CertificateStanding.REVOKED: (Sub.REVOKED_NO_POE, "revoked"),
        CertificateStanding.REVOCATION_UNKNOWN: (Sub.TRY_LATER, "revocation_unknown"),
    }
)
"""What is said of a certificate that is not trusted; nothing of it is failed, since other anchors may trust it."""


# --- 8: the time stamp of the signature ---


def check_stamp(subject: InspectedContainer) -> StepFindings:
    """It is whole, over this signature value, from an authority we believe, and in order with what else is dated."""
    if subject.signature is None:
        return StepFindings.blocked(_SIGNATURE)
    if subject.stamp is None:
        return StepFindings.absent(_SIGNATURE)
    token = subject.stamp.token
    if token is None or not subject.stamp.covers:
        return StepFindings.one(_broken(subject.stamp))
    findings = (*_distrusted(subject, [token]), *_out_of_order(subject, subject.signature, token))
    return StepFindings(findings, _SIGNATURE, {"at": token.gen_time, "authority": token.authority.subject})


def _broken(stamp: SignatureStamp) -> InspectionFinding:
    """What is wrong with a stamp that could not be read, or is over something else."""
    if stamp.token is None:
        return failed(_SIGNATURE, Sub.SIG_CRYPTO_FAILURE, "stamp_broken", detail=stamp.trouble)
    return failed(_SIGNATURE, Sub.HASH_FAILURE, "stamp_elsewhere", detail=stamp.trouble)


def _distrusted(subject: InspectedContainer, tokens: Sequence[TimestampToken]) -> Iterator[InspectionFinding]:
    for judged in subject.judged_stamps:
        if judged.token in tokens and not judged.is_trusted:
            sub, key = UNTRUSTED[judged.path.standing]
            signer, at = judged.token.authority.subject, judged.judged_at
            yield undecided(_SIGNATURE, sub, key, signer=signer, at=at, detail=judged.path.detail)


def _out_of_order(
    subject: InspectedContainer, signature: ReadSignature, token: TimestampToken
) -> Iterator[InspectionFinding]:
    """What is under the signature is older than it, and what is over it younger."""
    stamped_at = token.gen_time
    if stamped_at > subject.now + SKEW:
        yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "stamp_in_future", at=stamped_at)
    if signature.signed_at > stamped_at + SKEW:
        details = {"at": signature.signed_at, "stamped": stamped_at}
        yield undecided(_SIGNATURE, Sub.SIG_CONSTRAINTS_FAILURE, "signed_after_stamp", **details)
    for seal in subject.seal_stamps:
        if seal.token.gen_time > stamped_at + SKEW:
            details = {"at": seal.token.gen_time, "stamped": stamped_at}
            yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "seal_after_stamp", **details)


# --- 9: long-term proof ---


def check_archive(subject: InspectedContainer) -> StepFindings:
    """What was added for a later verifier proves itself, and every archive time stamp is over all before it."""
    if subject.signature is None:
        return StepFindings.blocked(_SIGNATURE)
    unsigned = subject.signature.unsigned
    if unsigned.level not in {XadesLevel.LT, XadesLevel.LTA}:
        return StepFindings.absent(_SIGNATURE)
    tokens = [stamp.token for stamp in subject.archives if stamp.token]
    findings = (
        *_useless(subject, subject.signature),
        *(_broken(stamp) for stamp in subject.archives if not stamp.covers),
        *_distrusted(subject, tokens),
        *_backwards(subject),
    )
    held, answers = subject.trust_inputs.certificates, _answers(subject.trust_inputs.revocation)
    values = {"certificates": len(held), "answers": answers}
    if not tokens:
        return StepFindings(findings, _SIGNATURE, values)
    newest = {"stamps": len(tokens), "at": tokens[-1].gen_time, "until": tokens[-1].authority.not_after}
    return StepFindings(findings, _SIGNATURE, {**values, **newest}, key="archived")


def _answers(revocation: RevocationValues) -> int:
    return len(revocation.ocsp) + len(revocation.crls)


def _useless(subject: InspectedContainer, signature: ReadSignature) -> Iterator[InspectionFinding]:
    unsigned = signature.unsigned
    known = (*subject.trust_inputs.certificates, *subject.anchors, signature.certificate, *_authorities(subject))
    for values in (unsigned.values, *(archive.values for archive in unsigned.archives)):
        for useless in useless_values(values, known) if values else ():
            yield failed(_SIGNATURE, Sub.FORMAT_FAILURE, "value_useless", detail=useless)


def _authorities(subject: InspectedContainer) -> Iterator[Certificate]:
    for stamp in subject.judged_stamps:
        yield from stamp.token.certificates


def _backwards(subject: InspectedContainer) -> Iterator[InspectionFinding]:
    newest = subject.judged_stamps[-1].token.gen_time if subject.judged_stamps else subject.now
    if subject.archives and newest > subject.now + SKEW:
        yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "stamp_in_future", at=newest)
    for older, newer in pairwise(judged.token.gen_time for judged in subject.judged_stamps):
        if newer + SKEW < older:
            yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "archive_before", at=newer, stamped=older)


# --- 10: the signer ---


def check_signer(subject: InspectedContainer) -> StepFindings:
    """The certificate comes from an anchor, is meant for seals, and was in force and not revoked when it counts."""
    signature = subject.signature
    if signature is None:
        return StepFindings.blocked(_SIGNATURE)
    if signature.signed_at > subject.now + SKEW:
        details = {"at": signature.signed_at}
        return StepFindings.one(undecided(_SIGNATURE, Sub.SIG_CONSTRAINTS_FAILURE, "signed_in_future", **details))
    judged = judge_signer(
        signature.certificate,
        subject.judged_stamps,
        subject.trust_inputs,
        signed_at=signature.signed_at,
        need_revocation=signature.unsigned.level in {XadesLevel.LT, XadesLevel.LTA},
    )
    if judged.path.standing is not CertificateStanding.TRUSTED:
        return StepFindings.one(_untrusted(subject, signature.certificate, judged))
    was_answered = judged.path.revocation[0].status is RevocationStatus.GOOD
    key = ("proven" if judged.is_proven else "claimed") + ("" if was_answered else "_unasked")
    return StepFindings((), _SIGNATURE, {"at": judged.at}, key=key)


def _untrusted(subject: InspectedContainer, certificate: Certificate, judged: SignerJudgement) -> InspectionFinding:
    details = {"signer": certificate.subject, "at": judged.at, "detail": judged.path.detail}
    match judged.path.standing:
        case CertificateStanding.REVOKED:
            return _revoked(subject, judged, details)
        case CertificateStanding.OUT_OF_VALIDITY if judged.is_proven and judged.at < certificate.not_before:
            return failed(_SIGNATURE, Sub.NOT_YET_VALID, "not_yet_valid", **details)
        case standing:
            sub, key = UNTRUSTED[standing]
            return undecided(_SIGNATURE, sub, key, **details)


def _revoked(subject: InspectedContainer, judged: SignerJudgement, details: Mapping[str, object]) -> InspectionFinding:
    """Whether the signature is older than the revocation is not known, unless it covers something that is younger.

    EN 319 102-1 §5.2.6.4: what the signature covers and somebody else dated plays the content time stamp's part.
    """
    revoked_at = judged.revoked_at
    signed_after = max((seal.token.gen_time for seal in subject.seal_stamps if seal.is_trusted), default=None)
    if revoked_at is not None and signed_after is not None and revoked_at <= signed_after:
        return failed(_SIGNATURE, Sub.REVOKED, "revoked_before", revoked=revoked_at, after=signed_after, **details)
    sub = Sub.REVOKED_CA_NO_POE if judged.is_authority_revoked else Sub.REVOKED_NO_POE
    return undecided(_SIGNATURE, sub, "revoked", **details)
