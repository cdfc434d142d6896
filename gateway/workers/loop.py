"""The common rhythm of the loops: work until told to stop, rest on a bell, survive and report any failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from gateway.ports.meter import NO_METER, Meter
from gateway.process.log import reason_of
from gateway.workers.bell import WakeEvent

log = structlog.get_logger()

TAKEOVER_LOOK: Final = timedelta(seconds=2)
"""How soon a loop that runs on one node only goes on at another when that one is gone."""


class StopRequest:
    """Asks every loop to end after the work in hand; asked twice, not to wait for it."""

    def __init__(self) -> None:
        self._bells: list[WakeEvent] = []
        self._once, self._twice = asyncio.Event(), asyncio.Event()

    @property
    def requested(self) -> bool:
        """Whether it was asked for."""
        return self._once.is_set()

    async def wait_requested(self) -> None:
        """Return when it was asked for."""
        await self._once.wait()

    async def wait_forced(self) -> None:
        """Return when it was asked for again."""
        await self._twice.wait()

    def watch(self, wake_event: WakeEvent) -> None:
        """``bell`` is rung when the stop is asked for, so that its loop looks up."""
        self._bells.append(wake_event)

    def request(self) -> None:
        if self.requested:
            self._twice.set()
        self._once.set()
        for wake_event in self._bells:
            wake_event.ring()


async def keep_doing(
    name: str,
    work: Callable[[], Awaitable[int]],
    *,
    every: timedelta,
    wake_event: WakeEvent,
    stop: StopRequest,
    alone: Callable[[], Awaitable[bool]] | None = None,
    meter: Meter = NO_METER,
) -> None:
    """Call ``work`` again at once while it did something, else after ``every`` or when rung.

    A failure is logged and the loop goes on: what failed is still a row, and comes up again. ``alone``: asked before
    each piece of work of a loop that only one node may run; one that must not asks again after ``TAKEOVER_LOOK``.
    """
    stop.watch(wake_event)
    leads = True
    while not stop.requested:
        if alone is not None:
            led, leads = leads, await alone()
            if leads != led:
                log.info("loop.leads" if leads else "loop.follows", loop=name)
            if not leads:
                await wake_event.wait(min(every, TAKEOVER_LOOK))
                continue
        try:
            done = await work()
        except Exception as failure:  # noqa: BLE001 - a loop must outlive any single piece of work
            meter.loop_failed(name)
            log.error("loop.failed", loop=name, error=type(failure).__name__, reason=reason_of(failure))
            done = 0
        if not done:
            await wake_event.wait(every)
