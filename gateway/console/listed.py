"""Lists over HTTP, made of their descriptions: the page, and the same as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from aiohttp import web

from gateway.console import csv_export
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.language import language_of
from gateway.console.respond import page
from gateway.console.saved_views import MOST_OFFERED, add_views, views_of
from gateway.domain.people.access import Right
from gateway.lists.cell import pieces
from gateway.lists.listing import Listing, ListPage, ListRefusal, ListSource, address
from gateway.lists.reader import Reader

Lists = Listing[Any, Any]
More = Callable[[web.Request, Any, ListPage[Any]], Awaitable[Mapping[str, Any]]]
"""What the template of a list shows besides; of the parameters and what they found."""
First = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
TEMPLATE: Final = "lists/list.html"


def add_list(
    app: web.Application,
    listing: Lists,
    *,
    template: str = TEMPLATE,
    more: More | None = None,
    first: First | None = None,
    start: Mapping[str, str] | None = None,
    beside: frozenset[str] = frozenset(),
) -> None:
    """The page and its ``.csv``.

    ``first``: answers instead of the page, or with None not. ``start``: narrows it where the address says nothing.
    ``beside``: what an address may say to the page, but not to the list.
    """

    async def show(request: web.Request) -> web.StreamResponse:
        require(request, listing.right)
        if first is not None and (answer := await first(request)) is not None:
            return answer
        try:
            given = {name: value for name, value in request.query.items() if name not in beside}
            params = _params(listing, given or start or {})
        except ListRefusal as refused:
            blank: ListPage[Any] = ListPage(())
            params = listing.params()
            values = await more(request, params, blank) if more else {}
            return await shown(request, listing, params, blank, template=template, wrong=refused.names, **values)
        found = await listing.page(source_of(request), params, reader_of(request))
        values = await more(request, params, found) if more else {}
        return await shown(request, listing, params, found, template=template, **values)

    async def export(request: web.Request) -> web.StreamResponse:
        require(request, listing.right)
        require(request, Right.EXPORT)
        try:
            params = _params(listing, request.query)
        except ListRefusal as refused:
            raise web.HTTPBadRequest from refused
        reader = reader_of(request).away()
        name = f"{listing.key}-{reader.now:%Y%m%d-%H%M%S}"
        return await csv_export.written(request, name, listing.headings, _lines(request, listing, params, reader))

    app.router.add_get(listing.path, show)
    app.router.add_get(f"{listing.path}.csv", export)
    add_views(app, listing)


async def shown(
    request: web.Request,
    listing: Lists,
    params: Any,  # noqa: ANN401 - of the list
    found: ListPage[Any],
    *,
    template: str = TEMPLATE,
    wrong: Sequence[str] = (),
    **values: Any,  # noqa: ANN401 - of a template
) -> web.Response:
    """The page. ``wrong``: parameters that the list does not know, so that nothing is listed."""
    directory = request.config_dict[CONTEXT].exchange.directory()
    views, here = await views_of(request, listing), address(params, after=None)
    labels = {one.name: one.label for one in listing.fields}
    return page(
        request,
        template,
        status=400 if wrong else 200,
        listing=listing,
        params=params,
        found=found,
        wrong=[labels.get(name, name[:60]) for name in wrong],
        reader=reader_of(request).knowing(found.names, partial(address, params)),
        address=address,
        pieces=pieces,
        views=views[:MOST_OFFERED],
        here_is=next((view for view in views if view.query == here), None),
        parties=sorted(directory.registry.parties, key=lambda party: party.party_id),
        **values,
    )


def reader_of(request: web.Request) -> Reader:
    """Whoever is signed in."""
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    exchange = context.exchange
    return Reader.of(
        context.pages.catalogues,
        language_of(request),
        exchange.directory().names,
        role=user.role,
        name=user.name,
        now=exchange.clock.now(),
    )


def source_of(request: web.Request) -> ListSource:
    """The read-only half of the store, and the documents."""
    context = request.config_dict[CONTEXT]
    return ListSource(context.reads, context.figures)


def _params(listing: Lists, query: Mapping[str, str]) -> Any:  # noqa: ANN401 - of the list
    """Raises ListRefusal; somebody's own link holds an IIN or BIN: nothing is looked for by it, nor shown again."""
    params = listing.parse(query)
    if listing.persons_in(params):
        raise web.HTTPSeeOther(f"{PREFIX}{listing.path}")
    return params


async def _lines(
    request: web.Request,
    listing: Lists,
    params: Any,  # noqa: ANN401 - of the list
    reader: Reader,
) -> AsyncIterator[list[tuple[str, ...]]]:
    async for found in listing.whole(source_of(request), params, reader):
        knowing = reader.knowing(found.names)
        yield [listing.cells(row, knowing) for row in found.rows]
