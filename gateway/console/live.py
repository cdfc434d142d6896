"""Server-sent events: a page is told that what it shows has moved, and loads that part of itself again.

A stream carries no data but a version, so whoever may follow it learns nothing that the page would not tell. Each
lasts less than a minute, and the browser opens the next by itself: a session that has ended ends its streams, a node
that leaves is not held, and the port's own bound on answers is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from gateway.console.alarms.badge import BADGE
from gateway.console.context import CONTEXT

LOOK_EVERY_S: Final = 1.0
LASTS_S: Final = 50.0
AGAIN_MS: Final = 2_000

OPEN_STREAMS: Final = web.AppKey("open_streams", set[asyncio.Task[object]])

Version = Callable[[], Awaitable[str | None]]


async def stream(request: web.Request, version: Version) -> web.StreamResponse:
    """Tell every new version until time is up; None ends it. Whoever comes when there are enough sees a still page."""
    open_streams = request.config_dict[OPEN_STREAMS]
    if len(open_streams) >= request.config_dict[CONTEXT].most_streams:
        return web.Response(status=204)  # which tells a browser to ask no more
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a handler always runs in one
    open_streams.add(task)
    try:
        await answer.prepare(request)
        await _tell(answer, version, request.config_dict[BADGE].current, request.config_dict[CONTEXT].leaving)
    except ConnectionError:
        pass  # the reader went on
    finally:
        open_streams.discard(task)
    return answer


async def _tell(
    answer: web.StreamResponse, version: Version, alarms: Callable[[], Awaitable[int]], leaving: Callable[[], bool]
) -> None:
    await answer.write(f"retry: {AGAIN_MS}\n\n".encode())
    loop, sent, counted = asyncio.get_running_loop(), None, None
    ends_at_s = loop.time() + LASTS_S
    while loop.time() < ends_at_s and not leaving():
        found = await version()
        if found is None:
            return
        if found != sent:
            await answer.write(f"event: version\ndata: {found}\n\n".encode())
            sent = found
        if (count := await alarms()) != counted:
            await answer.write(f"event: alarms\ndata: {count}\n\n".encode())
            counted = count
        await asyncio.sleep(LOOK_EVERY_S)
