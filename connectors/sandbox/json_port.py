"""What the control ports share: one JSON object in, JSON out, and a clear word for what cannot be read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web


async def read_entry(request: web.Request) -> dict[str, Any]:
    """The object that was sent, an empty one for no body. Raises ValueError or TypeError for anything else."""
    entry = json.loads(await request.text() or "{}")
    if not isinstance(entry, dict):
        raise TypeError("a JSON object is expected")
    return entry


def answer(body: object, *, status: int = 200) -> web.Response:
    """``body`` as JSON, letters of every script as they are."""
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))


@web.middleware
async def refuse_in_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """What was asked wrongly is told to whoever asked."""
    try:
        return await handler(request)
    except (ValueError, TypeError, KeyError) as error:
        return answer({"error": str(error)}, status=400)
