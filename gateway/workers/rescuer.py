"""The rescuer: takes back what a killed process held, what is overdue for its receipt, and what a wrong clock dated."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.ports.deliveries import FreeOrphans, Rescue, TakeBack
from gateway.service.exchange import Exchange

log = structlog.get_logger()


SET_BACK: Final = timedelta(minutes=1)
"""A clock that went back by more was set."""
LOOK_AHEAD_EVERY: Final = timedelta(minutes=10)
"""For moments dated by another node, or before a restart, while a clock was ahead."""


class Rescuer:
    """Returns expired leases and overdue receipts to the relay. ``seconds``: a clock that only goes forward."""

    def __init__(self, exchange: Exchange, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._exchange, self._seconds = exchange, seconds
        self._last_ahead_s: tuple[datetime, float] | None = None
        self._ahead_checked_s: float | None = None
        self._orphans_after = 0

    async def run_once(self) -> int:
        """Rescue what is due; returns 0, since nothing more waits until the next look."""
        now = self._exchange.clock.now()
        if self._should_look_ahead(now):
            await self._take_back(now)
        self._orphans_after = await self._exchange.store.run(FreeOrphans(self._orphans_after))
        rescued = await self._exchange.store.run(Rescue(now=now))
        if rescued:
            self._exchange.meter.rescued(rescued)
            log.warning("deliveries.rescued", count=rescued)
        return 0

    def _should_look_ahead(self, now: datetime) -> bool:
        """At first, from time to time, and whenever the clock was set back."""
        seconds, last_ahead_s = self._seconds(), self._last_ahead_s
        self._last_ahead_s = (now, seconds)
        was_set_back = last_ahead_s is not None and now + SET_BACK < last_ahead_s[0] + timedelta(
            seconds=seconds - last_ahead_s[1]
        )
        if was_set_back:
            log.error("clock.set_back", now=now.isoformat())
        ahead_s = self._ahead_checked_s
        if was_set_back or ahead_s is None or seconds - ahead_s > LOOK_AHEAD_EVERY.total_seconds():
            self._ahead_checked_s = seconds
            return True
        return False

    async def _take_back(self, now: datetime) -> None:
        taken = 0
        while some := await self._exchange.store.run(TakeBack(now=now, lease=self._exchange.lease)):
            taken += some
        if taken:
            log.warning("deliveries.reclaimed", count=taken)
