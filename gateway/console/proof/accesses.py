"""Who looked at personal data: the list, and looks at the cases of one number or person."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from gateway.console.appeals.listing import TROUBLE_WORDS
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.listed import add_list, shown, source_of
from gateway.console.typed import words_of
from gateway.domain.people.access import Right
from gateway.lists.accesses import ACCESSES, AccessParams, accesses
from gateway.lists.listing import ListPage
from gateway.ports.audit import AccessQuery
from gateway.service.cases.find_cases import Searcher, SearchTrouble, find_cases

TEMPLATE: Final = "lists/accesses.html"
MOST_OF_PERSON: Final = 200
"""Looks at all cases of a person, the newest; one of its cases has all of its own."""


def add_routes(app: web.Application) -> None:
    """``/accesses``."""
    add_list(app, ACCESSES, template=TEMPLATE)
    app.router.add_get("/accesses/find", _back)
    app.router.add_post("/accesses/find", _find)


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
        query = urlencode({"about": found.cases[0].appeal_number, "everybody": "true"})
        raise web.HTTPSeeOther(f"{PREFIX}/accesses?{query}")
    about = tuple(case.appeal_number for case in found.cases)
    wanted = AccessQuery(about=about, ours=False, limit=MOST_OF_PERSON)
    entries: ListPage[Any] = await accesses(source_of(request), wanted) if about else ListPage(())
    trouble = TROUBLE_WORDS[found.trouble] if found.trouble else ""
    return await shown(request, ACCESSES, AccessParams(), entries, template=TEMPLATE, cases=found, trouble=trouble)


async def _back(_: web.Request) -> web.StreamResponse:
    """The answer of a search is not loaded anew: nothing in an address says what was looked for."""
    raise web.HTTPSeeOther(f"{PREFIX}/accesses")
