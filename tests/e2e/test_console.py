"""The console in front of a process of its own: off until it is said, users added while it runs, streams let it end."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.running import WITHIN_S
from tests.e2e.test_serve import Serving, serving  # noqa: F401 - a fixture

PHRASE = "жеті рет өлшеп бір рет кес"


@pytest.fixture
def with_console(monkeypatch) -> None:
    monkeypatch.setenv("DALEL_CONSOLE", "true")


def address(home: Path) -> str:
    (port,) = re.findall(r"^listen_port = (\d+)", (home / "dalel.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return f"http://127.0.0.1:{port}"


async def test_it_is_off_unless_the_settings_say_so(serving: Serving):  # noqa: F811 - the fixture
    async with aiohttp.ClientSession() as http, http.get(f"{address(serving.home)}/console/login") as answer:
        assert answer.status == 404


async def test_a_user_added_while_it_runs_signs_in_and_an_open_stream_does_not_hold_its_end(
    with_console: None,
    serving: Serving,  # noqa: F811 - the fixture, after the setting
    tmp_path: Path,
):
    running = serving
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE, encoding="utf-8")
    added = running.dalel("users", "add", "aigerim", "--role", "admin", "--password-file", str(phrase))
    assert added.returncode == 0, added.stderr

    url = f"{address(running.home)}/console"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(f"{url}/login") as page:
            (token,) = re.findall(r'name="form_token" value="(\w+)"', await page.text())
        form = {"name": "aigerim", "password": PHRASE, "form_token": token, "next": ""}
        async with http.post(f"{url}/login", data=form) as home:
            assert (home.status, home.url.path) == (200, "/console/")
        async with http.get(f"{url}/live") as stream:
            assert (await stream.content.readline()).startswith(b"retry:")
            running.child.send_signal(signal.SIGTERM)
            assert running.child.wait(WITHIN_S) == 0  # while the stream is open
