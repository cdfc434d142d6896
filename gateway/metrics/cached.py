"""A look at something slow, shared by all who ask and taken no oftener than it is worth."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, Generic, TypeVar

import structlog

from gateway.process.log import reason_of

log = structlog.get_logger()

T = TypeVar("T")

FRESH_FOR: Final = timedelta(seconds=5)
"""What was seen is told again for so long, whoever scrapes how often."""
SHARE: Final = 20
"""A look that took long is not taken again before so many times its time are over: at most 5 % of the time is spent."""
STALE_AFTER: Final = timedelta(seconds=30)
"""Nothing older is told, whatever a look costs: an alarm that waits for it would come too late."""


class BackgroundProbe(Generic[T]):
    """``look`` may fail or hang; while it hangs, it is not asked again. ``seconds``: a clock that only goes forward."""

    def __init__(self, look: Callable[[], Awaitable[T]], *, within: timedelta, seconds: Callable[[], float]) -> None:
        self._look, self._within_s, self._seconds = look, within.total_seconds(), seconds
        self._standing: asyncio.Task[T | None] | None = None
        self._seen: T | None = None
        self._next_s = seconds()

    async def latest(self) -> T | None:
        """What was seen last and is fresh; None when the look failed, or has not answered in time. Never raises."""
        if self._standing is None:
            if self._seconds() < self._next_s:
                return self._seen
            self._standing = asyncio.create_task(self._timed())
        standing = self._standing
        await asyncio.wait({standing}, timeout=self._within_s)
        return standing.result() if standing.done() else None

    async def _timed(self) -> T | None:
        began_s = self._seconds()
        self._seen = None
        try:
            self._seen = await self._look()
        except Exception as failure:  # noqa: BLE001 - whoever scrapes is told that there is nothing to see
            log.warning("metrics.not_read", error=type(failure).__name__, reason=reason_of(failure))
        took_s = self._seconds() - began_s
        rest_s = max(FRESH_FOR.total_seconds(), SHARE * took_s)
        self._next_s = self._seconds() + min(rest_s, STALE_AFTER.total_seconds())
        self._standing = None
        return self._seen
