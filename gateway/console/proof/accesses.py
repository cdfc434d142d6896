"""Who looked at personal data: of which appeal or person, and when. Parties' signed reads stand there on demand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from contracts.payloads import PART_BYTES
from gateway.console import csv_export
from gateway.console.appeals.listing import TROUBLE_WORDS
from gateway.console.appeals.story import papers_named
from gateway.console.context import CONTEXT, PREFIX, SESSION, ConsoleContext
from gateway.console.filters import PAGE, words_of
from gateway.console.guard import require
from gateway.console.pages import when
from gateway.console.proof import words
from gateway.console.proof.acts import leaf_text
from gateway.console.proof.filters import AccessFilter, names_a_person
from gateway.console.respond import page
from gateway.domain.people.access import Right
from gateway.ports.audit import AccessEntry, AccessQuery
from gateway.ports.case import FindConversation, LoadCase
from gateway.ports.documents import StoredDocument
from gateway.ports.users import FindUser, FindUserNames
from gateway.service.cases.find_cases import FoundCases, Searcher, SearchTrouble, find_cases

HEADINGS: Final = ("access", "at_almaty", "reader", "name", "what", "appeal", "subject", "leaf")
MOST_OF_PERSON: Final = 200
"""Looks at all cases of a person, the newest; one of its cases has all of its own."""
_MOST_PARTS: Final = 400
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class AccessList:
    """One page. ``names``: of users, as the log calls them. ``found``: what a search came to."""

    entries: tuple[AccessEntry, ...]
    filter: AccessFilter
    next_after: int | None
    names: Mapping[str, str] = field(default_factory=dict)
    found: FoundCases | None = None


def add_routes(app: web.Application) -> None:
    """``/accesses``."""
    app.router.add_get("/accesses", _list)
    app.router.add_get("/accesses.csv", _csv)
    app.router.add_get("/accesses/find", _back)
    app.router.add_post("/accesses/find", _find)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.AUDIT)
    if names_a_person(request.query):
        raise web.HTTPSeeOther(f"{PREFIX}/accesses")
    context, filters = request.config_dict[CONTEXT], AccessFilter.read(request.query)
    found = await context.reads.run(await _query(context, filters, limit=PAGE + 1))
    entries = found[:PAGE]
    names = await _names(context, entries)
    after = entries[-1].access_id if len(found) > PAGE else None
    return _shown(request, AccessList(entries, filters, after, names))


async def _find(request: web.Request) -> web.StreamResponse:
    """By any number. A person's is answered right here; of anything else the appeal's number becomes an address."""
    require(request, Right.AUDIT)
    context = request.config_dict[CONTEXT]
    number = words_of(str((await request.post()).get("number", "")))
    if not number:
        raise web.HTTPSeeOther(f"{PREFIX}/accesses")
    found = await find_cases(context.exchange, Searcher(request[SESSION].user, context.reads, context.persons), number)
    if found.trouble is SearchTrouble.NOT_ALLOWED:
        raise web.HTTPForbidden
    if not found.by_person and len(found.cases) == 1:
        query = urlencode({"about": found.cases[0].appeal_number, "scope": "all"})
        raise web.HTTPSeeOther(f"{PREFIX}/accesses?{query}")
    about = tuple(case.appeal_number for case in found.cases)
    wanted = AccessQuery(about=about, ours=False, limit=MOST_OF_PERSON)
    entries = await context.reads.run(wanted) if about else ()
    return _shown(request, AccessList(entries, AccessFilter(), None, await _names(context, entries), found))


async def _back(_: web.Request) -> web.StreamResponse:
    """The answer of a search is not loaded anew: nothing in an address says what was looked for."""
    raise web.HTTPSeeOther(f"{PREFIX}/accesses")


def _shown(request: web.Request, shown: AccessList) -> web.Response:
    trouble = shown.found and shown.found.trouble
    return page(
        request, "proof/looks.html", shown=shown, access_words=words, trouble=TROUBLE_WORDS[trouble] if trouble else ""
    )


async def _query(context: ConsoleContext, filters: AccessFilter, *, limit: int) -> AccessQuery:
    """The log calls users by their numbers; a page is asked for by their names."""
    user = await context.reads.run(FindUser(filters.who)) if filters.who else None
    about = (filters.about, *await _parts_of(context, filters.about)) if filters.about else ()
    return filters.to_query(f"user:{user.user_id}" if user else filters.who, about, limit=limit)


async def _names(context: ConsoleContext, entries: Iterable[AccessEntry]) -> Mapping[str, str]:
    return await context.reads.run(FindUserNames({entry.reader for entry in entries}))


async def _parts_of(context: ConsoleContext, number: str) -> tuple[str, ...]:
    """What the log calls the documents of an appeal where a party read them, which does not say for which appeal."""
    conversation_id = await context.reads.run(FindConversation(number))
    case = await context.reads.run(LoadCase(conversation_id)) if conversation_id else None
    if case is None:
        return ()
    found = await context.exchange.documents.find(list(papers_named(case.events)))
    return tuple(part for document in found.values() for part in _parts(document))[:_MOST_PARTS]


def _parts(document: StoredDocument) -> Iterator[str]:
    for part in range(1, 1 + max(1, -(-document.size // PART_BYTES))):
        yield f"{document.document_id}#{part}"


async def _csv(request: web.Request) -> web.StreamResponse:
    require(request, Right.AUDIT)
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], AccessFilter.read(request.query)
    name = f"accesses-{context.exchange.clock.now():%Y%m%d-%H%M%S}"
    wanted = await _query(context, filters, limit=_AT_ONCE)
    return await csv_export.written(request, name, HEADINGS, _pages(context, wanted))


async def _pages(context: ConsoleContext, wanted: AccessQuery) -> AsyncIterator[list[tuple[str, ...]]]:
    left = csv_export.MOST
    while left > 0:
        wanted = replace(wanted, limit=min(_AT_ONCE, left))
        entries = await context.reads.run(wanted)
        if entries:
            names = await _names(context, entries)
            yield [_cells(entry, names) for entry in entries]
        if len(entries) < wanted.limit:
            return
        wanted, left = replace(wanted, after=entries[-1].access_id), left - len(entries)


def _cells(entry: AccessEntry, names: Mapping[str, str]) -> tuple[str, ...]:
    row_cells = (
        str(entry.access_id), when(entry.at), entry.reader, names.get(entry.reader, ""), entry.what,
        entry.about or "", entry.subject, leaf_text(entry.leaf),
    )  # fmt: skip
    return tuple(map(csv_export.harmless, row_cells))
