"""A ``SignatureService`` of our own making, for keys that sign raw bytes: RSA and P-256, in memory or in a token.

GOST is recognised and never judged here: the verdict is unknown, and says who can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from contracts import xmlsafe
from signing.errors import KeyUnusable, OrderRefused, SubjectUnclear
from signing.keys.keypair import Certificate, KeySource, SigningKey
from signing.profile.body_only import read_body_signature, sign_body
from signing.profile.policy import SIGNATURE_METHODS
from signing.profile.raw_value import is_value_of
from signing.service import Holder, Opinion, SignatureAnswer
from signing.timestamps.cms_signature import read_cms, sign_data, verify_signer
from signing.trust.path import CertificateStanding, PathJudgement, Purpose, judge_path
from signing.trust.revocation import NO_VALUES, RevocationStatus, RevocationValues
from signing.trust.subject import read_subject
from signing.xades.document import read_document_signatures, sign_document

GOST_IS_NOT_OURS: Final = Opinion(SignatureAnswer.UNKNOWN, detail="signed by GOST; only NCANode can judge that")
WRONG: Final = "the signature is not of these bytes by this key"
_METHODS: Final = {uri: algorithm for algorithm, uri in SIGNATURE_METHODS.items()}


def no_revocation_values(_: Certificate) -> RevocationValues:
    """For where nobody can be asked: every verdict that would hold is unknown then."""
    return NO_VALUES


def no_intermediates() -> tuple[Certificate, ...]:
    """For where every certificate comes from an anchor itself."""
    return ()


class LocalSignatures:
    """``anchors`` and ``intermediates`` are asked for at every judgement.

    ``body_id`` gives a fresh XML name, ``now`` the time, UTC.
    """

    def __init__(
        self,
        key: KeySource,
        *,
        anchors: Callable[[], Sequence[Certificate]],
        now: Callable[[], datetime],
        body_id: Callable[[], str],
        intermediates: Callable[[], Sequence[Certificate]] = no_intermediates,
        values: Callable[[Certificate], RevocationValues] = no_revocation_values,
    ) -> None:
        self._key, self._now, self._body_id = key, now, body_id
        self._anchors, self._intermediates, self._values = anchors, intermediates, values

    async def sign_body(self, envelope: bytes) -> bytes:
        return sign_body(envelope, self._key_in_force(), body_id=self._body_id())

    async def judge_body(self, envelope: bytes) -> Opinion:
        read = read_body_signature(envelope)
        if read.is_gost:
            return GOST_IS_NOT_OURS
        certificate = _read_certificate(read.certificate)
        signed_info = xmlsafe.canonical(read.signed_info)
        is_right = bool(read.has_right_digest) and _is_made(certificate, read.method, signed_info, read.value)
        return self._judged(certificate, Purpose.MESSAGES, is_right=is_right)

    async def sign_document(self, document: bytes) -> bytes:
        return sign_document(document, self._key_in_force())

    async def judge_document(self, document: bytes) -> Opinion:
        opinions = []
        for read in read_document_signatures(document):
            if read.is_gost:
                opinions.append(GOST_IS_NOT_OURS)
                continue
            certificate = _read_certificate(read.certificate)
            is_made = _is_made(certificate, read.method, read.signed_info, read.value)
            is_right = bool(read.has_right_digest) and is_made
            opinions.append(self._judged(certificate, Purpose.SEALS, is_right=is_right))
        return all_of(opinions)

    async def sign_data(self, data: bytes) -> bytes:
        return sign_data(data, self._key_in_force(), at=self._now())

    async def judge_data(self, data: bytes, signature: bytes) -> Opinion:
        opinions = []
        for signer in read_cms(signature, data):
            if signer.is_gost:
                opinions.append(GOST_IS_NOT_OURS)
                continue
            certificate = _read_certificate(signer.certificate)
            is_right = verify_signer(signer, certificate)
            opinions.append(self._judged(certificate, Purpose.SEALS, is_right=is_right))
        return all_of(opinions)

    async def describe(self, certificate: bytes) -> Opinion:
        return self._judged(_read_certificate(certificate), Purpose.MESSAGES, is_right=True)

    def _key_in_force(self) -> SigningKey:
        key = self._key()
        if not key.certificate.is_in_force(self._now()):
            raise KeyUnusable(f"the certificate of {key.certificate.subject} is not in force; install the next one")
        return key

    def _standing(self, certificate: Certificate, purpose: Purpose) -> PathJudgement:
        return judge_path(
            certificate,
            self._anchors(),
            at=self._now(),
            purpose=purpose,
            intermediates=self._intermediates(),
            values=self._values(certificate),
            need_revocation=True,
        )

    def _judged(self, certificate: Certificate, purpose: Purpose, *, is_right: bool) -> Opinion:
        try:
            judgement = self._standing(certificate, purpose)
            holder = _holder(certificate, judgement)
        except SubjectUnclear as error:
            return Opinion(SignatureAnswer.FAILS, detail=str(error))
        except Exception as error:  # over hostile bytes the parser's errors are no closed set
            raise OrderRefused(f"the certificate: not readable ({type(error).__name__})") from error
        if not is_right:
            return Opinion(SignatureAnswer.FAILS, (holder,), WRONG)
        match judgement.standing:
            case CertificateStanding.TRUSTED:
                return Opinion(SignatureAnswer.HOLDS, (holder,))
            case CertificateStanding.REVOCATION_UNKNOWN:
                return Opinion(SignatureAnswer.UNKNOWN, (holder,), judgement.detail or judgement.standing.value)
            case _:
                return Opinion(SignatureAnswer.FAILS, (holder,), judgement.detail or judgement.standing.value)


def all_of(opinions: Iterable[Opinion]) -> Opinion:
    """The gravest verdict over all signers; each of them is named."""
    found = tuple(opinions)
    order = (SignatureAnswer.HOLDS, SignatureAnswer.UNKNOWN, SignatureAnswer.FAILS)
    verdict = max((opinion.verdict for opinion in found), key=order.index)
    holders = tuple(holder for opinion in found for holder in opinion.holders)
    return Opinion(verdict, holders, "; ".join(opinion.detail for opinion in found if opinion.detail))


def _is_made(certificate: Certificate, method: str, signed_info: bytes, value: bytes) -> bool:
    return is_value_of(certificate, _METHODS[method], signed_info, value)


def _read_certificate(der: bytes) -> Certificate:
    try:
        return Certificate.from_der(der)
    except KeyUnusable as error:
        raise OrderRefused(str(error)) from error


def _holder(certificate: Certificate, judgement: PathJudgement) -> Holder:
    subject = read_subject(certificate)
    revocation = judgement.revocation[0] if judgement.revocation else None
    return Holder(
        serial=certificate.serial,
        common_name=subject.common_name,
        organisation=subject.organisation,
        iin=subject.iin,
        bin=subject.bin,
        capacities=subject.capacities,
        key_use=subject.key_use,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        revocation=revocation.status if revocation else RevocationStatus.UNKNOWN,
        revoked_at=revocation.revoked_at if revocation else None,
    )
