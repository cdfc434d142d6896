"""The list of deliveries: narrowed as its address says, by a person's number through a form, and as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiohttp import web

from contracts.header import Action
from gateway.console import csv_export, queries
from gateway.console.appeals.listing import TROUBLE_WORDS
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.filters import AGES, GROUP_WORDS, PERIODS, Filter, words_of
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.persons import is_person_number
from gateway.ports.console import DeliveryQuery
from gateway.ports.people.views import ListViews
from gateway.service.cases.find_cases import FoundCases, Searcher, SearchTrouble, find_cases

MOST_OFFERED: Final = 12
"""Saved views above the list; all of them have a page of their own."""


def add_routes(app: web.Application) -> None:
    """``/deliveries`` itself."""
    app.router.add_get("/deliveries", _list)
    app.router.add_get("/deliveries.csv", _csv)
    app.router.add_get("/deliveries/find", _back)
    app.router.add_post("/deliveries/find", _find)


async def _list(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    context, filters = request.config_dict[CONTEXT], Filter.read(request.query)
    if is_person_number(filters.number):  # somebody's own link: nothing is looked for by it, and it is not shown again
        raise web.HTTPSeeOther(f"{PREFIX}/deliveries")
    found = await queries.delivery_list(context.reads, filters, now=context.exchange.clock.now())
    if filters.number and len(found.rows) == 1 and filters == Filter(number=filters.number):
        raise web.HTTPSeeOther(f"{PREFIX}/deliveries/{found.rows[0].delivery_id}")
    return await _shown(request, found)


async def _find(request: web.Request) -> web.StreamResponse:
    """What a person is called by is answered right here; anything else becomes an address that one can pass on."""
    require(request, Right.SEE)
    words = words_of(str((await request.post()).get("number", "")))
    if not is_person_number(words):
        raise web.HTTPSeeOther(f"{PREFIX}/deliveries?{Filter(number=words).address()}")
    context = request.config_dict[CONTEXT]
    seeker = Searcher(request[SESSION].user, context.reads, context.persons)
    cases = await find_cases(context.exchange, seeker, words)
    if cases.trouble is SearchTrouble.NOT_ALLOWED:
        raise web.HTTPForbidden
    of = tuple(case.conversation_id for case in cases.cases)
    rows = (await context.reads.run(DeliveryQuery(conversations=of))).rows if of else ()
    return await _shown(request, queries.DeliveryList(rows, Filter(), None, context.exchange.clock.now()), cases)


async def _back(_: web.Request) -> web.StreamResponse:
    """The answer of a search is not loaded anew: nothing in an address says what was looked for."""
    raise web.HTTPSeeOther(f"{PREFIX}/deliveries")


async def _shown(request: web.Request, found: queries.DeliveryList, cases: FoundCases | None = None) -> web.Response:
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    views = await context.reads.run(ListViews(user.user_id))
    here = found.filter.address(after=None)
    return page(
        request,
        "deliveries/list.html",
        found=found,
        cases=cases,
        trouble=TROUBLE_WORDS[cases.trouble] if cases and cases.trouble else "",
        counted=await context.counts.current(),
        states=tuple(DeliveryState),
        actions=tuple(Action),
        groups=GROUP_WORDS,
        ages=AGES,
        periods=PERIODS,
        parties=sorted(context.exchange.directory().registry.parties, key=lambda party: party.party_id),
        acts=tuple(act for act in Act if authorise(user.role, act).is_allowed),
        act_words=queries.ACT_WORDS,
        views=views[:MOST_OFFERED],
        here_is=next((view for view in views if view.query == here), None),
        whole=replace(found.filter, oldest_first=False, after=None).address(),
    )


async def _csv(request: web.Request) -> web.StreamResponse:
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], Filter.read(request.query)
    if is_person_number(filters.number):
        raise web.HTTPBadRequest
    return await csv_export.answer(request, context.reads, filters, context.exchange.clock.now())
