"""A small OpenID provider over HTTP: everybody who comes is the person it is told, and it can be bent to lie.

It keeps to the standard where we must: codes work once, the verifier must fit, the client must prove itself; whoever
signs out without an ID token is asked first, and is sent back only to an address that the client registered.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Final
from urllib.parse import unquote, urlencode

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID: Final = "dalel-console"
SECRET: Final = "s3cret/with+signs"
KEY: Final = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
NEXT_KEY: Final = ECKey.generate_key("P-256", {"kid": "next", "use": "sig", "alg": "ES256"})


@dataclass
class Provider:
    """``person``: claims of whoever signs in. ``bend``: changes the claims last; ``sign``: makes the token of them.

    ``describes``: changes its description. ``asked``: how often each path was asked. ``is_signed_in``: whether the
    person needs no password there. ``signed_out_uris``: registered by the client. ``farewells``: how sign-outs asked.
    """

    now: Callable[[], datetime]
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "dana"})
    bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    describes: dict[str, Any] = field(default_factory=dict)
    key: RSAKey | ECKey = field(default_factory=lambda: KEY)
    is_away: bool = False
    has_secret: bool = True
    is_signed_in: bool = True
    signed_out_uris: set[str] = field(default_factory=set)
    end_session_requests: list[dict[str, str]] = field(default_factory=list)
    issuer: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._counted])
        app.router.add_get("/.well-known/openid-configuration", self._describe)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/end", self._ask_to_end)
        app.router.add_post("/end", self._end)
        return app

    @property
    def _counted(self) -> Any:
        @web.middleware
        async def counted(request: web.Request, handler: Any) -> web.StreamResponse:
            self.requests[request.path] = self.requests.get(request.path, 0) + 1
            if self.is_away:
                raise web.HTTPServiceUnavailable
            return await handler(request)

        return counted

    async def _describe(self, _: web.Request) -> web.Response:
        described = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end?realm=staff",
            "code_challenge_methods_supported": ["S256"],
        }
        return web.json_response(described | self.describes)

    async def _keys(self, _: web.Request) -> web.Response:
        other = {"kty": "oct", "k": "AAAA", "kid": "first-too"}
        return web.json_response({"keys": [self.key.as_dict(private=False), other, {"kty": "strange"}]})

    async def _authorize(self, request: web.Request) -> web.Response:
        """Whoever is signed in already is asked for nothing."""
        if not self.is_signed_in:
            return web.Response(text="<h1>Password, please</h1>", content_type="text/html")
        requested = dict(request.query)
        assert requested["response_type"] == "code"
        assert requested["code_challenge_method"] == "S256"
        assert "openid" in requested["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = requested
        back = {"code": code, "state": requested["state"]}
        raise web.HTTPFound(f"{requested['redirect_uri']}?{urlencode(back)}")

    async def _ask_to_end(self, request: web.Request) -> web.Response:
        """RP-Initiated Logout 1.0 §2: no ID token came along, so the person must be asked."""
        self._judge_end_session(requested := dict(request.query))
        self.end_session_requests.append(requested)
        kept = "".join(f'<input type="hidden" name="{name}" value="{escape(one)}">' for name, one in requested.items())
        form = f'<form method="post">{kept}<button>Yes, sign out</button></form>'
        return web.Response(
            text=f'<title>Sign out?</title><link rel="icon" href="data:,">{form}', content_type="text/html"
        )

    async def _end(self, request: web.Request) -> web.Response:
        """§3: back to the client with its state, once the person is signed out."""
        form = {name: str(one) for name, one in (await request.post()).items()}
        self._judge_end_session(form)
        self.is_signed_in = False
        raise web.HTTPFound(f"{form['post_logout_redirect_uri']}?{urlencode({'state': form['state']})}")

    def _judge_end_session(self, requested: dict[str, str]) -> None:
        """To an address that nobody registered it sends nobody; there the way ends on a page of its own."""
        assert "id_token_hint" not in requested
        if (requested["client_id"], requested["realm"]) != (CLIENT_ID, "staff"):
            raise web.HTTPBadRequest
        if requested["post_logout_redirect_uri"] not in self.signed_out_uris:
            raise web.HTTPBadRequest

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        requested = self.codes.pop(str(form["code"]), None)
        challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        fits = (
            requested is not None
            and requested["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        )
        if not fits or requested["redirect_uri"] != form["redirect_uri"] or not self._knows(request):
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": "at", "token_type": "Bearer", "id_token": self._id_token(requested)})

    def _knows(self, request: web.Request) -> bool:
        if not self.has_secret:
            return "Authorization" not in request.headers
        kind, _, pair = request.headers.get("Authorization", "").partition(" ")
        name, _, secret = base64.b64decode(pair).decode().partition(":")
        return (kind, unquote(name), unquote(secret)) == ("Basic", CLIENT_ID, SECRET)

    def _id_token(self, requested: dict[str, str]) -> str:
        made_at = int(self.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": requested["client_id"],
            "exp": made_at + 300,
            "iat": made_at,
            "nonce": requested["nonce"],
            **self.person,
        }
        return (self.sign or self.signed)(self.bend(claims))

    def signed(self, claims: dict[str, Any]) -> str:
        """As it should be."""
        header = {"alg": self.key.get("alg"), "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=["RS256", "ES256"])


def unsigned(claims: dict[str, Any]) -> str:
    """The oldest trick: a token that says of itself that it needs no signature."""
    return f"{_part({'alg': 'none', 'kid': 'first'})}.{_part(claims)}."


def signed_by_the_public_key(claims: dict[str, Any]) -> str:
    """HMAC with what everybody knows, for verifiers that take the key for whatever the token says it is."""
    signed = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
    return f"{signed}.{_text(hmac.digest(KEY.as_pem(private=False), signed.encode(), 'sha256'))}"


def signed_by_another(claims: dict[str, Any]) -> str:
    """A key of the attacker's under the provider's name for its own."""
    other = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": "first"}, claims, other, algorithms=["RS256"])


def _part(of: dict[str, Any]) -> str:
    return _text(json.dumps(of).encode())


def _text(of: bytes) -> str:
    return base64.urlsafe_b64encode(of).rstrip(b"=").decode()


@asynccontextmanager
async def a_provider(now: Callable[[], datetime]) -> AsyncIterator[Provider]:
    """On a port of its own."""
    provider = Provider(now)
    server = TestServer(provider.app())
    await server.start_server()
    provider.issuer = str(server.make_url("")).rstrip("/")
    try:
        yield provider
    finally:
        await server.close()
