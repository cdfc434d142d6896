"""A demo that is kept: somebody signs in with what it printed, looks, and stops it by Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.docs.pages import ROOT
from tests.e2e.test_demo import DALEL, WITHIN_S, _processes_of

OTHERS_HOME = "a-home-of-somebody-else"
PLAYED = "The processes keep running"


@dataclass(frozen=True)
class KeptDemo:
    """A demo that stays; ``printed``: all that it said until then."""

    out: Path
    child: subprocess.Popen[str]
    printed: str

    @property
    def console(self) -> str:
        return self._after("Console: ")

    @property
    def password(self) -> str:
        return self._after("Everybody's password: ")

    def _after(self, words: str) -> str:
        [found] = re.findall(re.escape(words) + r"(\S+)", self.printed)
        return found.rstrip("/")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptDemo]:
    out = tmp_path_factory.mktemp("kept") / "demo-out"
    child = subprocess.Popen(
        [*DALEL, "demo", "--keep", "--lang", "en", "--out", str(out)],
        env={**os.environ, "COLUMNS": "140", "DALEL_HOME": OTHERS_HOME},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    overdue = threading.Timer(WITHIN_S, child.kill)
    overdue.start()
    assert child.stdout is not None
    lines: list[str] = []
    for line in child.stdout:
        lines.append(line)
        if PLAYED in line:
            break
    overdue.cancel()
    try:
        assert child.poll() is None, "".join(lines)
        assert PLAYED in lines[-1], "".join(lines)
        yield KeptDemo(out, child, "".join(lines))
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


async def signed_in(http: aiohttp.ClientSession, kept: KeptDemo, name: str) -> str:
    """The overview, as this user sees it."""
    token = token_of(await shown(http, kept, "/login"))
    form = {"name": name, "password": kept.password, "form_token": token, "next": ""}
    async with http.post(f"{kept.console}/login", data=form) as home:
        assert (home.status, home.url.path) == (200, "/console/")
        return await home.text()


def token_of(page: str) -> str:
    return re.findall(r'name="form_token" value="(\w+)"', page)[0]


async def verified(http: aiohttp.ClientSession, kept: KeptDemo, dossier: str) -> str:
    """What comes of pressing the button on its page."""
    token = token_of(await shown(http, kept, dossier))
    async with http.post(kept.console + dossier, data={"form_token": token}) as page:
        assert page.status == 200
        return await page.text()


async def shown(http: aiohttp.ClientSession, kept: KeptDemo, path: str) -> str:
    async with http.get(kept.console + path) as page:
        assert page.status == 200
        return await page.text()


@pytest.mark.parametrize("name", ["viewer", "operator", "support", "security_officer", "auditor", "admin"])
async def test_each_role_signs_in_with_what_was_printed(kept: KeptDemo, name: str):
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        assert name in await signed_in(http, kept, name)


async def test_one_sees_an_appeal_in_court_deliveries_that_are_stuck_and_a_term_that_was_missed(kept: KeptDemo):
    number = re.findall(r"DL-\d{4}-\d{10}", kept.printed)[0]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await signed_in(http, kept, "operator")

        appeal = await shown(http, kept, f"/appeals?number={number}")
        stuck = await shown(http, kept, "/deliveries?group=open&recipient=akimat-almaty")
        missed = await shown(http, kept, "/terms?which=breached")
        proven = await verified(http, kept, f"/appeals/{number}/dossiers/1")

    assert "7594-26-00-4/1" in appeal
    assert stuck.count("akimat-almaty") >= 3
    assert "Cannot connect" in stuck
    assert number in missed
    assert "TOTAL-PASSED" in proven


def test_it_is_stopped_by_ctrl_c_and_leaves_nothing_running(kept: KeptDemo):
    kept.child.send_signal(signal.SIGINT)

    reported, _ = kept.child.communicate(timeout=30)

    assert kept.child.returncode == 0
    assert "nothing is left running" in reported
    assert _processes_of(kept.out) == []
    assert not Path(OTHERS_HOME).exists()


def test_make_keeps_it_when_it_is_told_to():
    planned = {
        words: subprocess.run(
            ["make", "--dry-run", "demo", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for words in ((), ("KEEP=1",))
    }

    assert "dalel demo --keep" in planned["KEEP=1",]
    assert "--keep" not in planned[()]
