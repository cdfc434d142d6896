"""How long the console's lists take among a thousand deliveries and among a million: python -m
tests.bench.groups.console.

``sqlite`` or ``postgresql`` after it: that one alone. Each page over HTTP, signed in; the issue is the last column, not
the milliseconds.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp

from gateway.domain.people import access
from gateway.lists.models import minute_of
from tests.bench.groups.reports import REPORT_PAGES
from tests.bench.lists import Ask, Lists, main
from tests.bench.seeding import fill
from tests.worlds.console.seat import PASSWORD, a_seat
from tests.worlds.exchange.world import a_world

_HAS_ROWS: Final = ("<table", 'class="big"', 'id="sure-name"', 'class="card answer', 'class="noted')
_OF_PARTY: Final = "/deliveries?recipient=akimat-almaty"
_RESEND: Final = "/deliveries/acts?of=all&act=resend"
PAGES: Final = {
    **REPORT_PAGES,
    "all, newest first": "/deliveries",
    "all, oldest first": "/deliveries?order=oldest",
    "a page from the middle": "/deliveries?after={middle}",
    "acknowledged": "/deliveries?state=acknowledged",
    "acknowledged, older than 3 days": "/deliveries?state=acknowledged&older=3d",
    "all that have not ended, oldest first": "/deliveries?group=open&order=oldest",
    "dead letters": "/deliveries?state=dead_lettered",
    "of one party": "/deliveries?recipient=akimat-almaty",
    "parked of one party": "/deliveries?recipient=akimat-almaty&state=parked",
    "acknowledged of one party, older than 1 day": "/deliveries?recipient=akimat-almaty&state=acknowledged&older=1d",
    "of one operation": "/deliveries?action=AssignAppeal",
    "of one party and operation, acknowledged": _OF_PARTY + "&action=AssignAppeal&state=acknowledged",
    "by error code": "/deliveries?code=UnknownSubject",
    "by error code, of one party, refused": "/deliveries?code=UnknownSubject&recipient=akimat-almaty&state=rejected",
    "made in two days": "/deliveries?period=made&{period}",
    "ended in two days": "/deliveries?period=ended&{period}",
    "refused in two days": "/deliveries?period=ended&{period}&state=rejected",
    "all dead letters of a party, to be resent": _RESEND + "&state=dead_lettered&recipient=akimat-almaty",
    "dead letters by cause": "/dead-letters",
    "overview": "/",
    "by the number of an appeal": "/deliveries?number=DL-2026-{middle:010d}",
    "by the number of a message": "/deliveries?number=m-{middle}",
    "appeals, newest first": "/appeals",
    "appeals, a page from the middle": "/appeals?after=DL-2026-{middle:010d}",
    "appeals of one body, older than 1 day": "/appeals?body=akimat-almaty&older=1d",
    "appeals in court": "/appeals?group=court",
    "appeals refused by the court, of one body": "/appeals?status=court_refused&body=smas-almaty",
    "appeals whose applicant disagreed": "/appeals?group=disagreed&order=oldest",
    "appeals with a missed term": "/appeals?missed=1",
    "appeals with a missed term, of one body, closed": "/appeals?missed=1&status=closed&body=smas-almaty",
    "appeals by the number of a court case": "/appeals?number=case-7",
    "terms that run": "/terms?which=open",
    "terms of one body, due today": "/terms?which=today&body=akimat-almaty",
    "terms missed, still unmet, of one body": "/terms?which=breached&body=smas-almaty",
    "refusals, newest first": "/refusals",
    "refusals, a page from the middle": "/refusals?after={middle}",
    "refusals with a code": "/refusals?code=NotXml",
    "refusals with a code of one sender, of a day": "/refusals?code=NotXml&sender=akimat-almaty&within=1d",
    "audit log": "/audit",
    "audit log, a page from the middle": "/audit?after={middle}",
    "audit log, of one person, one act": "/audit?by=nurlan&act=delivery.parked",
    "audit log, refused acts of one person": "/audit?by=nurlan&refused=1",
    "audit log, of one thing": "/audit?subject={middle}",
    "audit log, one act within two days": "/audit?act=party.paused&since=2026-11-20&until=2026-11-21",
    "looks of our people": "/accesses",
    "looks of one person at envelopes": "/accesses?reader=aigerim&what=envelope",
    "looks at one appeal, also of parties": "/accesses?about=DL-2026-{middle:010d}&everybody=true",
    "looks at documents, also of parties": "/accesses?what=document&everybody=true",
    "alarms, open and over": "/alarms",
    "alarms of one kind": "/alarms?kind=party_silent",
    "alarms of a rare kind": "/alarms?kind=disk_low",
    "alarms, a page from the middle": "/alarms?is_open=false&after={middle}",
    "open alarms, a page from the middle": "/alarms?after=1-{middle}",
    "one alarm": "/alarms/{middle}",
    "support desk: a number of an appeal": "/find?number=DL-2026-{middle:010d}",
    "support desk: a number of a message": "/find?number=m-{middle}",
    "incidents": "/incidents?party=akimat-almaty&state=open",
    "incidents, a page from the middle": "/incidents?after={middle}",
    "notes, closed": "/notes?which=closed",
    "notes handed to a role": "/notes?which=role",
    "causes of a week": "/causes?period=7d",
    "a thousand parties, by trouble": "/parties",
    "parties, narrowed": "/parties?words=party-07",
    "certificates of a thousand parties": "/parties/certificates",
    "one party": "/parties/akimat-almaty",
    "users": "/users",
    "users, a page from the middle": "/users?after=user-{middle}",
    "users, from a name on": "/users?begin_at=user-{middle}",
    "users of a role that few have": "/users?role=auditor",
    "one user": "/users/user-{middle}",
}


@asynccontextmanager
async def console(folder: Path, url: str | None, many: int) -> AsyncIterator[Lists]:
    """A console over so many, and somebody signed in to it."""
    async with (
        a_world(folder, database_url=url) as world,
        a_seat(world) as seat,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        await seat.user("aigerim", access.UserRole.ADMIN)  # user:1, whose looks are seeded
        await fill(world, many)
        await _sign_in(http, seat.url)
        yield _lists(http, seat.url, many, world.clock.now())


def _lists(http: aiohttp.ClientSession, url: str, many: int, now: datetime) -> Lists:
    def asking(path: str) -> Ask:
        address = url + _filled(path, many, now)

        async def ask() -> str:
            async with http.get(address) as answer:
                body = await answer.text()
            if answer.status != 200:
                return f"{answer.status} at {answer.url}"
            return "" if any(one in body for one in _HAS_ROWS) else f"nothing found at {answer.url}"

        return ask

    return {page: asking(path) for page, path in PAGES.items()}


def _filled(path: str, many: int, now: datetime) -> str:
    period = f"since={minute_of(now - timedelta(days=6))}&until={minute_of(now - timedelta(days=4))}"
    return path.format(middle=many // 2, period=period)


async def _sign_in(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(f"{url}/login") as page:
        (token,) = re.findall(r'name="form_token" value="(\w+)"', await page.text())
    form = {"name": "aigerim", "password": PASSWORD, "form_token": token, "next": ""}
    async with http.post(f"{url}/login", data=form) as home:
        if home.url.path != "/console/":
            raise RuntimeError(f"not signed in: {home.url}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], console)))
