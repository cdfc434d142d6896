"""The listening socket before an application; a bent party closes it for a while."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiohttp import web


class ListeningSocket:
    """The listening socket before an Inbox, which can really be closed: callers are then refused by the kernel."""

    def __init__(self, application: web.Application, port: int) -> None:
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        self._port = port
        self._site: web.TCPSite | None = None
        self._reopening: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._site is not None

    async def open(self) -> None:
        if self._site is None:
            if self._runner.server is None:
                await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", self._port)
            await site.start()
            self._site = site

    async def close_for(self, span: timedelta) -> None:
        """Close now, open again by itself after ``span``."""
        await self._shut()
        if self._reopening is not None:
            self._reopening.cancel()
        self._reopening = asyncio.create_task(self._open_after(span))

    async def close(self) -> None:
        if self._reopening is not None:
            self._reopening.cancel()
        await self._shut()
        await self._runner.cleanup()

    async def _open_after(self, span: timedelta) -> None:
        await asyncio.sleep(span.total_seconds())
        await self.open()

    async def _shut(self) -> None:
        if self._site is not None:
            site, self._site = self._site, None
            await site.stop()
            for connection in self._runner.server.connections if self._runner.server else ():
                connection.force_close()  # kept-alive ones would still get in
