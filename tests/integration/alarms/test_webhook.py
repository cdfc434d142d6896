"""Webhooks to a real receiver that can be bent: signed, to one address only, never led on, never filled up."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from standardwebhooks import Webhook as Judge
from standardwebhooks import WebhookVerificationError

from connectors.alarms.webhook import Webhook, WebhookPlace
from signing.errors import KeyUnusable

SECRET = bytes(range(32))
BODY = json.dumps({"type": "alarm.raised", "data": {"subject": "әкімдік"}}, ensure_ascii=False)


@dataclass
class WebhookReceiver:
    """What came in; answers as it is told."""

    url: str = ""
    status: int = 204
    words: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    taken: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((request.path, await request.read(), dict(request.headers)))
        if self.breaks_off:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=self.status, text=self.words, headers=self.headers)


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    made, app = WebhookReceiver(), web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/hooks/dalel"))
        yield made


async def send(url: str, *, at: datetime | None = None, secret=lambda: SECRET, within_s: float = 10):
    async with aiohttp.ClientSession() as session:
        hook = Webhook(session, WebhookPlace(url, secret, within_s))
        return await hook.send(BODY, message_id="dalel-alarm-7", at=at or datetime.now(UTC))


async def test_whoever_holds_the_secret_proves_that_it_is_ours_and_fresh(receiver: WebhookReceiver):
    reported = await send(receiver.url)
    assert (reported.is_taken, reported.words) == (True, "HTTP 204")
    ((path, body, headers),) = receiver.taken
    assert path == "/hooks/dalel"
    assert headers["webhook-id"] == "dalel-alarm-7"
    judge = Judge(f"whsec_{base64.b64encode(SECRET).decode()}")
    assert judge.verify(body, headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        judge.verify(body.replace(b"raised", b"cleared"), headers)


async def test_a_repetition_has_the_same_id_and_a_time_of_its_own(receiver: WebhookReceiver):
    now = datetime.now(UTC)
    await send(receiver.url, at=now - timedelta(minutes=1))
    await send(receiver.url, at=now)
    first, second = (headers for _, _, headers in receiver.taken)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nobody_leads_us_on_to_another_address(receiver: WebhookReceiver, status: int):
    receiver.status, receiver.headers = status, {"Location": receiver.url.replace("/hooks/dalel", "/inside")}
    reported = await send(receiver.url)
    assert (reported.is_taken, reported.is_final) == (False, False)
    assert [path for path, _, _ in receiver.taken] == ["/hooks/dalel"]


@pytest.mark.parametrize(("status", "is_final"), [(400, False), (410, True), (429, False), (500, False), (503, False)])
async def test_what_is_not_taken_is_told_with_the_receivers_words(
    receiver: WebhookReceiver, status: int, is_final: bool
):
    receiver.status, receiver.words = status, "no\r\nnot now"
    reported = await send(receiver.url)
    assert (reported.is_taken, reported.is_final) == (False, is_final)
    assert reported.words == f"HTTP {status} no not now"


async def test_an_endless_answer_is_read_for_a_line(receiver: WebhookReceiver):
    receiver.status, receiver.words = 500, "x" * 5_000_000
    assert len((await send(receiver.url)).words) == 300


async def test_who_breaks_the_connection_off_has_not_taken_it(receiver: WebhookReceiver):
    receiver.breaks_off = True
    reported = await send(receiver.url)
    assert not reported.is_taken
    assert reported.words


async def test_who_is_away_and_a_secret_that_cannot_be_read_are_told():
    assert not (await send(f"http://127.0.0.1:{unused_port()}/")).is_taken

    def unreadable() -> bytes:
        raise KeyUnusable("webhook secret /x: others can read it")

    reported = await send("http://127.0.0.1:1/", secret=unreadable)
    assert (reported.is_taken, reported.words) == (False, "KeyUnusable: webhook secret /x: others can read it")
