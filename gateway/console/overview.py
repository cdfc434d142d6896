"""The first page: what is in flight, what waits, for whom, since when."""

from __future__ import annotations

from aiohttp import web

from gateway.console import queries
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.respond import page
from gateway.console.surroundings import AROUND
from gateway.domain.access import Right


def add_routes(app: web.Application) -> None:
    """The root, and its stream."""
    app.router.add_get("/", _show)
    app.router.add_get("/live", _live)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    counted = await request.config_dict[AROUND].counts.look()
    return page(request, "overview.html", overview=queries.overview(counted), counted=counted)


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts = request.config_dict[AROUND].counts

    async def version() -> str:
        return (await counts.look()).version

    return await stream(request, version)
