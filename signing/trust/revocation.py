"""Whether a certificate still counted at a moment, from what its authority said: good, revoked or unknown.

Good is only said on the word of the authority itself, about this very certificate, fresh for the moment asked about.
Lack of an answer, and every answer that does not prove itself, is unknown. A revocation, once proven, is not
forgotten because the answer grew old: only a hold can be lifted (RFC 5280 §5.3.1), by a newer answer.

Answers are OCSP responses (``signing.trust.ocsp``) and complete CRLs (``signing.trust.crl``). Delta lists, indirect
lists and answers signed with RSA-PSS are out of scope, and so no answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from signing.keys.keypair import Certificate
from signing.trust import crl, ocsp
from signing.trust.algorithms import has_issued
from signing.trust.answer import AuthorityAnswer, NoAnswer, RevocationStatus

__all__ = [
    "NO_VALUES",
    "RevocationJudgement",
    "RevocationStatus",
    "RevocationValues",
    "judge_revocation",
]

SKEW: Final = timedelta(minutes=5)  # an authority's clock may be ahead of ours by this much
DEFAULT_GRACE: Final = timedelta(hours=1)  # an authority may publish its next answer this late


@dataclass(frozen=True, slots=True)
class RevocationValues:
    """Answers as received, unverified: DER of OCSP responses (RFC 6960 §4.2.1) and of CRLs (RFC 5280 §5.1)."""

    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()

    def __add__(self, other: RevocationValues) -> RevocationValues:
        return RevocationValues(self.ocsp + other.ocsp, self.crls + other.crls)


NO_VALUES: Final = RevocationValues()


@dataclass(frozen=True, slots=True)
class RevocationJudgement:
    """What can be said of one certificate at one moment, and on whose word.

    ``source``: "ocsp" or "crl", None when nothing was proven. The instants are those of the answer that decided; a
    certificate that was good at the moment may have been revoked later, then ``revoked_at`` is set. ``reason``: the
    authority's for a revocation; for UNKNOWN a ``WhyUnknown``, where that was looked into. ``detail``: English; for
    UNKNOWN it says what was wrong with each answer.
    """

    status: RevocationStatus
    source: str | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    detail: str = ""


def judge_revocation(
    certificate: Certificate,
    issuer: Certificate,
    values: RevocationValues,
    *,
    at: datetime,
    grace: timedelta = DEFAULT_GRACE,
    known_at: datetime | None = None,
) -> RevocationJudgement:
    """Judge ``certificate`` for the moment ``at``. ``issuer``: the certificate of the CA that signed it.

    ``known_at``: when we judge; ``at`` may lie before it, and then answers given in between count, too. That a
    certificate was revoked *after* ``at`` does it no harm, so whoever judges a past moment must have proof that the
    signature existed then. ``grace``: how long after nextUpdate (or after thisUpdate, where no next one is promised)
    an answer still counts as fresh.
    """
    if not has_issued(issuer, certificate):
        return RevocationJudgement(RevocationStatus.UNKNOWN, detail=f"{issuer.subject} did not issue it")
    moment = _Moment(at, known_at or at, grace)
    answers, troubles = _read(certificate, issuer, values, moment)
    revoked = [one for one in answers if _is_revoked(one, at) and not _is_lifted(one, answers, certificate, moment)]
    if revoked:
        return _judgement(RevocationStatus.REVOKED, min(revoked, key=lambda one: one.revoked_at or one.this_update))
    fresh = []
    for one in answers:
        if trouble := _staleness(one, certificate, moment):
            troubles.append(f"{one.source}: {trouble}")
        elif not _is_revoked(one, at):
            fresh.append(one)
    if fresh:
        return _judgement(RevocationStatus.GOOD, max(fresh, key=lambda one: one.this_update))
    return RevocationJudgement(RevocationStatus.UNKNOWN, detail="; ".join(troubles) or "no authority has answered")


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    known_at: datetime
    grace: timedelta


def _read(
    certificate: Certificate, issuer: Certificate, values: RevocationValues, moment: _Moment
) -> tuple[list[AuthorityAnswer], list[str]]:
    """Answers that are the authority's and about the certificate; and why the others are none."""
    answers, troubles = [], []
    for der in values.ocsp:
        try:
            answers.append(_read_ocsp(der, certificate, issuer, values, moment))
        except NoAnswer as trouble:
            troubles.append(f"ocsp: {trouble}")
    for der in values.crls:
        try:
            answers.append(crl.read_answer(der, certificate, issuer))
        except NoAnswer as trouble:
            troubles.append(f"crl: {trouble}")
    return answers, troubles


def _read_ocsp(
    der: bytes, certificate: Certificate, issuer: Certificate, values: RevocationValues, moment: _Moment
) -> AuthorityAnswer:
    """A responder that is not exempt (ocsp-nocheck) must itself be good, by a list: RFC 6960 §4.2.2.2.1."""
    read = ocsp.read_answer(der, certificate, issuer)
    if read.responder_to_check is not None:
        by_list = replace(values, ocsp=())
        judged = judge_revocation(
            read.responder_to_check, issuer, by_list, at=moment.at, grace=moment.grace, known_at=moment.known_at
        )
        if judged.status is not RevocationStatus.GOOD:
            raise NoAnswer(f"the certificate of its responder is {judged.status}, and not exempt from the question")
    return read.answer


def _is_revoked(answer: AuthorityAnswer, at: datetime) -> bool:
    return answer.status is RevocationStatus.REVOKED and (answer.revoked_at is None or answer.revoked_at <= at)


def _is_lifted(
    held: AuthorityAnswer, answers: list[AuthorityAnswer], certificate: Certificate, moment: _Moment
) -> bool:
    return held.is_hold and any(
        one.status is RevocationStatus.GOOD
        and one.this_update > held.this_update
        and not _staleness(one, certificate, moment)
        for one in answers
    )


def _staleness(answer: AuthorityAnswer, certificate: Certificate, moment: _Moment) -> str | None:
    """Why the answer says nothing about the moment; None when it is fresh."""
    if answer.this_update > moment.known_at + SKEW:
        return f"the answer is from the future ({answer.this_update.isoformat()})"
    if moment.at > (answer.next_update or answer.this_update) + moment.grace:
        return f"the answer is too old (from {answer.this_update.isoformat()})"
    if answer.this_update > certificate.not_after and answer.status is RevocationStatus.GOOD:
        return "the answer is from after the certificate's end, when authorities need no longer tell"
    return None


def _judgement(status: RevocationStatus, answer: AuthorityAnswer) -> RevocationJudgement:
    since = f" since {answer.revoked_at.isoformat()}" if answer.revoked_at else ""
    return RevocationJudgement(
        status=status,
        source=answer.source.value,
        this_update=answer.this_update,
        next_update=answer.next_update,
        revoked_at=answer.revoked_at,
        reason=answer.reason,
        detail=f"{answer.status}{since}, said {answer.source} of {answer.this_update.isoformat()}",
    )
