"""Users of the console and their sessions as values, and what is written about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.domain.access import Role, Standing


@dataclass(frozen=True, slots=True)
class User:
    """One person. Whoever is disabled stays, since the audit log names them."""

    user_id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with the Argon2 hash of the password."""

    user: User
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddUser:
    """``by``: who adds, as the audit log names them."""

    name: str
    role: Role
    password_hash: str = field(repr=False)
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Also opens a name that is locked, and ends the user's sessions."""

    name: str
    password_hash: str = field(repr=False)
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DisableUser:
    """Ends the user's sessions; for good."""

    name: str
    reason: str
    by: str
    at: datetime


UserChange = AddUser | SetPassword | DisableUser


@dataclass(frozen=True, slots=True)
class FailedLogin:
    """``user_id``: None for a name that nobody has; such a name is not kept, it is often a password.

    ``remote``: the address that asked. ``why``: as the audit log tells it.
    """

    user_id: int | None
    why: str
    remote: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewSession:
    """Of a user who proved the password. ``token_sha256``: of the token that only the browser holds."""

    token_sha256: str
    user_id: int
    remote: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One that has not ended. ``seen_at``: when it was used last, to the minute."""

    token_sha256: str
    user: User
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class AuditNote:
    """An act for the audit log that changes nothing else: ``subject`` and ``result`` must name no person."""

    by: str
    act: str
    subject: str
    reason: str
    result: str
    at: datetime


class Users(Protocol):
    """Accounts behind the console. Whatever is written here has its line in the audit log, in the same commit."""

    async def list_users(self) -> tuple[User, ...]: ...
    async def credentials_of(self, name: str) -> Credentials | None: ...
    async def change_user(self, change: UserChange) -> str | None:
        """What stands against it, in words; None when it is done. The audit log has a line either way."""
        ...

    async def fail_login(self, failed: FailedLogin) -> None: ...
    async def open_session(self, new: NewSession) -> bool:
        """False when the user was disabled or locked meanwhile; then there is none."""
        ...

    async def session_of(self, token_sha256: str) -> Session | None:
        """The session and its user as they are now, whether it is still good or not."""
        ...

    async def touch_session(self, token_sha256: str, at: datetime) -> None: ...
    async def end_session(self, token_sha256: str, at: datetime) -> None: ...
    async def note(self, note: AuditNote) -> None: ...
