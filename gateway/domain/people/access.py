"""Who may do what in the console, when a name is locked, and how long a session lasts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.domain.delivery.acts import Act


class UserRole(StrEnum):
    """What a user is there for; each has one."""

    VIEWER = "viewer"  # looks on
    OPERATOR = "operator"  # keeps deliveries moving
    SUPPORT = "support"  # answers those who call
    SECURITY_OFFICER = "security_officer"  # looks into incidents
    AUDITOR = "auditor"  # judges what was done
    ADMIN = "admin"  # runs the exchange


class Right(StrEnum):
    """One thing that a role may or may not do."""

    SEE = "see"  # overview, deliveries, attempts, envelopes with personal data masked
    EXPORT = "export"  # take lists away as CSV
    MOVE = "move"  # resend, park, release
    CANCEL = "cancel"  # which is final
    FIND_PERSON = "find_person"  # look for cases by an IIN or BIN; each look is logged
    PROBE = "probe"  # knock at a party's door: a test ping, which has no effect there
    PAUSE = "pause"  # let nothing new go out to a party, and let it go out again
    AUDIT = "audit"  # what everybody did, and who looked at personal data
    ACKNOWLEDGE = "acknowledge"  # take an alarm up
    HANDLE = "handle"  # write notes, hand them over, take incidents and close them
    READ_PERSONAL = "read_personal"  # envelopes as they went over the wire; each look is logged
    USERS = "users"  # add users, say what each may do, let in and shut out


_MOVERS: Final = frozenset(
    {
        Right.SEE,
        Right.EXPORT,
        Right.MOVE,
        Right.CANCEL,
        Right.PROBE,
        Right.PAUSE,
        Right.ACKNOWLEDGE,
        Right.HANDLE,
    }
)

RIGHTS: Final[Mapping[UserRole, frozenset[Right]]] = {
    UserRole.VIEWER: frozenset({Right.SEE}),
    UserRole.OPERATOR: _MOVERS,
    UserRole.SUPPORT: frozenset(
        {Right.SEE, Right.EXPORT, Right.FIND_PERSON, Right.PROBE, Right.ACKNOWLEDGE, Right.HANDLE}
    ),
    UserRole.SECURITY_OFFICER: frozenset(
        {
            Right.SEE,
            Right.EXPORT,
            Right.FIND_PERSON,
            Right.READ_PERSONAL,
            Right.PROBE,
            Right.PAUSE,
            Right.AUDIT,
            Right.ACKNOWLEDGE,
            Right.HANDLE,
        }
    ),
    UserRole.AUDITOR: frozenset({Right.SEE, Right.EXPORT, Right.FIND_PERSON, Right.READ_PERSONAL, Right.AUDIT}),
    UserRole.ADMIN: _MOVERS | {Right.AUDIT, Right.USERS},
}
"""Who moves deliveries does not read what citizens wrote, and the other way round: one does not need the other."""

RIGHT_FOR: Final[Mapping[Act, Right]] = {
    Act.RESEND: Right.MOVE,
    Act.PARK: Right.MOVE,
    Act.RELEASE: Right.MOVE,
    Act.CANCEL: Right.CANCEL,
}
"""What one needs for an act."""


class SignInMethod(StrEnum):
    """Where a user proves who they are."""

    HERE = "here"  # by a password that lies here as a hash
    ELSEWHERE = "elsewhere"  # at the identity provider that the settings name; no password lies here


USER_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,39}")
"""Lower case, so that no two names look alike."""

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200

MOST_FAILURES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
"""After so many wrong passwords in a row: 480 guesses a day, which a password of twelve letters outlives."""

ENROL_WITHIN: Final = timedelta(hours=72)
"""A link by which one sets a first or another password works once, and no longer: over a weekend, not over a month."""

IDLE: Final = timedelta(hours=1)
"""A session ends when nobody used it for so long; a page that only follows a delivery uses nothing."""
LONGEST_SESSION: Final = timedelta(hours=12)
"""A shift; then one signs in again, whatever one does."""


@dataclass(frozen=True, slots=True)
class LoginStanding:
    """Of a name: wrong passwords in a row since the last right one, and until when it is locked."""

    failures: int = 0
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Whether not even the right password opens."""
        return self.locked_until is not None and now < self.locked_until

    def after_failure(self, now: datetime) -> LoginStanding:
        """One more wrong password; a name that is locked stays locked as long as it was."""
        if self.is_locked(now):
            return self
        failures = self.failures + 1
        return LoginStanding(0, now + LOCKED_FOR) if failures >= MOST_FAILURES else LoginStanding(failures)


class Authorisation(StrEnum):
    """Whether somebody may do a thing."""

    ALLOWED = "allowed"
    NO_RIGHT = "no_right"  # the role does not give it

    @property
    def is_allowed(self) -> bool:
        """Whether it may go on."""
        return self is Authorisation.ALLOWED


def authorise(role: UserRole, wanted: Right | Act) -> Authorisation:
    """Whether the table gives the right, or the one that the act needs."""
    right = RIGHT_FOR[wanted] if isinstance(wanted, Act) else wanted
    return Authorisation.ALLOWED if right in RIGHTS[role] else Authorisation.NO_RIGHT


class PasswordTrouble(StrEnum):
    """What is wrong with a new password, as the command line tells it."""

    SHORT = f"a password has {SHORTEST_PASSWORD} characters or more"
    LONG = f"a password has {LONGEST_PASSWORD} characters at most"
    EASY = "a password does not hold the name, nor a few characters over and over"


def password_trouble(password: str, name: str) -> PasswordTrouble | None:
    """None when it will do. Length guards it, not a zoo of characters."""
    if len(password) < SHORTEST_PASSWORD:
        return PasswordTrouble.SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordTrouble.LONG
    if name in password.lower() or len(set(password)) < SHORTEST_PASSWORD // 2:
        return PasswordTrouble.EASY
    return None
