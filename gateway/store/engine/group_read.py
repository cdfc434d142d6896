"""Group read: callers who ask within a moment of each other are answered from one transaction for all.

A read costs much the same for one key as for twenty: changes of threads, a transaction, a round trip for each of its
statements. What group commit is to writing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST_PER_READ: Final = 100
_CROWDED_FOR_S: Final = 0.05


class GroupRead(Generic[K, V]):
    """Gathers for ``window`` while several callers are in flight; a lone one waits for nobody.

    ``read``: the values of those keys that are there, as they stand after it was called. For one event loop at a time.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], *, window: timedelta) -> None:
        self._read = read
        self._window_s = window.total_seconds()
        self._pending: dict[K, list[asyncio.Future[V | None]]] = {}
        self._in_flight = 0
        self._crowded_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._reading: set[asyncio.Task[None]] = set()

    async def of(self, key: K) -> V | None:
        """The value of ``key``, None when there is none. Raises what ``read`` raises, for each of the group."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[V | None] = loop.create_future()
        begins_group = not self._pending
        self._pending.setdefault(key, []).append(answer)
        self._in_flight += 1
        if self._in_flight > 1:
            self._crowded_until = loop.time() + _CROWDED_FOR_S
        if len(self._pending) == MOST_PER_READ or (begins_group and self._crowded_until < loop.time()):
            self._go()
        elif begins_group:
            self._timer = loop.call_later(self._window_s, self._go)
        try:
            return await answer
        finally:
            self._in_flight -= 1

    def _go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        pending, self._pending, self._timer = self._pending, {}, None
        task = asyncio.get_running_loop().create_task(self._answer(pending))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _answer(self, pending: Mapping[K, Sequence[asyncio.Future[V | None]]]) -> None:
        waiting = [(key, answer) for key, answers in pending.items() for answer in answers]
        try:
            found = await self._read(list(pending))
        except asyncio.CancelledError:
            for _, answer in waiting:
                answer.cancel()
            raise
        except Exception as failed:  # noqa: BLE001 - whatever it is belongs to the callers
            for _, answer in waiting:
                if not answer.done():  # its caller was cancelled
                    answer.set_exception(failed)
        else:
            for key, answer in waiting:
                if not answer.done():
                    answer.set_result(found.get(key))
