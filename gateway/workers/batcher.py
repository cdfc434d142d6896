"""Going on in groups: what costs the same for one as for many is done for many, if that keeps nobody long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta


class Batcher:
    """Holds callers until ``enough()`` of them wait, or the first has waited ``at_most``; then all go on at once."""

    def __init__(self, at_most: timedelta, enough: Callable[[], int]) -> None:
        self._at_most_s = at_most.total_seconds()
        self._enough = enough
        self._going = asyncio.Event()
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self) -> None:
        """Return together with the others of the group."""
        self._waiting += 1
        if self._waiting >= self._enough():
            self._go()
            return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._at_most_s, self._go)
        await self._going.wait()

    def _go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._waiting = None, 0
        self._going.set()
        self._going = asyncio.Event()
