"""Dead letters, which no attempt can move; their page follows the stream of all counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.console.context import CONTEXT
from gateway.console.listed import add_list
from gateway.lists.dead_letters import DEAD_LETTERS
from gateway.lists.listing import ListPage


def add_routes(app: web.Application) -> None:
    """``/dead-letters``."""
    add_list(app, DEAD_LETTERS, more=_version)


async def _version(request: web.Request, _: object, __: ListPage[Any]) -> Mapping[str, Any]:
    return {"live": "/live", "version": (await request.config_dict[CONTEXT].counts.current()).version}
