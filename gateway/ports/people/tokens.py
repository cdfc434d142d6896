"""Tokens of programs as values, what is written about them, and what became of requests that may come twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.domain.people.access import UserRole
from gateway.domain.refusal import ActRefusal
from gateway.ports.operations import Read, Write


class TokenRefusal(StrEnum):
    """Why a token opens nothing, as the audit log writes it; who shows one is told no more than that it does not."""

    UNKNOWN = "no such token"
    REVOKED = "the token is revoked"
    EXPIRED = "the token has expired"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What is known of a token, which is not the token itself. Whatever was revoked stays: the audit log names it.

    ``hint``: how it begins. ``used_at``: when it was used last, to some minutes.
    """

    token_id: int
    name: str
    role: UserRole
    hint: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    def against(self, now: datetime) -> TokenRefusal | None:
        """Why it opens nothing; None when it does."""
        if self.revoked_at is not None:
            return TokenRefusal.REVOKED
        return TokenRefusal.EXPIRED if now >= self.expires_at else None


@dataclass(frozen=True, slots=True)
class AddToken(Write[ActRefusal | None]):
    """``token_sha256``: all that is kept of it. ``by``: who adds, as the audit log names them."""

    name: str
    role: UserRole
    token_sha256: str
    hint: str
    expires_at: datetime
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RevokeToken(Write[ActRefusal | None]):
    """It opens nothing from now on; for good."""

    name: str
    reason: str
    by: str
    at: datetime


TokenChange = AddToken | RevokeToken
"""Returns what stands against it, in words; None when it is done. The audit log has a line either way."""


@dataclass(frozen=True, slots=True)
class RefusedToken(Write[None]):
    """Somebody came with a token that opens nothing. ``name``: None for one that nobody was ever given."""

    name: str | None
    token_id: int | None
    why: str
    remote: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """An act that is asked for under a key of the caller's choice. ``request_sha256``: of all that was asked."""

    token_id: int
    key_sha256: str
    request_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What came under the same key before, and when. ``status``, ``answer``: None while nobody knows how it went."""

    request_sha256: str
    at: datetime
    status: int | None
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class TouchToken(Write[None]):
    """The token was used."""

    token_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class BeginRequest(Write[StoredAnswer | None]):
    """None when the key is new; from then on it is taken, for a day."""

    request: KeyedRequest


@dataclass(frozen=True, slots=True)
class EndRequest(Write[None]):
    """What the request was answered, for whoever comes with its key again."""

    request: KeyedRequest
    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class ListTokens(Read[tuple[ApiToken, ...]]):
    """All, also those that were revoked."""


@dataclass(frozen=True, slots=True)
class FindToken(Read[ApiToken | None]):
    """As it is now, whether it still opens anything or not."""

    token_sha256: str
