"""Views of a list that people save, for themselves or for all who sign in."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.console.typed import words_of
from gateway.lists.listing import Listing, ListRefusal, address
from gateway.ports.people.views import ForgetView, ListViews, SavedView, SaveView
from gateway.service.authorise import audit_name

LONGEST_NAME: Final = 60
MOST_OFFERED: Final = 12
"""Above a list; all of them have a page of their own."""
_A_PERSONS: Final = re.compile(r"\d{12}")
"""May be somebody's number, which stands in no name that others read."""


def add_views(app: web.Application, listing: Listing[Any, Any]) -> None:
    """Below the list's own page; what is called by an id there does not begin with an underscore."""
    path = f"{listing.path}/_views"

    async def show(request: web.Request) -> web.Response:
        require(request, listing.right)
        return page(request, "lists/views.html", listing=listing, views=await views_of(request, listing))

    async def save(request: web.Request) -> web.StreamResponse:
        require(request, listing.right)
        context, user, form = request.config_dict[CONTEXT], request[SESSION].user, await request.post()
        name, query = words_of(str(form.get("name", "")), longest=LONGEST_NAME), _query_of(listing, form.get("query"))
        if not name or _A_PERSONS.search(name) or not query:
            raise web.HTTPBadRequest
        is_shared, now = form.get("shared") == "1", context.exchange.clock.now()
        job = SaveView(user.user_id, listing.key, name, query, is_shared, audit_name(user), now)
        if await context.exchange.store.run(job) is not None:
            raise web.HTTPBadRequest
        raise web.HTTPSeeOther(f"{PREFIX}{listing.path}?{query}")

    async def remove(request: web.Request) -> web.StreamResponse:
        require(request, listing.right)
        context, user = request.config_dict[CONTEXT], request[SESSION].user
        view = int(request.match_info["view"])
        job = ForgetView(user.user_id, view, audit_name(user), context.exchange.clock.now())
        if not await context.exchange.store.run(job):
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(f"{PREFIX}{path}")

    app.router.add_get(path, show)
    app.router.add_post(path, save)
    app.router.add_post(path + r"/{view:\d{1,18}}/remove", remove)


async def views_of(request: web.Request, listing: Listing[Any, Any]) -> tuple[SavedView, ...]:
    """Those that the reader sees."""
    user_id = request[SESSION].user.user_id
    found: tuple[SavedView, ...] = await request.config_dict[CONTEXT].reads.run(ListViews(user_id, listing.key))
    return found


def _query_of(listing: Listing[Any, Any], given: object) -> str:
    """As the list spells it. Raises HTTPBadRequest for what the list does not know, and for a person's number."""
    try:
        params = listing.parse(dict(parse_qsl(str(given or "")[:2_000])))
    except ListRefusal as refused:
        raise web.HTTPBadRequest from refused
    if listing.persons_in(params):
        raise web.HTTPBadRequest
    return address(params, after=None)
