"""The API in front of a process of its own: off until it is said, opened by a token made while it runs."""

from __future__ import annotations

import aiohttp
import pytest

from tests.e2e.test_console import address
from tests.e2e.test_serve import Serving, serving  # noqa: F401 - a fixture


@pytest.fixture
def with_api(monkeypatch) -> None:
    monkeypatch.setenv("DALEL_API", "true")


async def test_it_is_off_unless_the_settings_say_so(serving: Serving):  # noqa: F811 - the fixture
    async with aiohttp.ClientSession() as http, http.get(f"{address(serving.home)}/api/v1/openapi.json") as answer:
        assert answer.status == 404


async def test_a_token_made_while_it_runs_opens_and_revoked_opens_nothing_and_the_console_stays_off(
    with_api: None,
    serving: Serving,  # noqa: F811 - the fixture, after the setting
):
    made = serving.dalel("tokens", "add", "night", "--role", "viewer")
    assert made.returncode == 0, made.stderr
    headers, url = {"Authorization": f"Bearer {made.stdout.strip()}"}, address(serving.home)
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.get(f"{url}/api/v1/health") as answer:
            health = await answer.json()
        assert health["is_ready"], health
        assert set(health["checks"]) >= {"store", "documents", "intake", "node"}
        async with http.get(f"{url}/api/v1/nodes") as answer:
            assert len((await answer.json())["nodes"]) == 1
        assert serving.dalel("tokens", "revoke", "night", "--reason", "the test is over").returncode == 0
        async with http.get(f"{url}/api/v1/health") as answer:
            assert answer.status == 401
        async with http.get(f"{url}/console/login") as answer:
            assert answer.status == 404
