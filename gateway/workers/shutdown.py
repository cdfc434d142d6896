"""How a node goes: told once it finishes what it has in hand, told twice it leaves at once. Nothing is lost by either.

What is left behind in haste is under lease, and comes up at another node when the lease is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta

import structlog

from gateway.workers.loop import StopRequest

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Drain:
    """``say``: tell everybody that we leave. ``close``: take no more connections, finish the requests in hand.

    ``notice``: between the two, for those who balance load to look. ``within``: for all of it.
    """

    announce: Callable[[], None]
    close: Callable[[], Awaitable[None]]
    notice: timedelta
    within: timedelta


async def run_until_stopped(loops: Coroutine[None, None, None], stop: StopRequest, drain: Drain) -> None:
    """Run ``loops``, which end by themselves after the stop is asked for; then leave in order, or in haste.

    Raises what ended the loops before that.
    """
    running = asyncio.create_task(loops)
    requested = asyncio.create_task(stop.wait_requested())
    await asyncio.wait({running, requested}, return_when=asyncio.FIRST_COMPLETED)
    if not stop.requested:
        requested.cancel()
        await running
        return
    drain.announce()
    finishing = asyncio.create_task(_finish(running, drain))
    hurried = asyncio.create_task(stop.wait_forced())
    limit_s = drain.within.total_seconds()
    await asyncio.wait({finishing, hurried}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    if finishing.done():
        await finishing
        return
    log.warning("exchange.drain_cut_short", cure="what was in hand comes up again when its lease is over")
    for task in (finishing, running):
        task.cancel()
    await asyncio.wait({finishing, running})


async def _finish(running: asyncio.Task[None], drain: Drain) -> None:
    await asyncio.sleep(drain.notice.total_seconds())
    await drain.close()
    await running
