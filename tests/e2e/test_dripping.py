"""More strangers than there are connections send a body byte by byte: messages, health and people get in meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.e2e.exposition import Exposition, scraped_from
from tests.e2e.running import RunningExchange, an_exchange, an_installation
from tests.integration.dependencies.sender import SenderAnswer, an_envelope, ask, post

PHRASE = "жеті рет өлшеп бір рет кес"
WITHIN_S = 300.0
FEW: Mapping[str, str] = {
    "DALEL_CONNECTIONS": "30",
    "DALEL_REQUESTS_AT_ONCE": "8",
    "DALEL_CONSOLE_REQUESTS_AT_ONCE": "8",
    "DALEL_SIGN_IN_REQUESTS_AT_ONCE": "3",
    "DALEL_API_REQUESTS_AT_ONCE": "4",
}
LOG_IN = b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FIND = (
    b"POST /api/v1/appeals/find HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
)
LENGTH = b"Content-Length: 9000\r\n\r\n"


@dataclass
class Flood:
    """Connections that each bring a whole header and then a byte of the body from time to time. ``met``: answers.

    Whoever is closed unheard, since another came, comes again.
    """

    port: int
    met: Counter[str] = field(default_factory=Counter)

    async def drip(self, header: bytes) -> None:
        """Until it is answered."""
        while not (status := await self._once(header)):  # noqa: ASYNC110 - it waits for nobody
            await asyncio.sleep(0.2)  # it comes again without haste
        self.met[status] += 1

    async def _once(self, header: bytes) -> str:
        feeding = None
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            feeding = asyncio.create_task(self._feed(writer, header))
            return (await reader.readuntil(b"\r\n"))[9:12].decode()
        except (ConnectionError, asyncio.IncompleteReadError):
            return ""
        finally:
            if feeding is not None:
                feeding.cancel()
                writer.transport.abort()

    async def _feed(self, writer: asyncio.StreamWriter, header: bytes) -> None:
        writer.write(header + LENGTH)
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.5)  # the drip is what is tested


@asynccontextmanager
async def a_flood(running: RunningExchange, headers: list[bytes]) -> AsyncIterator[Flood]:
    flood = Flood(urlsplit(running.url).port or 0)
    drips = [asyncio.create_task(flood.drip(header)) for header in headers]
    try:
        yield flood
    finally:
        for drip in drips:
            drip.cancel()
        await asyncio.gather(*drips, return_exceptions=True)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation that nobody serves yet."""
    made = tmp_path / "home"
    an_installation(made)
    return made


@contextmanager
def with_people(home: Path, **variables: str) -> Iterator[RunningExchange]:
    """The exchange there, with console and API."""
    (port,) = re.findall(r"^listen_port = (\d+)", (home / "dalel.toml").read_text(encoding="utf-8"), re.MULTILINE)
    with an_exchange(home, int(port), DALEL_CONSOLE="true", DALEL_API="true", **variables) as running:
        yield running


async def seen(running: RunningExchange) -> Exposition:
    """What a scrape tells."""
    return await asyncio.to_thread(scraped_from, running.home / "admin.sock")


async def is_seen(running: RunningExchange, name: str, wanted: float, **labels: str) -> Exposition:
    """Waits until a scrape tells so much."""
    async with asyncio.timeout(WITHIN_S):
        while (metrics := await seen(running)).total(name, **labels) < wanted:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.1)  # another process: nothing to wait on but its answer
    return metrics


async def a_message(running: RunningExchange) -> SenderAnswer:
    return await asyncio.to_thread(post, running.url, an_envelope(running.home))


async def signs_in(running: RunningExchange, http: aiohttp.ClientSession) -> tuple[int, str]:
    """As a browser does that has no connection yet."""
    async with http.get(f"{running.url}/console/login") as page:
        (token,) = re.findall(r'name="form_token" value="(\w+)"', await page.text())
    form = {"name": "aigerim", "password": PHRASE, "form_token": token, "next": ""}
    async with http.post(f"{running.url}/console/login", data=form) as home:
        return home.status, home.url.path


def a_browser() -> aiohttp.ClientSession:
    """Each request over a connection of its own, which has to be let in among the others."""
    connector = aiohttp.TCPConnector(force_close=True)
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), connector=connector)


def add_people(running: RunningExchange) -> bytes:
    """A user, and a program whose token is returned."""
    phrase = running.home.parent / "phrase"
    phrase.write_text(PHRASE, encoding="utf-8")
    running.dalel("users", "add", "aigerim", "--role", "operator", "--password-file", str(phrase))
    return running.dalel("tokens", "add", "night", "--role", "viewer").strip().encode()


@pytest.mark.parametrize(
    ("drips", "limits"), [(60, FEW), (800, {})], ids=["as many as few limits need", "as the defaults have it"]
)
async def test_drips_at_the_log_in_shut_out_neither_messages_nor_health_nor_people(
    home: Path, drips: int, limits: Mapping[str, str]
):
    with with_people(home, DALEL_BODY_DEADLINE_S="600", **limits) as running:
        add_people(running)
        async with a_browser() as early, a_browser() as late:
            assert await signs_in(running, early) == (200, "/console/")
            places = (await seen(running)).total("dalel_pool_places", area="sign_in")
            async with a_flood(running, [LOG_IN] * drips):
                await is_seen(running, "dalel_requests_shed_total", drips - places, area="sign_in")

                taken = [(await a_message(running)).status for _ in range(3)]
                health = [
                    (await asyncio.to_thread(ask, running.url, f"/health/{one}")).status for one in ("live", "ready")
                ]
                async with early.get(f"{running.url}/console/") as page:
                    was_in = page.status
                came_in = await signs_in(running, late)
                metrics = await seen(running)
                async with asyncio.timeout(WITHIN_S):  # a line tells of all since the one before, a moment later
                    while '"requests.shed"' not in (home.parent / "log").read_text(encoding="utf-8"):  # noqa: ASYNC110 - a log rings no bell
                        await asyncio.sleep(0.05)

    assert (taken, health) == ([200] * 3, [200, 200])
    assert (was_in, came_in) == (200, (200, "/console/"))
    assert metrics.total("dalel_pool_requests", area="sign_in") <= places
    assert (metrics.total("dalel_intake_requests"), metrics.total("dalel_intake_rejected_total")) == (0, 0)
    lines = (home.parent / "log").read_text(encoding="utf-8").count('"requests.shed"')
    assert 0 < lines < drips / 2


async def test_drips_of_programs_with_a_token_take_no_place_of_messages_or_people(home: Path):
    with with_people(home, DALEL_BODY_DEADLINE_S="600", **FEW) as running:
        known, unknown = FIND % add_people(running), FIND % b"dalel_nobody"
        async with a_flood(running, [known] * 30 + [unknown] * 30), a_browser() as http:
            await is_seen(running, "dalel_requests_shed_total", 26, area="api")

            taken, came_in = await a_message(running), await signs_in(running, http)
            metrics = await seen(running)

    assert (taken.status, came_in) == (200, (200, "/console/"))
    assert metrics.total("dalel_pool_requests", area="api") <= 4
    assert metrics.total("dalel_intake_requests") == 0


async def test_when_their_deadline_is_over_every_place_is_back(home: Path):
    with with_people(home, DALEL_BODY_DEADLINE_S="0.5", **FEW) as running:
        known = FIND % add_people(running)
        async with a_flood(running, [LOG_IN] * 3 + [known] * 4) as flood:
            for area, count in (("sign_in", 3), ("api", 4)):
                await is_seen(running, "dalel_requests_shed_total", count, area=area, cause="deadline")
            metrics = await seen(running)
            async with asyncio.timeout(WITHIN_S):
                while flood.met.total() < 7:  # noqa: ASYNC110 - the answers are on their way
                    await asyncio.sleep(0.05)
            met = dict(flood.met)

    assert [metrics.total("dalel_pool_requests", area=area) for area in ("sign_in", "console", "api")] == [0, 0, 0]
    assert met == {"408": 7}
