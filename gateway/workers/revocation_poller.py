"""The revocation poller: asks certification authorities about every certificate in use, off the path of messages.

What it learns goes to the store first, and from there into the directory in force, which bars what is revoked. A
message is judged by what memory holds; it never waits for an authority.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import structlog

from gateway.domain.registry.revocation import KnownRevocation, PollingRhythm, RevocationCheck, next_look
from gateway.ports.outside import RevocationAuthorities
from gateway.ports.parties import ListRevocations, LoadRevocationValues, RecordCheck
from gateway.service.exchange import Exchange
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.trust.algorithms import has_issued
from signing.trust.answer import AnswerSource, Inquiry, RevocationAnswer, RevocationStatus, WhyUnknown
from signing.trust.path import CertificateStanding, PathJudgement, Purpose, judge_path
from signing.trust.revocation import RevocationJudgement, RevocationValues, judge_revocation

log = structlog.get_logger()

READ_AGAIN: timedelta = timedelta(minutes=5)
"""How late it is noticed what the poller of another node has learnt."""


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """Anchors and intermediates, as they lie in the trust folder now."""

    anchors: Sequence[Certificate]
    intermediates: Sequence[Certificate]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A certificate to be asked about, with its issuer; None when nobody that we know signed it.

    ``flaw``: why no answer can make it good: no valid path leads from it to an anchor; ``trouble`` says more.
    """

    certificate: Certificate
    issuer: Certificate | None
    flaw: WhyUnknown | None = None
    trouble: str = ""


class RevocationPoller:
    """``own``: the exchange's certificates now in use. ``learn`` is given everything that is known, at each look."""

    def __init__(
        self,
        exchange: Exchange,
        authorities: RevocationAuthorities,
        *,
        own: Callable[[], Iterable[Certificate]],
        trust_folder: Callable[[], TrustFolder],
        rhythm: PollingRhythm,
        learn: Callable[[Mapping[str, KnownRevocation]], None],
        at_once: int = 8,
    ) -> None:
        self._exchange, self._authorities, self._own = exchange, authorities, own
        self._belief, self._rhythm, self._learn = trust_folder, rhythm, learn
        self._room = asyncio.Semaphore(at_once)
        self._known: dict[str, KnownRevocation] = {}
        self._read_at: datetime | None = None
        self._held: tuple[int, tuple[Certificate, ...]] | None = None
        self._judged_by: TrustFolder | None = None

    async def run_once(self) -> int:
        """Ask about what is due, then tell what is known; returns 0, since nothing more waits until the next look."""
        now = self._exchange.clock.now()
        await self._read(now)
        used = dict.fromkeys([*self._registered(), *self._own()])
        again = self._to_judge_anew(used)
        due = [one for one in used if one in again or self._is_due(one, now)]
        try:
            await self._ask_about(due, again, now)
        finally:  # patience runs out also while asking fails
            self._learn(dict(self._known))
        return 0

    async def _ask_about(self, due: list[Certificate], again: frozenset[Certificate], now: datetime) -> None:
        if not due:
            return
        self._judged_by = self._believed()
        levels = await asyncio.to_thread(_subjects, due, self._judged_by, now)
        for level in levels:  # issuers first: a certificate counts no more than whoever issued it
            wanted = [one for one in level if one.certificate in again or self._is_due(one.certificate, now)]
            await asyncio.gather(*map(self._look_at, wanted))

    def _to_judge_anew(self, used: Iterable[Certificate]) -> frozenset[Certificate]:
        """Those without a valid path, once the trust folder is another: whoever mended it does not wait an hour."""
        pathless = frozenset(one for one in used if self._is_pathless(one))
        return pathless if pathless and self._believed() != self._judged_by else frozenset()

    def _is_pathless(self, certificate: Certificate) -> bool:
        known = self._known.get(certificate.sha256)
        return known is not None and known.is_pathless

    def _believed(self) -> TrustFolder:
        """Nobody, while the trust folder cannot be read: then nothing is good, and patience counts."""
        try:
            return self._belief()
        except (KeyUnusable, OSError) as trouble:
            log.error("trust.unreadable", reason=str(trouble))
            return TrustFolder((), ())

    def _registered(self) -> tuple[Certificate, ...]:
        """Parsed once per version: a look without anything due costs next to nothing."""
        registry = self._exchange.directory().registry
        if self._held is None or self._held[0] != registry.version:
            held = (Certificate.from_der(der) for party in registry.parties for der in party.certificates)
            self._held = (registry.version, tuple(held))
        return self._held[1]

    async def _read(self, now: datetime) -> None:
        if self._read_at is None or now >= self._read_at + READ_AGAIN:
            found = await self._exchange.store.run(ListRevocations())
            self._known = {known.latest.certificate_sha256: known for known in found}
            self._read_at = now

    def _is_due(self, certificate: Certificate, now: datetime) -> bool:
        known = self._known.get(certificate.sha256)
        return known is None or known.is_of_former_release or now >= next_look(known, self._rhythm)

    async def _look_at(self, subject: _Subject) -> None:
        certificate, issuer = subject.certificate, subject.issuer
        async with self._room:
            inquiry = await self._inquire(subject)
            kept = await self._exchange.store.run(LoadRevocationValues([certificate.sha256]))
        now = self._exchange.clock.now()
        judged = await asyncio.to_thread(_judged, subject, kept + _values(inquiry.answer), inquiry, now)
        judged = self._under_its_issuer(judged, issuer)
        before = self._known.get(certificate.sha256)
        unanswered = (before.latest.unanswered if before else 0) + 1 if inquiry.was_sent and not inquiry.answer else 0
        ground = None if judged.status is RevocationStatus.UNKNOWN else inquiry.answer  # decides nothing then
        check = RevocationCheck(certificate.sha256, now, judged, unanswered, ground)
        await self._exchange.store.run(RecordCheck(check))
        self._known[certificate.sha256] = _with(check, before)
        _tell(check, certificate, before)

    async def _inquire(self, subject: _Subject) -> Inquiry:
        if subject.issuer is None:
            return Inquiry(None, (), was_sent=False)
        return await self._authorities.query(subject.certificate, subject.issuer)

    def _under_its_issuer(self, judged: RevocationJudgement, issuer: Certificate | None) -> RevocationJudgement:
        above = self._known.get(issuer.sha256) if issuer else None
        if above is None or above.latest.judgement.status is not RevocationStatus.REVOKED:
            return judged
        return replace(above.latest.judgement, detail=f"its issuer was revoked: {above.latest.judgement.detail}")


def _subjects(certificates: Sequence[Certificate], trust_folder: TrustFolder, now: datetime) -> list[list[_Subject]]:
    """Every certificate with its issuer, and the issuers below an anchor with theirs, highest level first."""
    levels: dict[int, dict[Certificate, _Subject]] = {}
    for certificate in certificates:
        judged = judge_path(
            certificate,
            trust_folder.anchors,
            at=max(now, certificate.not_before),  # a successor is asked about before it begins
            purpose=Purpose.MESSAGES,
            intermediates=trust_folder.intermediates,
        )
        if not judged.path:
            levels.setdefault(0, {})[certificate] = _pathless(certificate, trust_folder, judged)
        for height, (child, issuer) in enumerate(pairwise(judged.path)):
            levels.setdefault(height, {})[child] = _Subject(child, issuer)
    return [list(levels[height].values()) for height in sorted(levels, reverse=True)]


def _pathless(certificate: Certificate, trust_folder: TrustFolder, judged: PathJudgement) -> _Subject:
    """Whoever signed it is asked all the same: that it was revoked is to be believed of the same key that issued it."""
    held = (*trust_folder.intermediates, *trust_folder.anchors)
    issuer = next((one for one in held if one != certificate and has_issued(one, certificate)), None)
    return _Subject(certificate, issuer, _flaw(judged.standing), f"no valid path: {judged.detail}")


def _flaw(standing: CertificateStanding) -> WhyUnknown:
    """Broken, or only not there: an anchor that nobody put into the folder, or one that is over, is no forgery."""
    broken = standing in {CertificateStanding.PATH_INVALID, CertificateStanding.WEAK_ALGORITHM}
    return WhyUnknown.PATH_INVALID if broken else WhyUnknown.NO_PATH


def _values(answer: RevocationAnswer | None) -> RevocationValues:
    if answer is None:
        return RevocationValues()
    return (
        RevocationValues((answer.der,)) if answer.source is AnswerSource.OCSP else RevocationValues(crls=(answer.der,))
    )


def _judged(subject: _Subject, values: RevocationValues, inquiry: Inquiry, now: datetime) -> RevocationJudgement:
    """Good only with a valid path; revoked on the word of whoever signed it."""
    answer = RevocationJudgement(RevocationStatus.UNKNOWN)
    if subject.issuer is not None:
        answer = judge_revocation(subject.certificate, subject.issuer, values, at=now)
    if answer.status is RevocationStatus.REVOKED or (answer.status is RevocationStatus.GOOD and subject.flaw is None):
        return answer
    why = subject.flaw or (WhyUnknown.NO_ANSWER if inquiry.was_sent else WhyUnknown.NOBODY_NAMED)
    detail = "; ".join(filter(None, (subject.trouble, *inquiry.troubles)))
    return RevocationJudgement(RevocationStatus.UNKNOWN, reason=why, detail=detail)


def _with(check: RevocationCheck, before: KnownRevocation | None) -> KnownRevocation:
    is_good = check.judgement.status is RevocationStatus.GOOD
    return KnownRevocation(
        latest=replace(check, ground=None),
        first_at=before.first_at if before else check.at,
        last_good_at=check.at if is_good else before.last_good_at if before else None,
    )


def _tell(check: RevocationCheck, certificate: Certificate, before: KnownRevocation | None) -> None:
    """Once per change of status, or of why it is unknown: what goes on for hours is for the doctor, not for the log."""
    judged = check.judgement
    if before is not None and _status_and_reason(before.latest.judgement) == _status_and_reason(judged):
        return
    status = judged.status
    level = log.info if status is RevocationStatus.GOOD else log.warning
    level(
        "revocation.learnt",
        certificate_sha256=check.certificate_sha256,
        serial=f"{certificate.serial:x}",
        status=status.value,
        why_unknown=_status_and_reason(judged)[1],
        reason=judged.detail,
    )


def _status_and_reason(judged: RevocationJudgement) -> tuple[RevocationStatus, str | None]:
    return judged.status, judged.reason if judged.status is RevocationStatus.UNKNOWN else None
