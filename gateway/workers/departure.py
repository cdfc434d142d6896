"""How a node goes: told once it finishes what it has in hand, told twice it leaves at once. Nothing is lost by either.

What is left behind in haste is under lease, and comes up at another node when the lease is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta

import structlog

from gateway.workers.loop import Stop

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Departure:
    """``say``: tell everybody that we leave. ``close``: take no more connections, finish the requests in hand.

    ``notice``: between the two, for those who balance load to look. ``within``: for all of it.
    """

    say: Callable[[], None]
    close: Callable[[], Awaitable[None]]
    notice: timedelta
    within: timedelta


async def run_until_told(loops: Coroutine[None, None, None], stop: Stop, departure: Departure) -> None:
    """Run ``loops``, which end by themselves after the stop is asked for; then leave in order, or in haste.

    Raises what ended the loops before that.
    """
    running = asyncio.create_task(loops)
    told = asyncio.create_task(stop.told())
    await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
    if not stop.asked:
        told.cancel()
        await running
        return
    departure.say()
    finishing = asyncio.create_task(_finish(running, departure))
    hurried = asyncio.create_task(stop.told_twice())
    limit_s = departure.within.total_seconds()
    await asyncio.wait({finishing, hurried}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    if finishing.done():
        await finishing
        return
    log.warning("exchange.left_in_haste", cure="what was in hand comes up again when its lease is over")
    for task in (finishing, running):
        task.cancel()
    await asyncio.wait({finishing, running})


async def _finish(running: asyncio.Task[None], departure: Departure) -> None:
    await asyncio.sleep(departure.notice.total_seconds())
    await departure.close()
    await running
