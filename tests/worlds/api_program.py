"""A program with tokens in front of the API of a whole exchange; every answer is held against the description."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, cast

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from jsonschema import Draft202012Validator

from gateway.api.app import api_app
from gateway.api.context import PREFIX, ApiContext
from gateway.api.describe import description
from gateway.console.context import CONTEXT
from gateway.domain.people.access import UserRole
from gateway.domain.people.oidc_account import OidcTerms
from gateway.domain.people.tokens import hint_of, token_text
from gateway.ports.operations import Writes
from gateway.ports.outside import IdentityProvider
from gateway.ports.people.tokens import AddToken
from gateway.ports.store import CheckStore
from gateway.service.people.bearer_tokens import TokenAuthenticator
from gateway.service.people.login import token_digest
from gateway.service.people.oidc import OidcLogin
from tests.worlds.console.seat import Seat

DOCUMENT: Final = description()
SOMEWHERE: Final = OidcLogin(provider=cast("IdentityProvider", None), terms=OidcTerms())
"""An identity provider that the settings name and nobody asks anything."""
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True)
class ApiAnswer:
    """What came back. ``json``: of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        assert self.headers["Content-Type"].startswith(PROBLEM), self.body
        return self.json["type"].removeprefix("urn:dalel:problem:")


@dataclass
class Program:
    """``met``: which statuses each operation of the description has answered with."""

    seat: Seat
    app: web.Application
    http: aiohttp.ClientSession
    url: str
    token: str = ""
    met: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def given(self, role: UserRole, name: str = "", **changes: Any) -> str:
        """A token of that role, in use from now on."""
        self.token = await self.another(role, name, **changes)
        return self.token

    async def another(self, role: UserRole, name: str = "", *, days: float = 90) -> str:
        """A token of that role, not in use."""
        named, now, token = name or f"the-{role}", self.seat.world.clock.now(), token_text(uuid.uuid4().bytes * 2)
        added = AddToken(named, role, token_digest(token), hint_of(token), now + timedelta(days=days), "test", now)
        assert await self.seat.world.exchange.store.run(added) is None
        return token

    async def get(self, path: str, **headers: str) -> ApiAnswer:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> ApiAnswer:
        """``key``: of its own choice, new each time unless said."""
        return await self.call("POST", path, body, **{"Idempotency-Key": key or str(uuid.uuid4()), **headers})

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> ApiAnswer:
        stated = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **headers}
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if content is not None:
            stated = {"Content-Type": "application/json", **stated}
        stated = {name: value for name, value in stated.items() if value}
        async with self.http.request(method, self.url + path, data=content, headers=stated) as answer:
            answered = ApiAnswer(answer.status, answer.headers, await answer.read())
        self._hold(method, path.partition("?")[0], answered)
        return answered

    def _hold(self, method: str, path: str, answered: ApiAnswer) -> None:
        """Against the description, which must name the status and whose schema must fit the body."""
        operation = operation_at(method, path)
        if operation is None:
            assert answered.status in {404, 405}
            held(answered, "ProblemDetails")
            return
        reported = operation["responses"].get(str(answered.status))
        assert reported is not None, f"{operation['operationId']} does not name {answered.status}: {answered.body!r}"
        ((kind, content),) = reported["content"].items()
        assert answered.headers["Content-Type"].partition(";")[0] == kind
        self.met[operation["operationId"]].add(str(answered.status))
        if content["schema"].get("format") == "binary":
            assert int(answered.headers["Content-Length"]) == len(answered.body) > 0
            return
        validate(answered.json, content["schema"])


def operation_at(method: str, path: str) -> dict[str, Any] | None:
    """The described operation that a request is for; whole words go before parameters."""
    wanted = path.strip("/").split("/")
    fitting = [
        (sum(part.startswith("{") for part in template.strip("/").split("/")), template)
        for template, item in DOCUMENT["paths"].items()
        if method.lower() in item and _fits(template.strip("/").split("/"), wanted)
    ]
    return DOCUMENT["paths"][min(fitting)[1]][method.lower()] if fitting else None


def _fits(template: list[str], wanted: list[str]) -> bool:
    pairs = zip(template, wanted, strict=False)
    return len(template) == len(wanted) and all(one.startswith("{") or one == other for one, other in pairs)


def validate(value: Any, schema: dict[str, Any]) -> None:
    Draft202012Validator({**DOCUMENT, **schema}).validate(value)


def held(answered: ApiAnswer, name: str) -> None:
    validate(answered.json, {"$ref": f"#/components/schemas/{name}"})


@asynccontextmanager
async def a_program(
    seat: Seat, *, tokens: Writes | None = None, takes_passwords: bool = True, elsewhere: OidcLogin | None = None
) -> AsyncIterator[Program]:
    """The API of this seat's exchange on a port of its own. ``tokens``: another keeper of tokens than the store."""
    mine = seat.app[CONTEXT]
    context = replace(mine, login=replace(mine.login, takes_passwords=takes_passwords), oidc_login=elsewhere)
    keeper = TokenAuthenticator(tokens or context.exchange.store, context.exchange.clock)
    probes = {"store": partial(context.exchange.store.run, CheckStore())}
    app = web.Application()
    app.add_subapp(PREFIX, mounted := api_app(ApiContext(context, keeper, probes, timedelta(seconds=5))))
    server = TestServer(app)
    await server.start_server()
    try:
        async with aiohttp.ClientSession() as http:
            yield Program(seat, mounted, http, str(server.make_url(PREFIX)))
    finally:
        await server.close()
