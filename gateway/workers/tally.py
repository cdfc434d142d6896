"""The tally: counts what went wrong by the hour, off the path of messages."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from gateway.domain.reports.causes import HOUR, LONGEST, hour_of, hours_between
from gateway.ports.causes import CountCauses, FindLastCounted
from gateway.service.exchange import Exchange

AT_ONCE: Final = 48
"""Hours of one commit: two months are counted in half a minute after an update."""


class CauseCounter:
    """One on all nodes. The hour that runs and the one before are counted anew each time."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._next: datetime | None = None

    async def run_once(self) -> int:
        """Count the next hours; returns how many are behind still, 0 when none is."""
        store, now = self._exchange.store, self._exchange.clock.now()
        begin = self._next or max(filter(None, (await store.run(FindLastCounted()), now - LONGEST)))
        hours = tuple(hours_between(min(begin, hour_of(now) - HOUR), now, most=AT_ONCE))
        await store.run(CountCauses(hours))
        self._next = hours[-1] + HOUR
        return int(self._next <= now)
