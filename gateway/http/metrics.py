"""``GET /metrics``, for Prometheus. Served apart from parties: they must not read how busy we are, and with whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

Expose = Callable[[str], Awaitable[tuple[bytes, str]]]
"""Takes the Accept header; returns text and its media type."""


def add_routes(app: web.Application, expose: Expose) -> None:
    """Serve ``/metrics``."""

    async def metrics(request: web.Request) -> web.Response:
        text, media_type = await expose(request.headers.get("Accept", ""))
        return web.Response(body=text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    app.router.add_get("/metrics", metrics)
