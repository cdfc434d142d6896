"""The list of deliveries: with acts on many, and by a person's number through a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from gateway.console.appeals.listing import TROUBLE_WORDS
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.listed import add_list, shown
from gateway.console.typed import words_of
from gateway.domain.delivery.acts import Act
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.persons import is_person_number
from gateway.lists.deliveries import DELIVERIES
from gateway.lists.listing import ListPage
from gateway.ports.console import DeliveryQuery
from gateway.reading.deliveries import ACT_WORDS
from gateway.service.cases.find_cases import Searcher, SearchTrouble, find_cases

TEMPLATE: Final = "lists/deliveries.html"


def add_routes(app: web.Application) -> None:
    """``/deliveries`` itself."""
    add_list(app, DELIVERIES, template=TEMPLATE, more=_more)
    app.router.add_get("/deliveries/find", _back)
    app.router.add_post("/deliveries/find", _find)


async def _more(request: web.Request, _: object, found: ListPage[Any]) -> Mapping[str, Any]:
    """Leads on where a number alone finds one."""
    given = {name for name, value in request.query.items() if value.strip()}
    if given == {"number"} and len(found.rows) == 1:
        raise web.HTTPSeeOther(f"{PREFIX}/deliveries/{found.rows[0].delivery_id}")
    return await _around(request)


async def _find(request: web.Request) -> web.StreamResponse:
    """What a person is called by is answered right here; anything else becomes an address that one can pass on."""
    require(request, Right.SEE)
    words = words_of(str((await request.post()).get("number", "")))
    if not is_person_number(words):
        raise web.HTTPSeeOther(f"{PREFIX}/deliveries?{urlencode({'number': words})}")
    context = request.config_dict[CONTEXT]
    seeker = Searcher(request[SESSION].user, context.reads, context.persons)
    cases = await find_cases(context.exchange, seeker, words)
    if cases.trouble is SearchTrouble.NOT_ALLOWED:
        raise web.HTTPForbidden
    of = tuple(case.conversation_id for case in cases.cases)
    rows = (await context.reads.run(DeliveryQuery(conversations=of))).rows if of else ()
    further = await _around(request) | {"trouble": TROUBLE_WORDS[cases.trouble] if cases.trouble else ""}
    return await shown(
        request, DELIVERIES, DELIVERIES.params(), ListPage(rows), template=TEMPLATE, cases=cases, **further
    )


async def _back(_: web.Request) -> web.StreamResponse:
    """The answer of a search is not loaded anew: nothing in an address says what was looked for."""
    raise web.HTTPSeeOther(f"{PREFIX}/deliveries")


async def _around(request: web.Request) -> dict[str, Any]:
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    counted = await context.counts.current()
    return {
        "counted": counted,
        "live": "/live",
        "version": counted.version,
        "acts": tuple(act for act in Act if authorise(user.role, act).is_allowed),
        "act_words": ACT_WORDS,
    }
