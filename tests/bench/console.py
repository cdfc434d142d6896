"""How long the console's lists take among a thousand deliveries and among a million: python -m tests.bench.console.

Each page over HTTP, signed in, median of several; the issue is the last column, not the milliseconds.
"""

from __future__ import annotations

import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import Connection, text

from contracts.party import PartyId, Role
from gateway.console.filters import minute_of
from gateway.domain import access
from gateway.store.engine import writing_engine
from signing.authority import SandboxAuthority, Usage
from tests.bench.reports import REPORT_PAGES, seed_reports
from tests.integration.console.seat import PASSWORD, a_seat
from tests.integration.gateway.world import World, a_world
from tests.postgres import running_postgres

FEW, MANY = 1_000, 1_000_000
TIMES: Final = 9
_OF_PARTY: Final = "/deliveries?party=akimat-almaty"
_RESEND: Final = "/deliveries/acts?of=all&act=resend"
PAGES: Final = {
    **REPORT_PAGES,
    "all, newest first": "/deliveries",
    "all, oldest first": "/deliveries?order=oldest",
    "a page from the middle": "/deliveries?after={middle}",
    "acknowledged": "/deliveries?state=acknowledged",
    "acknowledged, older than 3 days": "/deliveries?state=acknowledged&older=3d",
    "all that have not ended, oldest first": "/deliveries?state=open&order=oldest",
    "dead letters": "/deliveries?state=dead_lettered",
    "of one party": "/deliveries?party=akimat-almaty",
    "parked of one party": "/deliveries?party=akimat-almaty&state=parked",
    "acknowledged of one party, older than 1 day": "/deliveries?party=akimat-almaty&state=acknowledged&older=1d",
    "of one operation": "/deliveries?action=AssignAppeal",
    "of one party and operation, acknowledged": _OF_PARTY + "&action=AssignAppeal&state=acknowledged",
    "by error code": "/deliveries?code=UnknownSubject",
    "by error code, of one party, refused": "/deliveries?code=UnknownSubject&party=akimat-almaty&state=rejected",
    "made in two days": "/deliveries?period=made&{period}",
    "ended in two days": "/deliveries?period=ended&{period}",
    "refused in two days": "/deliveries?period=ended&{period}&state=rejected",
    "all dead letters of a party, to be resent": _RESEND + "&state=dead_lettered&party=akimat-almaty",
    "dead letters by cause": "/dead-letters",
    "overview": "/",
    "by the number of an appeal": "/deliveries?number=DL-2026-{appeal:010d}",
    "by the number of a message": "/deliveries?number=m-{middle}",
    "appeals, newest first": "/appeals",
    "appeals, a page from the middle": "/appeals?after=DL-2026-{appeal:010d}",
    "appeals of one body, older than 1 day": "/appeals?body=akimat-almaty&older=1d",
    "appeals in court": "/appeals?status=court",
    "appeals refused by the court, of one body": "/appeals?status=court_refused&body=smas-almaty",
    "appeals whose applicant disagreed": "/appeals?status=disagreed&order=oldest",
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
    "audit log, of one person, one act": "/audit?who=nurlan&act=delivery.parked",
    "audit log, refused acts of one person": "/audit?who=nurlan&refused=1",
    "audit log, of one thing": "/audit?subject={middle}",
    "audit log, one act within two days": "/audit?act=party.paused&since=2026-11-20&until=2026-11-21",
    "looks of our people": "/accesses",
    "looks of one person at envelopes": "/accesses?who=aigerim&what=envelope",
    "looks at one appeal, also of parties": "/accesses?about=DL-2026-{appeal:010d}&scope=all",
    "looks at documents, also of parties": "/accesses?what=document&scope=all",
    "alarms, open and over": "/alarms",
    "alarms of one kind": "/alarms?kind=party_silent",
    "alarms of a rare kind": "/alarms?kind=disk_low",
    "alarms, a page from the middle": "/alarms?after={middle}",
    "one alarm": "/alarms/{middle}",
    "support desk: a number of an appeal": "/find?number=DL-2026-{appeal:010d}",
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
    "users, from a name on": "/users?since=user-{middle}",
    "users of a role that few have": "/users?role=auditor",
    "one user": "/users/user-{middle}",
}

_NUMBERS: Final = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :many) ",
    "postgresql": "WITH numbers AS (SELECT n::bigint FROM generate_series(1, :many) AS n) ",
}
_STATE: Final = (
    "CASE WHEN n % :step = 1 THEN 'dead_lettered' WHEN n % :step = 3 THEN 'parked' WHEN n % :step = 2 THEN 'rejected' "
    "WHEN n % 200 = 4 THEN 'retry_scheduled' ELSE 'acknowledged' END"
)
_CONVERSATIONS: Final = (
    "conversations (conversation_id, appeal_number, opened_by, opened_at, seq)",
    "SELECT 'c-' || n, 'DL-2026-' || substr('000000000' || n, -10), 'eotinish', :start + n, 1",
)
_MESSAGES: Final = (
    "messages (sender, message_id, recipient, conversation_id, action, outgoing, digest, operation, at)",
    "SELECT 'dalel', 'm-' || n, 'akimat-almaty', 'c-' || n, 'AssignAppeal', true, 'd', NULL, :start + n",
)
_DELIVERIES: Final = (
    (
        "deliveries (conversation_id, sender, message_id, recipient, action, channel, priority, state, attempts, "
        "next_attempt_at, fence, created_at, finished_at, escalated, code)"
    ),
    (
        "SELECT 'c-' || n, 'dalel', 'm-' || n, CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        f"'AssignAppeal', 'push', 2, {_STATE}, 1, CASE WHEN n % 200 = 4 THEN :start + n END, 1, :start + n * :apart, "
        f"CASE WHEN {_STATE} IN ('acknowledged', 'rejected') THEN :start + n * :apart + n % 977 * 9973 END, 0, "
        f"CASE {_STATE} WHEN 'rejected' THEN 'UnknownSubject' WHEN 'dead_lettered' THEN 'NoSuchParty' END"
    ),
)
_LISTED: Final = (
    (
        "listed_appeals (conversation_id, opened_at, seq, status, subject, body, case_number, disagreed, missed, "
        "has_missed, persons_key)"
    ),
    (
        "SELECT 'c-' || n, :start + n * :apart, 1, CASE WHEN n % :step = 1 THEN 'court_refused' "
        "WHEN n % 10 = 4 THEN 'replied' ELSE 'closed' END, 'HOUSING-QUEUE', "
        "CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        "CASE WHEN n % :step = 1 THEN 'case-7' ELSE 'case-' || (n + 10) END, n % 10 <> 4, "
        "CASE WHEN n % :step < 3 THEN 1 ELSE 0 END, n % :step < 3, NULL"
    ),
)
_TERMS: Final = (
    "terms (conversation_id, term_id, duty, party, due_at, remind_at, state, breached_at, closed_at)",
    (
        "SELECT 'c-' || n, 't-1', 'consideration', CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        ":start + n * :apart + 10 * 86400000000, NULL, CASE WHEN n % :step = 1 THEN 'breached' "
        "WHEN n % 2 = 0 THEN 'open' ELSE 'met' END, CASE WHEN n % :step = 1 THEN :start + n * :apart END, NULL"
    ),
)
_ATTEMPTS: Final = (
    "attempts (delivery_id, number, started_at, finished_at, outcome)",
    "SELECT n, 1, :start + n * :apart, :start + n * :apart + 100000, CASE WHEN n % 7 = 0 THEN 'Unknown' ELSE 'Acknowledged' END",  # noqa: E501 - SQL
)
_REFUSALS: Final = (
    "refusals (at, path, remote, code, detail, sender, message_id, request_sha256, size)",
    (
        "SELECT :start + n * :apart, '/soap/v1/agency', '127.0.0.1', CASE WHEN n % :step = 1 THEN 'NotXml' "
        "ELSE 'SchemaViolation' END, 'why', CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, "
        "'m-' || n, 'd', 7"
    ),
)
_INCIDENTS: Final = (
    ("incidents (thread, number, party, message_id, severity, text, contact, reported_at, state, about_message_id)"),
    (
        "SELECT 't-' || n, 'IN-' || n, CASE WHEN n % 3 = 0 THEN 'akimat-almaty' ELSE 'smas-almaty' END, 'r-' || n, "
        "'normal', 'why', 'who', :start + n * :apart, CASE WHEN n % :step < 4 THEN 'open' ELSE 'closed' END, 'a-' || n"
    ),
)
_NOTES: Final = (
    "notes (at, about, key, text, author, to_role, closed_at)",
    (
        "SELECT :start + n * :apart, 'delivery', n || '', 'why', 'nurlan', 'operator', "
        "CASE WHEN n % :step < 2 THEN NULL ELSE :start + n * :apart END"
    ),
)

_AUDIT: Final = (
    "audit_log (at, by, act, subject, reason, result)",
    (
        "SELECT :start + n * :apart, CASE WHEN n % :step = 1 THEN 'console:nurlan' ELSE 'cleaner' END, "
        "CASE WHEN n % :step IN (1, 5) THEN 'delivery.parked' WHEN n % :step = 7 THEN 'party.paused' "
        "ELSE 'payload.erased' END, CAST(n AS TEXT), 'why', CASE WHEN n % :step < 4 THEN 'refused: x' ELSE 'done' END"
    ),
)
_ACCESSES: Final = (
    "accesses (at, reader, what, subject, about)",
    (
        "SELECT :start + n * :apart, CASE WHEN n % :step = 1 THEN 'user:1' ELSE 'akimat-almaty' END, "
        "CASE WHEN n % :step = 1 THEN 'envelope' WHEN n % :step = 2 THEN 'document' WHEN n % 2 = 1 THEN 'mailbox' "
        "ELSE 'history' END, CAST(n AS TEXT), 'DL-2026-' || substr('000000000' || n, -10)"
    ),
)
_LEAVES: Final = (
    "leaves (record, key, digest, content, at, position)",
    (
        "SELECT 'audit_log', '[' || (n + (SELECT max(audit_id) FROM audit_log) - :many) || ']', "
        "CAST('x' AS BLOB), CAST('x' AS BLOB), :start + n, n - 1"
    ),
)
_USERS: Final = (
    "users (name, role, password_hash, created_at, failures)",
    "SELECT 'user-' || n, CASE WHEN n % :step = 1 THEN 'auditor' ELSE 'viewer' END, '', :start + n, 0",
)
_ALARMS: Final = (
    "alarms (kind, subject, level, rank, raised_at, louder_at, told_at, returns, cleared_at)",
    (
        "SELECT CASE WHEN n % :step = 1 THEN 'disk_low' WHEN n % 2 = 0 THEN 'party_silent' ELSE 'oldest_over' END, "
        "'party-' || n, 'alarm', 0, :start + n * :apart, :start + n * :apart, :start + n * :apart, 0, "
        "CASE WHEN n % :step = 2 THEN NULL ELSE :start + n * :apart END"
    ),
)
_STEPS: Final = (
    "alarm_steps (alarm_id, at, happening, level)",
    "SELECT n, :start + n * :apart, 'raised', 'alarm'",
)

PARTIES: Final = 1_000


SEEDED: Final = (
    _CONVERSATIONS, _MESSAGES, _DELIVERIES, _LISTED, _TERMS, _ATTEMPTS, _REFUSALS, _AUDIT, _ACCESSES, _LEAVES,
    _USERS, _ALARMS, _STEPS, _INCIDENTS, _NOTES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timed:
    """Median of a page, in milliseconds."""

    page: str
    ms: float


def seed(connection: Connection, many: int, *, start: int) -> None:
    """So many of each of the last ten days; a hundred of each rare state, so that pages are equally long."""
    dialect = connection.dialect.name
    values = {"many": many, "start": start, "apart": 10 * 86_400_000_000 // many, "step": many // 100}
    for into, select in SEEDED:
        rows = (
            select if dialect == "sqlite" else select.replace("substr('000000000' || n, -10)", "lpad(n::text, 10, '0')")
        )
        rows = rows if dialect == "sqlite" else rows.replace("AS BLOB", "AS BYTEA")
        if dialect == "sqlite":
            statement = f"INSERT INTO {into} {_NUMBERS[dialect]} {rows} FROM numbers"
        else:
            statement = f"{_NUMBERS[dialect]} INSERT INTO {into} {rows} FROM numbers"
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        connection.execute(text(statement), used)
    connection.execute(text("ANALYZE"))


async def add_parties(world: World) -> None:
    """A thousand in the registry, each with a certificate of its own."""
    registry, now = await world.exchange.store.load_registry(), world.clock.now()
    authority = SandboxAuthority.create("Bench CA", now=now)
    pattern = registry.parties[0]
    more = [PartyId(f"party-{n:04d}") for n in range(PARTIES - len(registry.parties))]
    keys = await asyncio.to_thread(
        lambda: [authority.issue(one, bin=pattern.bin, usage=Usage.MESSAGE, now=now) for one in more]
    )
    made = [
        replace(pattern, party_id=one, role=Role.AGENCY, certificates=(key.certificate.der,))
        for one, key in zip(more, keys, strict=True)
    ]
    await world.apply(replace(registry, parties=(*registry.parties, *made)))


async def timed(folder: Path, url: str | None, many: int) -> list[Timed]:
    """Every page of a console over so many."""
    async with a_world(folder, database_url=url) as world:
        ten_days = 10 * 86_400_000_000
        await add_parties(world)
        start = int(world.clock.now().timestamp() * 1_000_000) - ten_days
        engine = writing_engine(world.database_url, connections=1)
        with engine.begin() as connection:
            seed(connection, many, start=start)
            seed_reports(connection, many, start=start)
        engine.dispose()
        async with a_seat(world) as seat, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            await seat.user("aigerim", access.Role.ADMIN)
            await _sign_in(http, seat.url)
            filled = partial(_filled, many=many, now=world.clock.now())
            return [Timed(page, await _median(http, seat.url + filled(path)))
                    for page, path in PAGES.items()]  # fmt: skip


def _filled(path: str, many: int, now: datetime) -> str:
    period = f"from={minute_of(now - timedelta(days=6))}&until={minute_of(now - timedelta(days=4))}"
    return path.format(middle=many // 2, appeal=many // 2, period=period)


async def _sign_in(http: aiohttp.ClientSession, url: str) -> None:
    async with http.get(f"{url}/login") as page:
        (token,) = re.findall(r'name="form_token" value="(\w+)"', await page.text())
    form = {"name": "aigerim", "password": PASSWORD, "form_token": token, "next": ""}
    async with http.post(f"{url}/login", data=form) as home:
        assert home.url.path == "/console/", "not signed in"


async def _median(http: aiohttp.ClientSession, url: str) -> float:
    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        async with http.get(url) as answer:
            body = await answer.text()
        took.append((time.perf_counter() - began) * 1_000)
        assert answer.status == 200, url
        assert "<table" in body or 'class="big"' in body or 'id="sure-name"' in body, f"nothing found: {url}"
    return statistics.median(took)


Timing = Callable[[Path, str | None, int], Awaitable[list[Timed]]]
"""How long each page takes in a new database with so many of everything."""


async def compare(name: str, urls: tuple[str | None, str | None], timed: Timing) -> None:
    """Print the pages of one database."""
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        small = await timed(Path(few), urls[0], FEW)
        large = await timed(Path(many), urls[1], MANY)
    print(f"\n{name}: page{'':38} {FEW:>9,} {MANY:>11,}   times")
    for one, other in zip(small, large, strict=True):
        print(f"  {one.page:<48} {one.ms:>6.1f} ms {other.ms:>8.1f} ms {other.ms / one.ms:>7.1f}")


async def main(only: str, timed: Timing) -> None:
    """Both databases, or the one that is named."""
    if only in {"", "sqlite"}:
        await compare("SQLite", (None, None), timed)
    if only in {"", "postgresql"}:
        with running_postgres() as server, server.database() as few, server.database() as many:
            await compare("PostgreSQL", (few, many), timed)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "", timed))
