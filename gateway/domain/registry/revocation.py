"""What is known of each certificate's revocation, when to ask again, and whose messages are refused for it.

Asking is the inquirer's work, off the path of messages. Here is what it decides by: pure, from what the store keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from contracts.codes import Code
from contracts.party import Agreement, UnknownRevocation
from signing.trust.answer import RevocationAnswer, RevocationStatus, WhyUnknown
from signing.trust.revocation import RevocationJudgement


@dataclass(frozen=True, slots=True)
class RevocationCheck:
    """One look at one certificate. ``ground``: the answer that was had and decided.

    It is None when authorities were silent; what was kept before may decide then. ``unanswered``: how many looks in a
    row, this one included, brought no answer; 0 also where there is nobody to ask: ``judgement.reason`` tells that.
    """

    certificate_sha256: str
    at: datetime
    judgement: RevocationJudgement
    unanswered: int
    ground: RevocationAnswer | None = None


@dataclass(frozen=True, slots=True)
class KnownRevocation:
    """What the looks at one certificate came to; ``latest`` is without its ground.

    ``last_good_at``: when it was last found good; ``first_at``: when it was first looked at.
    """

    latest: RevocationCheck
    first_at: datetime
    last_good_at: datetime | None

    @property
    def why_unknown(self) -> WhyUnknown | None:
        """Why nothing is known; None where something is. A row of a former release says only whether one was asked."""
        judged = self.latest.judgement
        if judged.status is not RevocationStatus.UNKNOWN:
            return None
        if judged.reason in _REASONS:
            return WhyUnknown(judged.reason)
        return WhyUnknown.NO_ANSWER if self.latest.unanswered else WhyUnknown.NOBODY_NAMED

    @property
    def is_pathless(self) -> bool:
        """Whether it is unknown because no valid path leads to an anchor."""
        return self.why_unknown in PATHLESS

    @property
    def is_of_former_release(self) -> bool:
        """Whether it is not told apart whether a path or an authority's name was missing."""
        return self.why_unknown is WhyUnknown.NOBODY_NAMED and self.latest.judgement.reason not in _REASONS


PATHLESS: Final = frozenset({WhyUnknown.PATH_INVALID, WhyUnknown.NO_PATH})
_REASONS: Final = frozenset(why.value for why in WhyUnknown)


@dataclass(frozen=True, slots=True)
class PollingRhythm:
    """How often is asked: ``every`` while authorities answer; ``first_rest`` after silence, doubled up to ``every``."""

    every: timedelta
    first_rest: timedelta


def next_look(known: KnownRevocation, rhythm: PollingRhythm) -> datetime:
    """When to ask again: in the rhythm, but before the answer in hand ends."""
    latest = known.latest
    if latest.unanswered:
        doublings = min(latest.unanswered - 1, 16)
        return latest.at + min(rhythm.every, rhythm.first_rest * (1 << doublings))
    next_update = latest.judgement.next_update
    if next_update is None or next_update <= latest.at:
        return latest.at + rhythm.every
    return latest.at + min(rhythm.every, (next_update - latest.at) * 0.9)


def barred(
    certificates: Iterable[tuple[str, Agreement]], known: Mapping[str, KnownRevocation], *, now: datetime
) -> dict[str, Code]:
    """Which certificates (SHA-256, hex) may not be used now, and why. Each comes with its owner's agreement."""
    codes = ((sha256, _code(agreement, known.get(sha256), now)) for sha256, agreement in certificates)
    return {sha256: code for sha256, code in codes if code is not None}


def _code(agreement: Agreement, known: KnownRevocation | None, now: datetime) -> Code | None:
    status = known.latest.judgement.status if known else RevocationStatus.UNKNOWN
    match status:
        case RevocationStatus.GOOD:
            return None
        case RevocationStatus.REVOKED:
            return Code.CERTIFICATE_REVOKED
        case RevocationStatus.UNKNOWN:
            return None if _is_borne(agreement, known, now) else Code.CERTIFICATE_UNCHECKED
        case _:
            assert_never(status)


def _is_borne(agreement: Agreement, known: KnownRevocation | None, now: datetime) -> bool:
    """Whether the agreement takes messages while nothing is known.

    It bears silence. A path that is invalid is no silence: what leads to the anchor was looked at, and is broken.
    """
    if known is not None and known.why_unknown is WhyUnknown.PATH_INVALID:
        return False
    match agreement.on_unknown_revocation:
        case UnknownRevocation.ACCEPT:
            return True
        case UnknownRevocation.REFUSE:
            return False
        case UnknownRevocation.WAIT:
            return known is None or _is_waited_for(known, agreement.revocation_patience, now)


def _is_waited_for(known: KnownRevocation, patience: timedelta, now: datetime) -> bool:
    """Patience counts from the last good answer, else from the first look.

    It has no end only where the certificate itself names nobody, and none was ever found good: whoever registered it
    saw that. That no path is found may be mended, or may have come of an attack on the trust folder: it has its end.
    """
    if known.last_good_at is None and known.why_unknown is WhyUnknown.NOBODY_NAMED:
        return True
    return now <= (known.last_good_at or known.first_at) + patience
