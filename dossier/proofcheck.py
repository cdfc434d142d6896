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

from dossier import layout
from dossier.report import Finding
from dossier.report import SubIndication as Sub
from dossier.subject import Found, SignatureStamp, Subject
from dossier.wording import failed, undecided
from signing.keys import Certificate
from signing.proof import SignerJudgement, judge_signer, useless_values
from signing.revocation import RevocationStatus, RevocationValues
from signing.timestamp import TimestampToken
from signing.trust import Standing
from signing.xades import Level, ReadSignature

SKEW: Final = timedelta(minutes=5)
_SIGNATURE: Final = layout.SIGNATURE

UNTRUSTED: Final[Mapping[Standing, tuple[Sub, str]]] = MappingProxyType(
    {
        Standing.NO_ANCHOR_GIVEN: (Sub.NO_CERTIFICATE_CHAIN_FOUND, "no_anchor"),
        Standing.ISSUER_UNKNOWN: (Sub.NO_CERTIFICATE_CHAIN_FOUND, "issuer_unknown"),
        Standing.OUT_OF_VALIDITY: (Sub.OUT_OF_BOUNDS_NO_POE, "out_of_validity"),
        Standing.WEAK_ALGORITHM: (Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, "weak_algorithm"),
        Standing.PATH_INVALID: (Sub.CHAIN_CONSTRAINTS_FAILURE, "path_invalid"),
        Standing.NOT_FOR_PURPOSE: (Sub.CHAIN_CONSTRAINTS_FAILURE, "not_for_purpose"),
        Standing.REVOKED: (Sub.REVOKED_NO_POE, "revoked"),
        Standing.REVOCATION_UNKNOWN: (Sub.TRY_LATER, "revocation_unknown"),
    }
)
"""What is said of a certificate that is not trusted; nothing of it is failed, since other anchors may trust it."""


# --- 8: the time stamp of the signature ---


def check_stamp(subject: Subject) -> Found:
    """It is whole, over this signature value, from an authority we believe, and in order with what else is dated."""
    if subject.signature is None:
        return Found.blocked(_SIGNATURE)
    if subject.stamp is None:
        return Found.absent(_SIGNATURE)
    token = subject.stamp.token
    if token is None or not subject.stamp.covers:
        return Found.one(_broken(subject.stamp))
    findings = (*_distrusted(subject, [token]), *_out_of_order(subject, subject.signature, token))
    return Found(findings, _SIGNATURE, {"at": token.gen_time, "authority": token.authority.subject})


def _broken(stamp: SignatureStamp) -> Finding:
    """What is wrong with a stamp that could not be read, or is over something else."""
    if stamp.token is None:
        return failed(_SIGNATURE, Sub.SIG_CRYPTO_FAILURE, "stamp_broken", detail=stamp.trouble)
    return failed(_SIGNATURE, Sub.HASH_FAILURE, "stamp_elsewhere", detail=stamp.trouble)


def _distrusted(subject: Subject, tokens: Sequence[TimestampToken]) -> Iterator[Finding]:
    for judged in subject.judged_stamps:
        if judged.token in tokens and not judged.is_trusted:
            sub, key = UNTRUSTED[judged.path.standing]
            signer, at = judged.token.authority.subject, judged.judged_at
            yield undecided(_SIGNATURE, sub, key, signer=signer, at=at, detail=judged.path.detail)


def _out_of_order(subject: Subject, signature: ReadSignature, token: TimestampToken) -> Iterator[Finding]:
    """What is under the signature is older than it, and what is over it younger."""
    stamped_at = token.gen_time
    if stamped_at > subject.now + SKEW:
        yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "stamp_in_future", at=stamped_at)
    if signature.signed_at > stamped_at + SKEW:
        said = {"at": signature.signed_at, "stamped": stamped_at}
        yield undecided(_SIGNATURE, Sub.SIG_CONSTRAINTS_FAILURE, "signed_after_stamp", **said)
    for seal in subject.seal_stamps:
        if seal.token.gen_time > stamped_at + SKEW:
            said = {"at": seal.token.gen_time, "stamped": stamped_at}
            yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "seal_after_stamp", **said)


# --- 9: long-term proof ---


def check_archive(subject: Subject) -> Found:
    """What was added for a later verifier proves itself, and every archive time stamp is over all before it."""
    if subject.signature is None:
        return Found.blocked(_SIGNATURE)
    unsigned = subject.signature.unsigned
    if unsigned.level not in {Level.LT, Level.LTA}:
        return Found.absent(_SIGNATURE)
    tokens = [stamp.token for stamp in subject.archives if stamp.token]
    findings = (
        *_useless(subject, subject.signature),
        *(_broken(stamp) for stamp in subject.archives if not stamp.covers),
        *_distrusted(subject, tokens),
        *_backwards(subject),
    )
    held, answers = subject.beliefs.certificates, _answers(subject.beliefs.revocation)
    values = {"certificates": len(held), "answers": answers}
    if not tokens:
        return Found(findings, _SIGNATURE, values)
    newest = {"stamps": len(tokens), "at": tokens[-1].gen_time, "until": tokens[-1].authority.not_after}
    return Found(findings, _SIGNATURE, {**values, **newest}, key="archived")


def _answers(revocation: RevocationValues) -> int:
    return len(revocation.ocsp) + len(revocation.crls)


def _useless(subject: Subject, signature: ReadSignature) -> Iterator[Finding]:
    unsigned = signature.unsigned
    known = (*subject.beliefs.certificates, *subject.anchors, signature.certificate, *_authorities(subject))
    for values in (unsigned.values, *(archive.values for archive in unsigned.archives)):
        for useless in useless_values(values, known) if values else ():
            yield failed(_SIGNATURE, Sub.FORMAT_FAILURE, "value_useless", detail=useless)


def _authorities(subject: Subject) -> Iterator[Certificate]:
    for stamp in subject.judged_stamps:
        yield from stamp.token.certificates


def _backwards(subject: Subject) -> Iterator[Finding]:
    newest = subject.judged_stamps[-1].token.gen_time if subject.judged_stamps else subject.now
    if subject.archives and newest > subject.now + SKEW:
        yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "stamp_in_future", at=newest)
    for older, newer in pairwise(judged.token.gen_time for judged in subject.judged_stamps):
        if newer + SKEW < older:
            yield undecided(_SIGNATURE, Sub.TIMESTAMP_ORDER_FAILURE, "archive_before", at=newer, stamped=older)


# --- 10: the signer ---


def check_signer(subject: Subject) -> Found:
    """The certificate comes from an anchor, is meant for seals, and was in force and not revoked when it counts."""
    signature = subject.signature
    if signature is None:
        return Found.blocked(_SIGNATURE)
    if signature.signed_at > subject.now + SKEW:
        said = {"at": signature.signed_at}
        return Found.one(undecided(_SIGNATURE, Sub.SIG_CONSTRAINTS_FAILURE, "signed_in_future", **said))
    judged = judge_signer(
        signature.certificate,
        subject.judged_stamps,
        subject.beliefs,
        signed_at=signature.signed_at,
        need_revocation=signature.unsigned.level in {Level.LT, Level.LTA},
    )
    if judged.path.standing is not Standing.TRUSTED:
        return Found.one(_untrusted(subject, signature.certificate, judged))
    asked = judged.path.revocation[0].status is RevocationStatus.GOOD
    key = ("proven" if judged.is_proven else "claimed") + ("" if asked else "_unasked")
    return Found((), _SIGNATURE, {"at": judged.at}, key=key)


def _untrusted(subject: Subject, certificate: Certificate, judged: SignerJudgement) -> Finding:
    said = {"signer": certificate.subject, "at": judged.at, "detail": judged.path.detail}
    match judged.path.standing:
        case Standing.REVOKED:
            return _revoked(subject, judged, said)
        case Standing.OUT_OF_VALIDITY if judged.is_proven and judged.at < certificate.not_before:
            return failed(_SIGNATURE, Sub.NOT_YET_VALID, "not_yet_valid", **said)
        case standing:
            sub, key = UNTRUSTED[standing]
            return undecided(_SIGNATURE, sub, key, **said)


def _revoked(subject: Subject, judged: SignerJudgement, said: Mapping[str, object]) -> Finding:
    """Whether the signature is older than the revocation is not known, unless it covers something that is younger.

    EN 319 102-1 §5.2.6.4: what the signature covers and somebody else dated plays the content time stamp's part.
    """
    revoked_at = judged.revoked_at
    signed_after = max((seal.token.gen_time for seal in subject.seal_stamps if seal.is_trusted), default=None)
    if revoked_at is not None and signed_after is not None and revoked_at <= signed_after:
        return failed(_SIGNATURE, Sub.REVOKED, "revoked_before", revoked=revoked_at, after=signed_after, **said)
    sub = Sub.REVOKED_CA_NO_POE if judged.is_authority_revoked else Sub.REVOKED_NO_POE
    return undecided(_SIGNATURE, sub, "revoked", **said)
