"""The list of appeals, and the search by any number: a person's goes by a form and stands in no address."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlencode

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.listed import add_list, shown
from gateway.console.typed import words_of
from gateway.domain.people.access import Right
from gateway.domain.people.persons import is_person_number
from gateway.lists.appeals import APPEALS, AppealParams
from gateway.lists.listing import ListPage
from gateway.service.cases.find_cases import FoundCases, Searcher, SearchTrouble, find_cases
from gateway.texts.language import marked

TEMPLATE: Final = "lists/appeals.html"
TROUBLE_WORDS: Final = {
    SearchTrouble.NOT_ALLOWED: marked("Your role does not look for cases by IIN or BIN."),
    SearchTrouble.NO_KEY: marked("This node has no key to look for persons with."),
    SearchTrouble.OTHER_KEY: marked(
        "This node has another key than the one that persons are listed by. Copy that key here."
    ),
}


def add_routes(app: web.Application) -> None:
    """``/appeals`` itself."""
    add_list(app, APPEALS, template=TEMPLATE, first=_by_number)
    app.router.add_get("/appeals/find", _back)
    app.router.add_post("/appeals/find", _find)


def address_of(number: str) -> str:
    """The page of an appeal; a number may hold whatever its system gave it."""
    return f"{PREFIX}/appeals/{quote(number, safe='')}"


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
    return await _shown(request, found)


async def _back(_: web.Request) -> web.StreamResponse:
    """The answer of a search is not loaded anew: nothing in an address says what was looked for."""
    raise web.HTTPSeeOther(f"{PREFIX}/appeals")


async def _by_number(request: web.Request) -> web.StreamResponse | None:
    """Somebody's own link may hold a person's number: nothing is looked for by it, and it is not shown again."""
    number = words_of(request.query.get("number", ""))
    if not number:
        return None
    if is_person_number(number):
        raise web.HTTPSeeOther(f"{PREFIX}/appeals")
    found = await find_cases(request.config_dict[CONTEXT].exchange, _seeker(request), number)
    if len(found.cases) == 1:
        raise web.HTTPSeeOther(address_of(found.cases[0].appeal_number))
    return await _shown(request, found, number)


def _seeker(request: web.Request) -> Searcher:
    context = request.config_dict[CONTEXT]
    return Searcher(request[SESSION].user, context.reads, context.persons)


async def _shown(request: web.Request, cases: FoundCases, number: str = "") -> web.Response:
    trouble = TROUBLE_WORDS[cases.trouble] if cases.trouble else ""
    rows: ListPage[Any] = ListPage(cases.cases)
    return await shown(
        request, APPEALS, AppealParams(), rows, template=TEMPLATE, cases=cases, number=number, trouble=trouble
    )
