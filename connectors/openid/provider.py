"""A provider as its discovery document describes it: where to send the browser, where to exchange the code."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet

from connectors.openid.token import ExpectedClaims, KeyUnknown, read_id_token, read_keys
from connectors.ports.identity import Identity, IdentityRefused, LoginChallenge, ProviderAway


@dataclass(frozen=True, slots=True)
class ProviderDescription:
    """Of the provider, as of ``read_at``.

    ``end_session``: where one signs out there (RP-Initiated Logout 1.0 §2.1); None where it offers none that we could
    send a browser to. ``by_post``: it takes the secret in the form only.
    """

    authorize: str
    token: str
    keys: str
    end_session: str | None
    by_post: bool
    read_at: datetime


def read_description(form: Mapping[str, Any], issuer: str, *, now: datetime) -> ProviderDescription:
    """What it says of itself counts only if it says that it is this issuer (§4.3). Raises ProviderAway."""
    if form.get("issuer") != issuer:
        raise ProviderAway("the provider describes itself as another issuer")
    methods = form.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return ProviderDescription(
        _required(form, "authorization_endpoint", issuer),
        _required(form, "token_endpoint", issuer),
        _required(form, "jwks_uri", issuer),
        _place(form, "end_session_endpoint", issuer),
        "client_secret_basic" not in methods and "client_secret_post" in methods,
        now,
    )


def _required(form: Mapping[str, Any], name: str, issuer: str) -> str:
    place = _place(form, name, issuer)
    if place is None:
        raise ProviderAway(f"the provider's {name} is no address by https")
    return place


def _place(form: Mapping[str, Any], name: str, issuer: str) -> str | None:
    """By https, as the issuer itself; a provider on this machine may do without."""
    place = form.get(name)
    if not isinstance(place, str) or not place.isprintable():
        return None
    try:
        parts = urlsplit(place)
    except ValueError:
        return None
    is_address = parts.scheme in {"https", urlsplit(issuer).scheme} and bool(parts.hostname)
    return place if is_address and not parts.fragment else None


LIMIT_BYTES: Final = 1024 * 1024
KNOWN_FOR: Final = timedelta(hours=1)
"""Then description and keys are read anew, so that a key that was withdrawn is believed no longer than that."""
KEYS_EVERY: Final = timedelta(minutes=1)
"""Tokens that name keys which nobody has do not make us ask more often."""
_CHUNK_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class OidcClient:
    """We, as the provider knows us. ``secret``: None for a client that has only PKCE.

    ``redirect_uri``: where it sends whoever signed in; ``signed_out_uri``: whoever signed out.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    signed_out_uri: str
    secret: str | None = field(repr=False)
    scopes: tuple[str, ...] = ("openid", "profile")


class OpenIdProvider:
    """An ``IdentityProvider``. ``now``: the time, UTC; ``within``: for one answer."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        client: OidcClient,
        *,
        now: Callable[[], datetime],
        within: timedelta = timedelta(seconds=10),
    ) -> None:
        self._session, self._client, self._now, self._within = session, client, now, within
        self._description: ProviderDescription | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    async def address(self, question: LoginChallenge) -> str:
        described = await self._described()
        address: str = prepare_grant_uri(
            described.authorize,
            client_id=self._client.client_id,
            response_type="code",
            redirect_uri=self._client.redirect_uri,
            scope=" ".join(self._client.scopes),
            state=question.state,
            nonce=question.nonce,
            code_challenge=create_s256_code_challenge(question.verifier),  # type: ignore[no-untyped-call]
            code_challenge_method="S256",
        )
        return address

    async def end_session(self, state: str, language: str) -> str | None:
        """RP-Initiated Logout 1.0 §2. No token, no name of anybody's: the address stays in histories and logs."""
        described = await self._described()
        if described.end_session is None:
            return None
        sent = {
            "client_id": self._client.client_id,
            "post_logout_redirect_uri": self._client.signed_out_uri,
            "state": state,
            "ui_locales": language,
        }
        address: str = add_params_to_uri(described.end_session, list(sent.items()))
        return address

    async def identify(self, code: str, question: LoginChallenge) -> Identity:
        described = await self._described()
        answer = await self._exchange(described, code, question)
        token, access = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise IdentityRefused("the answer holds no ID token")
        beside = access if isinstance(access, str) else None
        expected = ExpectedClaims(self._client.issuer, self._client.client_id, question.nonce, beside)
        try:
            return read_id_token(token, await self._keys_of(described), expected, now=self._now())
        except KeyUnknown:
            return await self._by_newer_keys(token, described, expected)

    async def _by_newer_keys(self, token: str, described: ProviderDescription, expected: ExpectedClaims) -> Identity:
        try:
            return read_id_token(token, await self._keys_of(described, anew=True), expected, now=self._now())
        except KeyUnknown as unknown:
            raise IdentityRefused("no key of the provider signed the token") from unknown

    async def _described(self) -> ProviderDescription:
        known = self._description
        if known is None or self._now() - known.read_at >= KNOWN_FOR:
            form = await self._ask("GET", f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
            known = self._description = read_description(form, self._client.issuer, now=self._now())
        return known

    async def _keys_of(self, described: ProviderDescription, *, anew: bool = False) -> KeySet:
        known, now = self._keys, self._now()
        if known is None or now - known[1] >= (KEYS_EVERY if anew else KNOWN_FOR):
            known = self._keys = (read_keys(await self._ask("GET", described.keys)), now)
        return known[0]

    async def _exchange(self, described: ProviderDescription, code: str, question: LoginChallenge) -> Mapping[str, Any]:
        """RFC 6749 §4.1.3, with the proof of RFC 7636. The code works once; it is sent to nobody else."""
        client, secret = self._client, self._client.secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "client_id": client.client_id,
            "code_verifier": question.verifier,
        }
        headers = {}
        if secret is not None and described.by_post:
            form["client_secret"] = secret
        elif secret is not None:
            pair = f"{quote(client.client_id, safe='')}:{quote(secret, safe='')}"  # §2.3.1: encoded as in a form first
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return await self._ask("POST", described.token, form, headers)

    async def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """A JSON object. The question may hold a secret: nothing of it goes into an error."""
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        timeout = aiohttp.ClientTimeout(total=self._within.total_seconds())
        body = urlencode(form).encode() if form is not None else None
        try:
            async with self._session.request(
                method, url, data=body, headers=sent, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status in {400, 401} and form is not None:
                    raise IdentityRefused(f"the provider refuses the code (HTTP status {answer.status})")
                if answer.status != 200:
                    raise ProviderAway(f"{urlsplit(url).path}: HTTP status {answer.status}")
                return _object(await _read(answer))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise ProviderAway(f"{urlsplit(url).path}: {type(error).__name__}") from error


def _object(body: bytes) -> Mapping[str, Any]:
    read = json.loads(body)
    if not isinstance(read, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - of the answer, not of a caller
    return read


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Count while reading: a Content-Length may be absent, or a lie."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise ValueError("too long")
    return bytes(body)
