"""Users of the console and their sessions as values, and what is written about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from gateway.domain.people.access import LoginStanding, SignInMethod, UserRole
from gateway.domain.refusal import ActRefusal
from gateway.ports.operations import Read, Write


@dataclass(frozen=True, slots=True)
class User:
    """One person. Whoever is disabled stays, since the audit log names them.

    ``has_proof``: whether there is anything to sign in by: a password, or an account elsewhere. ``enrol_until``: of the
    link by which a password may be set; None when there is none.
    """

    user_id: int
    name: str
    role: UserRole
    created_at: datetime
    disabled_at: datetime | None
    standing: LoginStanding
    signs_in: SignInMethod = SignInMethod.HERE
    has_proof: bool = True
    enrol_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with the Argon2 hash of the password; empty for whoever has none, and fits nothing."""

    user: User
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A link by which its holder sets a password, once. ``token_sha256``: of what only the link says."""

    token_sha256: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AddUser(Write[ActRefusal | None]):
    """``by``: who adds, as the audit log names them. ``password_hash``: empty when there is none yet.

    ``identity_sha256``: of an account elsewhere that is known already.
    """

    act: ClassVar[str] = "user.added"
    name: str
    role: UserRole
    password_hash: str = field(repr=False)
    by: str
    at: datetime
    reason: str = ""
    signs_in: SignInMethod = SignInMethod.HERE
    enrolment: Enrolment | None = None
    identity_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class SetPassword(Write[ActRefusal | None]):
    """Also opens a name that is locked, and ends the user's sessions but ``keep``, the digest of one's token."""

    act: ClassVar[str] = "user.password_set"
    name: str
    password_hash: str = field(repr=False)
    by: str
    at: datetime
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Enrol(Write[ActRefusal | None]):
    """Set a password by the link, which is used up by it; ends the user's sessions."""

    act: ClassVar[str] = "user.enrolled"
    name: str
    token_sha256: str
    password_hash: str = field(repr=False)
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenEnrolment(Write[ActRefusal | None]):
    """A new link, in the place of any before; what the user signs in by now holds until it is used."""

    act: ClassVar[str] = "user.link_made"
    name: str
    enrolment: Enrolment
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequireOidc(Write[ActRefusal | None]):
    """The user has no password here from now on and signs in elsewhere; ends the user's sessions."""

    act: ClassVar[str] = "user.sent_elsewhere"
    name: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BindIdentity(Write[ActRefusal | None]):
    """An account elsewhere is this user's from now on, and no other is."""

    act: ClassVar[str] = "user.bound"
    name: str
    identity_sha256: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeRole(Write[ActRefusal | None]):
    """Holds from the next page on, in sessions that are open, too."""

    act: ClassVar[str] = "user.role_changed"
    name: str
    role: UserRole
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DisableUser(Write[ActRefusal | None]):
    """Ends the user's sessions, and any link."""

    act: ClassVar[str] = "user.disabled"
    name: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EnableUser(Write[ActRefusal | None]):
    """Whoever was disabled may sign in again, by what they signed in by before."""

    act: ClassVar[str] = "user.enabled"
    name: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnlockUser(Write[ActRefusal | None]):
    """A name that wrong passwords locked is open again at once."""

    act: ClassVar[str] = "user.unlocked"
    name: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EndSessions(Write[ActRefusal | None]):
    """All of the user's but ``keep``, the digest of one's token."""

    act: ClassVar[str] = "user.signed_out"
    name: str
    reason: str
    by: str
    at: datetime
    keep: str = ""


UserChange = (
    AddUser
    | SetPassword
    | Enrol
    | OpenEnrolment
    | RequireOidc
    | BindIdentity
    | ChangeRole
    | DisableUser
    | EnableUser
    | UnlockUser
    | EndSessions
)
"""Returns what stands against it, in words; None when it is done. The audit log has a line either way."""


@dataclass(frozen=True, slots=True)
class FailedLogin(Write[None]):
    """``user_id``: None for a name that nobody has; such a name is not kept, it is often a password.

    ``remote``: the address that asked. ``why``: as the audit log tells it.
    """

    user_id: int | None
    why: str
    remote: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewSession(Write[bool]):
    """Of a user who proved who they are. ``token_sha256``: of the token that only the browser holds.

    ``agent``: what the browser says it is. ``by``: how it was proved if not by a password, as the audit log tells it.

    False when the user was disabled or locked meanwhile; then there is none.
    """

    token_sha256: str
    user_id: int
    remote: str
    at: datetime
    agent: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class TouchSession(Write[None]):
    """The session was used."""

    token_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EndSession(Write[None]):
    """The user signed out; a session that is gone already is nothing new."""

    token_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UserSession:
    """One that has not ended. ``seen_at``: when it was used last, to the minute.

    ``remote``, ``agent``: of whoever opened it.
    """

    token_sha256: str
    user: User
    opened_at: datetime
    seen_at: datetime
    remote: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class UserQuery:
    """Which users are looked for. ``since``: the name to begin at; ``after``: where the page before ended."""

    since: str = ""
    role: UserRole | None = None
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class UserRow:
    """``sessions``: how many are open; ``seen_at``: when one of them was used last."""

    user: User
    sessions: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditNote(Write[None]):
    """An act for the audit log that changes nothing else: ``subject`` and ``result`` must name no person."""

    by: str
    act: str
    subject: str
    reason: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListUsers(Read[tuple[User, ...]]):
    """Everybody, also those who are disabled."""


@dataclass(frozen=True, slots=True)
class FindCredentials(Read[Credentials | None]):
    """By name; None when nobody has it."""

    name: str


@dataclass(frozen=True, slots=True)
class FindSession(Read[UserSession | None]):
    """The session and its user as they are now, whether it is still good or not."""

    token_sha256: str


@dataclass(frozen=True, slots=True)
class FindUserByLink(Read[User | None]):
    """Whose link it is, as long as there is one, whether it is still good or not."""

    token_sha256: str


@dataclass(frozen=True, slots=True)
class FindUserByIdentity(Read[User | None]):
    """Whose account elsewhere it is."""

    identity_sha256: str


@dataclass(frozen=True, slots=True)
class SearchUsers(Read[tuple[UserRow, ...]]):
    """A page, by name."""

    query: UserQuery
    now: datetime


@dataclass(frozen=True, slots=True)
class FindUserNames(Read[Mapping[str, str]]):
    """Names of users by what the logs and the ledger call them (``user:7``); other codes are left out."""

    codes: Collection[str]


@dataclass(frozen=True, slots=True)
class FindUser(Read[User | None]):
    """By name; None when nobody has it."""

    name: str


@dataclass(frozen=True, slots=True)
class ListSessions(Read[tuple[UserSession, ...]]):
    """Those that are open, the one used last in front."""

    user_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class ListActsOnUser(Read[tuple[AuditNote, ...]]):
    """The newest lines of the audit log about the user, sign-ins too; newest first."""

    user_id: int
