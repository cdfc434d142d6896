"""A loop that does what is due, a few things at a time, and is woken when there is something new."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

T = TypeVar("T")
IDLE_S: Final = 0.2
"""How late something that fell due by the clock alone may start."""


class Pump(Generic[T]):
    """``due(limit)`` reads what is due; ``act(item)`` does one thing and never raises; ``key`` tells items apart.

    A key that is being acted on is not taken up again, so ``act`` must leave it done or postponed.
    """

    def __init__(
        self,
        due: Callable[[int], Sequence[T]],
        act: Callable[[T], Awaitable[None]],
        *,
        key: Callable[[T], int],
        at_once: int = 16,
    ) -> None:
        self._due = due
        self._act = act
        self._key = key
        self._at_once = at_once
        self._busy: set[int] = set()
        self._bell = asyncio.Event()

    def wake(self) -> None:
        """There may be something due."""
        self._bell.set()

    async def run(self) -> None:
        """Until cancelled; what was begun is then cancelled too, and taken up again at the next start."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._bell.clear()
                self._start_due(group)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_S):  # wait_for may swallow the cancellation when the bell rings
                        await self._bell.wait()

    def _start_due(self, group: asyncio.TaskGroup) -> None:
        free = self._at_once - len(self._busy)
        if free <= 0:
            return
        fresh = [item for item in self._due(self._at_once) if self._key(item) not in self._busy]
        for item in fresh[:free]:
            self._busy.add(self._key(item))
            group.create_task(self._do(item))

    async def _do(self, item: T) -> None:
        try:
            await self._act(item)
        finally:
            self._busy.discard(self._key(item))
            self._bell.set()
