"""The list of appeals, and the search by any number: a person's goes by a form and stands in no address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from contracts.party import PartyRole
from dossier.case.appeal import Status
from gateway.console import csv_export
from gateway.console.appeals.filters import AGES, GROUP_WORDS, AppealFilter
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.filters import PAGE, words_of
from gateway.console.guard import require
from gateway.console.language import marked
from gateway.console.pages import when
from gateway.console.respond import page
from gateway.domain.people.access import Right
from gateway.domain.people.persons import is_person_number
from gateway.ports.appeals import AppealRow
from gateway.ports.operations import Reads
from gateway.service.cases.find_cases import FoundCases, Searcher, SearchTrouble, find_cases

HEADINGS: Final = (
    "appeal", "opened_almaty", "status", "subject", "body", "disagreed", "terms_missed", "next_due_almaty",
    "court_case",
)  # fmt: skip
_AT_ONCE: Final = 1_000

TROUBLE_WORDS: Final = {
    SearchTrouble.NOT_ALLOWED: marked("Your role does not look for cases by IIN or BIN."),
    SearchTrouble.NO_KEY: marked("This node has no key to look for persons with."),
    SearchTrouble.OTHER_KEY: marked(
        "This node has another key than the one that persons are listed by. Copy that key here."
    ),
}


@dataclass(frozen=True, slots=True)
class AppealList:
    """One page. ``next_after``: where the next begins; empty on the last one. ``found``: what a search came to."""

    rows: tuple[AppealRow, ...]
    filter: AppealFilter
    next_after: str
    now: datetime
    found: FoundCases | None = None


def add_routes(app: web.Application) -> None:
    """``/appeals`` itself."""
    app.router.add_get("/appeals", _list)
    app.router.add_get("/appeals.csv", _csv)
    app.router.add_get("/appeals/find", _back)
    app.router.add_post("/appeals/find", _find)


def address_of(number: str) -> str:
    """The page of an appeal; a number may hold whatever its system gave it."""
    return f"{PREFIX}/appeals/{quote(number, safe='')}"


async def _list(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    context, filters = request.config_dict[CONTEXT], AppealFilter.read(request.query)
    now = context.exchange.clock.now()
    if filters.number:
        return await _by_number(request, filters.number)
    found = await context.reads.run(filters.to_query(now, limit=PAGE + 1))
    rows = found[:PAGE]
    return _shown(request, AppealList(rows, filters, rows[-1].appeal_number if len(found) > PAGE else "", now))


async def _find(request: web.Request) -> web.StreamResponse:
    """What a person is called by is answered right here; anything else becomes an address that one can pass on."""
    require(request, Right.SEE)
    words = words_of(str((await request.post()).get("number", "")))
    if not is_person_number(words):
        raise web.HTTPSeeOther(f"{PREFIX}/appeals?{urlencode({'number': words})}" if words else f"{PREFIX}/appeals")
    context = request.config_dict[CONTEXT]
    found = await find_cases(context.exchange, _seeker(request), words)
    if found.trouble is SearchTrouble.NOT_ALLOWED:
        raise web.HTTPForbidden
    return _shown(request, AppealList(found.cases, AppealFilter(), "", context.exchange.clock.now(), found))


async def _back(_: web.Request) -> web.StreamResponse:
    """The answer of a search is not loaded anew: nothing in an address says what was looked for."""
    raise web.HTTPSeeOther(f"{PREFIX}/appeals")


async def _by_number(request: web.Request, number: str) -> web.StreamResponse:
    """Somebody's own link may hold a person's number: nothing is looked for by it, and it is not shown again."""
    context = request.config_dict[CONTEXT]
    if is_person_number(number):
        raise web.HTTPSeeOther(f"{PREFIX}/appeals")
    found = await find_cases(context.exchange, _seeker(request), number)
    if len(found.cases) == 1:
        raise web.HTTPSeeOther(address_of(found.cases[0].appeal_number))
    return _shown(
        request, AppealList(found.cases, AppealFilter(number=number), "", context.exchange.clock.now(), found)
    )


def _seeker(request: web.Request) -> Searcher:
    context = request.config_dict[CONTEXT]
    return Searcher(request[SESSION].user, context.reads, context.persons)


def _shown(request: web.Request, shown: AppealList) -> web.Response:
    parties = request.config_dict[CONTEXT].exchange.directory().registry.parties
    trouble = shown.found and shown.found.trouble
    return page(
        request,
        "appeals/list.html",
        shown=shown,
        trouble=TROUBLE_WORDS[trouble] if trouble else "",
        statuses=tuple(Status),
        groups=GROUP_WORDS,
        ages=AGES,
        bodies=sorted((one for one in parties if one.role is PartyRole.AGENCY), key=lambda party: party.party_id),
    )


async def _csv(request: web.Request) -> web.StreamResponse:
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], AppealFilter.read(request.query)
    now = context.exchange.clock.now()
    return await csv_export.written(
        request, f"appeals-{now:%Y%m%d-%H%M%S}", HEADINGS, _pages(context.reads, filters, now)
    )


async def _pages(reads: Reads, filters: AppealFilter, now: datetime) -> AsyncIterator[list[tuple[str, ...]]]:
    left = csv_export.MOST
    while left > 0:
        query = filters.to_query(now, limit=min(_AT_ONCE, left))
        rows = await reads.run(query)
        if rows:
            yield [_cells(row) for row in rows]
        if len(rows) < query.limit:
            return
        filters, left = replace(filters, after=rows[-1].appeal_number), left - len(rows)


def _cells(row: AppealRow) -> tuple[str, ...]:
    row_cells = (
        row.appeal_number, when(row.opened_at), row.status or "", row.subject, row.body or "",
        "1" if row.disagreed else "0", str(row.missed), when(row.next_due_at), row.case_number or "",
    )  # fmt: skip
    return tuple(map(csv_export.harmless, row_cells))
