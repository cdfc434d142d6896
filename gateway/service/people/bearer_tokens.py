"""Know a program by its token. Whoever fails often is sent away unheard, and nobody who got in before with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connectors.ports.clock import Clock
from gateway.domain.people.tokens import is_token
from gateway.ports.operations import Writes
from gateway.ports.people.tokens import ApiToken, FindToken, RefusedToken, TokenRefusal, TouchToken
from gateway.service.people.login import UnknownNameLimiter, token_digest

FAILURES_A_MINUTE: Final = 20
"""From one address, in this process; then nothing that is not known to be good is looked up until the minute ends."""
TRUSTED_FOR: Final = timedelta(minutes=10)
"""How long one that was good is looked up though its neighbours fail: behind a proxy all have one address."""
_MOST_TRUSTED: Final = 1_000
_TOUCH_EVERY: Final = timedelta(minutes=10)
"""How exactly it is known when a token was used; a commit for every request would be too much for that."""


@dataclass(frozen=True, slots=True)
class AuthenticationFailed:
    """``wait``: until it is worth asking again, for whoever failed too often; None for whoever just has no token."""

    wait: timedelta | None = None


@dataclass(slots=True)
class FailureCounter:
    """Counts them by address and minute, in this process."""

    minute: datetime | None = None
    by_remote: Counter[str] = field(default_factory=Counter)

    def add(self, remote: str, now: datetime) -> None:
        """One more."""
        self._begin(now)
        self.by_remote[remote] += 1

    def wait(self, remote: str, now: datetime) -> timedelta | None:
        """Until when nothing from there is heard; None while it is."""
        begun = self._begin(now)
        return begun + timedelta(minutes=1) - now if self.by_remote[remote] >= FAILURES_A_MINUTE else None

    def _begin(self, now: datetime) -> datetime:
        minute = now.replace(second=0, microsecond=0)
        if minute != self.minute:
            self.minute = minute
            self.by_remote.clear()
        return minute


@dataclass(frozen=True, slots=True)
class TokenAuthenticator:
    """Where programs show their tokens. ``trusted``: digests that were good, and when last."""

    tokens: Writes
    clock: Clock
    failures: FailureCounter = field(default_factory=FailureCounter)
    strangers: UnknownNameLimiter = field(default_factory=UnknownNameLimiter)
    trusted: dict[str, datetime] = field(default_factory=dict)


async def known_by(keeper: TokenAuthenticator, shown: str, *, remote: str) -> ApiToken | AuthenticationFailed:
    """The token that was shown, if it opens anything. What was wrong with one is told to the audit log alone."""
    now, digest = keeper.clock.now(), token_digest(shown)
    is_trusted = now - keeper.trusted.get(digest, now - TRUSTED_FOR) < TRUSTED_FOR
    if not is_trusted and (wait := keeper.failures.wait(remote, now)) is not None:
        return AuthenticationFailed(wait)
    found = await keeper.tokens.run(FindToken(digest)) if is_token(shown) else None
    against = found.against(now) if found else TokenRefusal.UNKNOWN
    if found is None or against is not None:
        await _refuse(keeper, found, against or TokenRefusal.UNKNOWN, remote, now)
        return AuthenticationFailed()
    _trust(keeper, digest, now)
    if found.used_at is None or now - found.used_at >= _TOUCH_EVERY:
        await keeper.tokens.run(TouchToken(found.token_id, now))
    return found


def _trust(keeper: TokenAuthenticator, digest: str, now: datetime) -> None:
    if len(keeper.trusted) >= _MOST_TRUSTED:
        keeper.trusted.clear()
    keeper.trusted[digest] = now


async def _refuse(
    keeper: TokenAuthenticator, found: ApiToken | None, why: TokenRefusal, remote: str, now: datetime
) -> None:
    keeper.failures.add(remote, now)
    if keeper.strangers.is_noted(now):
        name, number = (found.name, found.token_id) if found else (None, None)
        await keeper.tokens.run(RefusedToken(name, number, why, remote, now))
