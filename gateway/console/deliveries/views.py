"""Views of the list that people save, for themselves or for all who sign in."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.console.typed import words_of
from gateway.domain.people.access import Right
from gateway.lists.deliveries import DELIVERIES
from gateway.lists.listing import ListRefusal, address
from gateway.ports.people.views import ForgetView, ListViews, SaveView
from gateway.service.authorise import audit_name

LONGEST_NAME: Final = 60
_A_PERSONS: Final = re.compile(r"\d{12}")
"""May be somebody's number, which stands in no name that others read."""


def add_routes(app: web.Application) -> None:
    """``/deliveries/views``."""
    app.router.add_get("/deliveries/views", _list)
    app.router.add_post("/deliveries/views", _save)
    app.router.add_post(r"/deliveries/views/{view:\d{1,18}}/remove", _remove)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    views = await request.config_dict[CONTEXT].reads.run(ListViews(request[SESSION].user.user_id, DELIVERIES.key))
    return page(request, "deliveries/views.html", views=views)


async def _save(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    context, user, form = request.config_dict[CONTEXT], request[SESSION].user, await request.post()
    name = words_of(str(form.get("name", "")), longest=LONGEST_NAME)
    try:
        params = DELIVERIES.parse(dict(parse_qsl(str(form.get("query", ""))[:2_000])))
    except ListRefusal as refused:
        raise web.HTTPBadRequest from refused
    query = address(params, after=None)
    if not name or _A_PERSONS.search(name) or DELIVERIES.persons_in(params) or not query:
        raise web.HTTPBadRequest
    is_shared, now = form.get("shared") == "1", context.exchange.clock.now()
    job = SaveView(user.user_id, DELIVERIES.key, name, query, is_shared, audit_name(user), now)
    if await context.exchange.store.run(job) is not None:
        raise web.HTTPBadRequest
    raise web.HTTPSeeOther(f"{PREFIX}/deliveries?{query}")


async def _remove(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    view = int(request.match_info["view"])
    job = ForgetView(user.user_id, view, audit_name(user), context.exchange.clock.now())
    if not await context.exchange.store.run(job):
        raise web.HTTPNotFound
    raise web.HTTPSeeOther(f"{PREFIX}/deliveries/views")
