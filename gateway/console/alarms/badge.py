"""How many alarms nobody has taken up: beside the navigation's name of them, on every page, live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.console.context import CONTEXT, SESSION
from gateway.ports.alarms import CountUnacknowledged
from gateway.ports.operations import Reads
from gateway.process.log import reason_of

log = structlog.get_logger()

FRESH_S: Final = 2.0
"""How old the number may be, however many pages show it."""

Counting = Callable[[], Awaitable[int]]


class Badge:
    """Asks the store at most once in ``FRESH_S``."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._lock = asyncio.Lock()
        self._count, self._counted_s = 0, float("-inf")

    async def current(self) -> int:
        """The number, new or nearly so. A store that is away keeps no page from being shown: 0 then."""
        async with self._lock:
            now_s = asyncio.get_running_loop().time()
            if now_s - self._counted_s >= FRESH_S:
                try:
                    self._count = await self._reads.run(CountUnacknowledged())
                except Exception as away:  # noqa: BLE001 - the page itself says so
                    log.warning("console.alarms_uncounted", reason=reason_of(away))
                    self._count = 0
                self._counted_s = now_s
            return self._count

    def forget(self) -> None:
        """Whoever looks next sees what was just done."""
        self._counted_s = float("-inf")


BADGE: Final = web.AppKey("badge", Badge)
COUNT: Final = web.RequestKey("unacknowledged", int)
"""Of a request by somebody who is signed in."""


@web.middleware
async def alarms_counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """For the navigation of whatever page is made."""
    if SESSION in request:
        request[COUNT] = await request.config_dict[BADGE].current()
    return await handler(request)


def add_badge(app: web.Application) -> None:
    """Made once for the console."""
    app[BADGE] = Badge(app[CONTEXT].reads)
