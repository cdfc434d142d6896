"""Judge a signature at the earliest time that it is proven to have existed (EN 319 102-1 §5.5 and §5.6).

A token proves that what it is over existed at its time. So tokens are judged from the newest to the oldest: the newest
now, each other at the time that the one over it proves, and at last the signer's certificate at the time that the
oldest trusted token proves (best-signature-time). What ends or is revoked after that does the signature no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from signing.keys.keypair import Certificate
from signing.timestamps.token import TimestampToken
from signing.trust import crl, ocsp
from signing.trust.algorithms import has_issued
from signing.trust.answer import NoAnswer
from signing.trust.path import CertificateStanding, PathJudgement, Purpose, judge_path
from signing.trust.revocation import NO_VALUES, RevocationStatus, RevocationValues, judge_revocation
from signing.xades.values import ValidationValues


@dataclass(frozen=True, slots=True)
class TrustInputs:
    """What a judgement starts from. ``certificates`` and ``revocation`` prove themselves; the anchors are believed."""

    anchors: tuple[Certificate, ...]
    certificates: tuple[Certificate, ...]
    revocation: RevocationValues
    now: datetime

    def judge(
        self,
        certificate: Certificate,
        *,
        at: datetime,
        purpose: Purpose,
        beside: Sequence[Certificate] = (),
        need_revocation: bool = False,
    ) -> PathJudgement:
        """``judge_path`` by all that is known now. ``beside``: further certificates that prove themselves."""
        return judge_path(
            certificate,
            self.anchors,
            at=at,
            purpose=purpose,
            intermediates=(*self.certificates, *beside),
            values=self.revocation,
            need_revocation=need_revocation,
            known_at=self.now,
        )


@dataclass(frozen=True, slots=True)
class StampJudgement:
    """One token, intact and over what it must be, and its authority's standing at ``judged_at``."""

    token: TimestampToken
    path: PathJudgement
    judged_at: datetime

    @property
    def is_trusted(self) -> bool:
        return self.path.standing is CertificateStanding.TRUSTED


@dataclass(frozen=True, slots=True)
class SignerJudgement:
    """The signer's certificate at ``at``: the proven time, or where ``is_proven`` is not, one that is only claimed."""

    path: PathJudgement
    at: datetime
    is_proven: bool

    @property
    def is_trusted(self) -> bool:
        return self.path.standing is CertificateStanding.TRUSTED

    @property
    def revoked_at(self) -> datetime | None:
        """When the first certificate of the path was revoked, as far as that was before ``at``."""
        moments = (one.revoked_at for one in self.path.revocation if one.status is RevocationStatus.REVOKED)
        return next(moments, None)

    @property
    def is_authority_revoked(self) -> bool:
        """Whether it was not the signer's own certificate that was revoked, but one above it."""
        return any(one.status is RevocationStatus.REVOKED for one in self.path.revocation[1:])


def judge_stamps(
    tokens: Sequence[TimestampToken], trust_inputs: TrustInputs, *, proven: datetime | None = None
) -> tuple[StampJudgement, ...]:
    """Judge ``tokens``, oldest first, each of which is over the ones before it; in the same order.

    ``proven``: when the newest is known to have existed, else now. One that is not trusted proves nothing: the one
    below it is judged at the time that the next one above proves.
    """
    proven, judged = proven or trust_inputs.now, []
    for token in reversed(tokens):
        path = trust_inputs.judge(token.authority, at=proven, purpose=Purpose.TIME_STAMPS, beside=token.certificates)
        judged.append(StampJudgement(token, path, proven))
        if path.standing is CertificateStanding.TRUSTED:
            proven = token.gen_time
    return tuple(reversed(judged))


def judge_signer(
    certificate: Certificate,
    stamps: Sequence[StampJudgement],
    trust_inputs: TrustInputs,
    *,
    signed_at: datetime,
    need_revocation: bool,
) -> SignerJudgement:
    """Judge the certificate of a seal at the proven time.

    Without a trusted token it must hold at ``signed_at``, which is only claimed, and still now.
    """

    def judged(at: datetime, *, is_proven: bool) -> SignerJudgement:
        path = trust_inputs.judge(certificate, at=at, purpose=Purpose.SEALS, need_revocation=need_revocation)
        return SignerJudgement(path, at, is_proven)

    proven = proven_time(stamps)
    if proven is not None:
        return judged(proven, is_proven=True)
    claimed, today = judged(signed_at, is_proven=False), judged(trust_inputs.now, is_proven=False)
    return today if claimed.is_trusted and not today.is_trusted else claimed


def proven_time(stamps: Sequence[StampJudgement]) -> datetime | None:
    """The time of the oldest trusted token of ``stamps`` (oldest first), None where none is trusted."""
    return next((stamp.token.gen_time for stamp in stamps if stamp.is_trusted), None)


def known_revocations(certificates: Sequence[Certificate], trust_inputs: TrustInputs) -> dict[str, datetime]:
    """Since when each of ``certificates`` counts no more, by its digest (hex), as far as authorities said so."""
    revoked: dict[str, datetime] = {}
    if trust_inputs.revocation == NO_VALUES:
        return revoked
    for certificate in certificates:
        for issuer in (*trust_inputs.certificates, *trust_inputs.anchors):
            if has_issued(issuer, certificate):
                judged = judge_revocation(certificate, issuer, trust_inputs.revocation, at=trust_inputs.now)
                if judged.status is RevocationStatus.REVOKED and judged.revoked_at is not None:
                    revoked[certificate.sha256] = judged.revoked_at
    return revoked


def useless_values(values: ValidationValues, known: Sequence[Certificate]) -> Iterator[str]:
    """Name each value that nobody signed, as far as ``known`` certificates tell: it was altered, or is about others.

    No signature is over the values of a file of level LT, so each has to carry its own.
    """
    certificates = (*known, *values.certificates)
    for certificate in values.certificates:
        if not any(has_issued(issuer, certificate) for issuer in certificates):
            yield f"certificate of {certificate.subject}"
    pairs = [(child, issuer) for child, issuer in product(certificates, repeat=2) if has_issued(issuer, child)]
    for number, der in enumerate(values.revocation.ocsp, 1):
        if not any(_answers(ocsp.read_answer, der, *pair) for pair in pairs):
            yield f"OCSP response {number}"
    for number, der in enumerate(values.revocation.crls, 1):
        if not any(_answers(crl.read_answer, der, *pair) for pair in pairs):
            yield f"CRL {number}"


def _answers(
    read: Callable[[bytes, Certificate, Certificate], object], der: bytes, child: Certificate, issuer: Certificate
) -> bool:
    try:
        read(der, child, issuer)
    except NoAnswer:
        return False
    return True
