"""The first page: what is in flight, what waits, for whom, since when; what went through and how fast, drawn."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.console import drawing
from gateway.console.context import CONTEXT
from gateway.console.flow import FLOW, Flow
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.respond import page
from gateway.console.sections import GROUPS
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import Right
from gateway.reading.parties import PartyFigures, PartyLine, worst_first

MOST_STRIPS: Final = 15
"""Parties on the page; the list of parties has all of them, in the same order."""


def add_routes(app: web.Application) -> None:
    """The root, and its stream."""
    context = app[CONTEXT]
    app[FLOW] = Flow(context.reads, context.exchange.clock)
    app.router.add_get("/", _show)
    app.router.add_get("/live", _live)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    counted = await request.config_dict[CONTEXT].counts.current()
    parties = await request.config_dict[CONTEXT].figures.current()
    drawn = await request.config_dict[FLOW].current()
    strips = _strips(parties)
    return page(
        request,
        "overview.html",
        counted=counted,
        version=await _version(request),
        strips=strips[:MOST_STRIPS],
        strangers=[one for one in counted.backlog if one.recipient not in parties.directory.parties][:MOST_STRIPS],
        left_out=len(strips) - MOST_STRIPS,
        drawn=[(one, drawing.counts(one.parts), drawing.times(one.parts)) for one in drawn],
        canvas=(drawing.WIDTH, drawing.HEIGHT),
        states=DeliveryState,
        ledger=next((one.path for group in GROUPS for one in group.sections if one.path.startswith("/ledger")), ""),
    )


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    return await stream(request, lambda: _version(request))


async def _version(request: web.Request) -> str:
    counted = await request.config_dict[CONTEXT].counts.current()
    drawn = await request.config_dict[FLOW].current()
    return "-".join((counted.version, *(f"{one.whole.start:%H%M}.{one.whole.count}" for one in drawn)))


def _strips(parties: PartyFigures) -> list[PartyLine]:
    """Parties for which something is open or that are in trouble, the worst first."""
    return [line for line in worst_first(parties) if line.troubles or line.known.backlog]
