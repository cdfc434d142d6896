"""``/health/live`` and ``/health/ready``: what each check says, in which words, and since when it has said so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.http import health
from tests.worlds.clocks import SteppedClock


class FakeProbedStore:
    """A store that can be told to fail or to be silent."""

    def __init__(self) -> None:
        self.trouble: Exception | None = None
        self.silent = False

    async def probe(self) -> str:
        if self.silent:
            await asyncio.Event().wait()
        if self.trouble:
            raise self.trouble
        return "SQLite 3.40"


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def store() -> FakeProbedStore:
    return FakeProbedStore()


@pytest.fixture
async def client(clock: SteppedClock, store: FakeProbedStore) -> AsyncIterator[TestClient]:
    async def stays() -> str:
        return "staying"

    app = web.Application()
    probes = {"store": store.probe, "node": stays}
    health.add_routes(app, probes, within=timedelta(seconds=0.05), clock=clock)
    async with TestClient(TestServer(app)) as made:
        yield made


async def ready(client: TestClient) -> tuple[int, dict]:
    answer = await client.get("/health/ready")
    return answer.status, await answer.json()


async def test_a_process_that_answers_is_live_and_says_since_when(client, clock):
    began = clock.now()
    clock.advance(minutes=5)
    answer = await client.get("/health/live")
    body = await answer.json()
    assert (answer.status, body["status"]) == (200, "live")
    assert body["checks"]["process"]["since"] == began.isoformat()


async def test_each_check_says_by_itself_how_it_is_in_three_languages(client):
    status, body = await ready(client)
    assert (status, body["status"]) == (200, "ready")
    assert body["checks"].keys() == {"store", "node"}
    store = body["checks"]["store"]
    assert (store["ok"], store["message"], store["name"], store["state"]) == (True, "SQLite 3.40", "store", "ok")
    assert store["words"] == {
        "kk": "Дерекқор жауап береді.",
        "ru": "База данных отвечает.",
        "en": "The database answers.",
    }


async def test_what_fails_says_why_and_since_when_and_the_others_are_told_all_the_same(client, clock, store):
    await ready(client)
    clock.advance(minutes=1)
    store.trouble, failed_at = OSError("no route to host"), clock.now()
    await ready(client)
    clock.advance(minutes=9)
    status, body = await ready(client)
    check = body["checks"]["store"]
    assert (status, body["status"]) == (503, "not ready")
    assert (check["ok"], check["state"], check["message"]) == (False, "fail", "OSError: no route to host")
    assert check["since"] == failed_at.isoformat()
    assert check["words"]["en"] == "The database does not answer."
    assert body["checks"]["node"]["ok"] is True

    store.trouble = None
    status, body = await ready(client)
    assert (status, body["checks"]["store"]["since"]) == (200, clock.now().isoformat())


async def test_whoever_is_silent_is_not_waited_for(client, store):
    store.silent = True
    status, body = await ready(client)
    assert (status, body["checks"]["store"]["message"]) == (503, "no answer")
