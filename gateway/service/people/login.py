"""Sign in to the console, be known by a session, sign out. Whoever is refused is not told which half was wrong."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from connectors.ports.clock import Clock
from gateway.domain.people.access import IDLE, LONGEST_PASSWORD, LONGEST_SESSION, USER_NAME, SignInMethod
from gateway.ports.operations import Writes
from gateway.ports.people.users import (
    Credentials,
    EndSession,
    FailedLogin,
    FindCredentials,
    FindSession,
    NewSession,
    TouchSession,
    User,
    UserSession,
)
from gateway.service.people.passwords import PasswordJudge

_TOUCH_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when a session was used; a commit for every page would be too much for that."""

LONGEST_AGENT: Final = 300
"""Of what a browser says it is."""

STRANGERS_AN_HOUR: Final = 60
"""Tries with names that nobody has which get their own line in the audit log; more would let anybody fill it."""


@dataclass(slots=True)
class UnknownNameLimiter:
    """Counts tries with unknown names by the hour, in this process."""

    hour: datetime | None = None
    count: int = 0

    def is_noted(self, now: datetime) -> bool:
        """Whether one more is written down."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        self.count = self.count + 1 if hour == self.hour else 1
        self.hour = hour
        return self.count <= STRANGERS_AN_HOUR


@dataclass(frozen=True, slots=True)
class LoginService:
    """Where one signs in. ``takes_passwords``: whether by passwords, too, or only elsewhere."""

    users: Writes
    clock: Clock
    takes_passwords: bool = True
    judge: PasswordJudge = field(default_factory=PasswordJudge)
    strangers: UnknownNameLimiter = field(default_factory=UnknownNameLimiter)


async def sign_in(login: LoginService, name: str, password: str, *, remote: str, agent: str = "") -> str | None:
    """The token of a new session; None when there is none, for whatever reason."""
    if not login.takes_passwords:
        return None
    known = await login.users.run(FindCredentials(name)) if USER_NAME.fullmatch(name) else None
    now = login.clock.now()
    against = _against(known, now)
    to_fit = known.password_hash if known and against is None and len(password) <= LONGEST_PASSWORD else None
    if not await login.judge.fits(to_fit, password[:LONGEST_PASSWORD]):
        await _refuse(login, known, against or LoginRefusal.WRONG_PASSWORD, remote, now)
        return None
    assert known is not None  # noqa: S101 - nothing fits nobody
    return await open_session(login, known.user, remote=remote, agent=agent)


async def open_session(login: LoginService, user: User, *, remote: str, agent: str, by: str = "") -> str | None:
    """The token of a new session of whoever proved to be this user; None when they were shut out meanwhile."""
    token, now = secrets.token_urlsafe(32), login.clock.now()
    new = NewSession(token_digest(token), user.user_id, remote, now, agent[:LONGEST_AGENT], by)
    return token if await login.users.run(new) else None


async def session_by(login: LoginService, token: str) -> UserSession | None:
    """The session of this token, if it is still good; None for one that is over or whose user was disabled."""
    found = await login.users.run(FindSession(token_digest(token)))
    now = login.clock.now()
    if found is None or found.user.disabled_at is not None or is_over(found, now):
        return None
    return found


async def use(login: LoginService, session: UserSession) -> None:
    """The session was used now."""
    now = login.clock.now()
    if now - session.seen_at >= _TOUCH_EVERY:
        await login.users.run(TouchSession(session.token_sha256, now))


async def sign_out(login: LoginService, session: UserSession) -> None:
    """End it, everywhere."""
    await login.users.run(EndSession(session.token_sha256, login.clock.now()))


def is_over(session: UserSession, now: datetime) -> bool:
    """Unused for too long, or simply too long."""
    return now - session.seen_at >= IDLE or now - session.opened_at >= LONGEST_SESSION


def token_digest(token: str) -> str:
    """As the database knows it. Fast is good enough: a token has 256 bits of chance, no password has."""
    return hashlib.sha256(token.encode()).hexdigest()


class LoginRefusal(StrEnum):
    """Why nobody signs in, as the audit log writes it; who tries is told no more than that it failed."""

    NO_USER = "no such user"
    DISABLED = "the user is disabled"
    ELSEWHERE = "the user signs in elsewhere"
    LOCKED = "the user is locked"
    WRONG_PASSWORD = "wrong password"  # noqa: S105 - no password


def _against(known: Credentials | None, now: datetime) -> LoginRefusal | None:
    if known is None:
        return LoginRefusal.NO_USER
    if known.user.disabled_at is not None:
        return LoginRefusal.DISABLED
    if known.user.signs_in is SignInMethod.ELSEWHERE:
        return LoginRefusal.ELSEWHERE
    return LoginRefusal.LOCKED if known.user.standing.is_locked(now) else None


async def _refuse(
    login: LoginService, known: Credentials | None, why: LoginRefusal, remote: str, now: datetime
) -> None:
    """Whoever signs in elsewhere is not locked by those who try passwords here."""
    is_counted = known is not None and known.user.signs_in is SignInMethod.HERE
    if is_counted or login.strangers.is_noted(now):
        user_id = known.user.user_id if known and is_counted else None
        await login.users.run(FailedLogin(user_id, why, remote, now))
