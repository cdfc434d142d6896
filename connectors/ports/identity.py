"""Who an identity provider says somebody is (OpenID Connect Core 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoginChallenge:
    """What one sign-in is known by, from the browser's own cookie: each is new, each comes back or is proved.

    ``state`` comes back with the browser, ``nonce`` in the token; ``verifier`` proves that we asked (RFC 7636).
    """

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Proved: the signature, the issuer, that the token is for us, of this sign-in and in time.

    ``claims``: all that the token says; what they mean here is the gateway's to judge.
    """

    issuer: str
    subject: str
    claims: Mapping[str, object] = field(repr=False)


class IdentityRefused(Exception):
    """The answer proves nothing; the text says why, without a word of the token's."""


class ProviderAway(Exception):
    """The provider does not answer, or not as the standard says; the same may go well later."""
