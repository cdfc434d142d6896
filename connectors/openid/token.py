"""What an ID token proves (OpenID Connect Core §3.1.3.7). No I/O: token, keys and a time in, an identity out."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidClaimError, InvalidKeyIdError, JoseError, MissingClaimError
from joserfc.jwk import JWKRegistry, Key, KeySet

from connectors.ports.identity import Identity, IdentityRefused

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
"""Signatures of a key that only the provider has. Neither "none" nor HMAC, whose key could be the public one."""

KEY_TYPES: Final = frozenset({"RSA", "EC", "OKP"})
CLOCKS_APART: Final = timedelta(minutes=1)
OLDEST: Final = timedelta(minutes=10)
"""A token is made when the code is exchanged; an older one is of another sign-in, however long it is good for."""
LONGEST_TOKEN: Final = 100_000


class KeyUnknown(Exception):
    """No key of the set has the name that the token says: the provider may have a new one."""


@dataclass(frozen=True, slots=True)
class ExpectedClaims:
    """What the token must say. ``access_token``: as it came beside it, if any."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)


def read_keys(form: Mapping[str, Any]) -> KeySet:
    """Those of a JWKS (RFC 7517) that can sign a token of ours; others are none of our business."""
    found = [_key(one) for one in form.get("keys", ()) if isinstance(one, dict) and one.get("use", "sig") == "sig"]
    return KeySet([one for one in found if one is not None])


def read_id_token(token: str, keys: KeySet, expected: ExpectedClaims, *, now: datetime) -> Identity:
    """Who it is. Raises IdentityRefused, KeyUnknown."""
    if len(token) > LONGEST_TOKEN or not keys.keys:
        raise IdentityRefused("no token, or no key to check it by")
    try:
        read = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except InvalidKeyIdError as unknown:
        raise KeyUnknown from unknown
    except (JoseError, ValueError, TypeError, KeyError) as refused:
        raise IdentityRefused(f"the signature of the token does not hold ({type(refused).__name__})") from refused
    _judge(CodeIDToken(read.claims, read.header, _options(expected), _params(expected)), expected, now)
    return Identity(expected.issuer, str(read.claims["sub"]), dict(read.claims))


def _judge(claims: CodeIDToken, expected: ExpectedClaims, now: datetime) -> None:
    """Authlib's checks, and what it leaves to us: types, the age, a nonce compared in constant time."""
    try:
        claims.validate(now=int(now.timestamp()), leeway=int(CLOCKS_APART.total_seconds()))
    except (InvalidClaimError, MissingClaimError) as refused:
        raise IdentityRefused(f"the token's claim {refused.description or refused}") from refused
    except (JoseError, ValueError, TypeError, AttributeError) as refused:
        raise IdentityRefused(f"the token's claims ({type(refused).__name__})") from refused
    nonce, subject, made_at = claims.get("nonce"), claims.get("sub"), claims.get("iat")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise IdentityRefused("the token is of another sign-in: its nonce is not ours")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise IdentityRefused("the token names nobody")
    if not isinstance(made_at, int | float) or now.timestamp() - made_at > OLDEST.total_seconds():
        raise IdentityRefused("the token is too old")


def _options(expected: ExpectedClaims) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }


def _params(expected: ExpectedClaims) -> dict[str, Any]:
    claims = {"client_id": expected.client_id, "nonce": expected.nonce}
    return claims | ({"access_token": expected.access_token} if expected.access_token else {})


def _key(form: dict[str, Any]) -> Key | None:
    if form.get("kty") not in KEY_TYPES or "d" in form:
        return None
    try:
        return JWKRegistry.import_key(form)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
