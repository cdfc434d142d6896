"""How this node's door closes: ready says no, answers end their connections, requests in hand are finished."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware


class NodeLeaving(Exception):
    """The node takes no new connections soon; whoever balances load sends none any more."""


class DrainNotice:
    """Counts the requests in hand, and once we leave, asks each peer to come back over another connection."""

    def __init__(self) -> None:
        self._in_hand = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.leaving = False

    def announce(self) -> None:
        """We are leaving."""
        self.leaving = True

    async def probe(self) -> str:
        """For ``/health/ready``."""
        if self.leaving:
            raise NodeLeaving("this node finishes what it has in hand, and ends")
        return "staying"

    async def quiet(self) -> None:
        """Return when no request is in hand."""
        await self._quiet.wait()

    def middleware(self) -> Middleware:
        """To be the outermost but for the connection's own timer."""

        @web.middleware
        async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._in_hand += 1
            self._quiet.clear()
            try:
                response = await handler(request)
            finally:
                self._in_hand -= 1
                if not self._in_hand:
                    self._quiet.set()
            if self.leaving:
                response.force_close()
            return response

        return counted
