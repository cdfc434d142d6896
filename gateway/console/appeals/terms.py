"""The page of terms, which follows what is counted of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.console.context import CONTEXT
from gateway.console.guard import require
from gateway.console.listed import add_list
from gateway.console.live import stream
from gateway.domain.people.access import Right
from gateway.lists.listing import ListPage
from gateway.lists.terms import TERMS
from gateway.ports.appeals import TermsOf


def add_routes(app: web.Application) -> None:
    """``/terms``."""
    add_list(app, TERMS, more=_counted)
    app.router.add_get("/terms/live", _live)


async def _counted(request: web.Request, _: object, __: ListPage[Any]) -> Mapping[str, Any]:
    counted = await request.config_dict[CONTEXT].counts.current()
    counts = {TermsOf.TODAY: counted.terms.due, TermsOf.BREACHED_LATELY: counted.terms.breached}
    return {"tab_counts": counts, "live": "/terms/live", "version": counted.version}


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts = request.config_dict[CONTEXT].counts

    async def version() -> str:
        return (await counts.current()).version

    return await stream(request, version)
