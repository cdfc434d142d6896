"""Group commit: callers wait, a writer thread takes all that wait and commits once for all of them.

A commit costs a disk flush, whoever shares it; an operation is therefore a function over a *list* of jobs that runs
each of its statements once for the whole list. If a batch fails, each of its jobs runs again in a transaction of
its own, so that one that cannot be written fails alone.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from gateway.ports.store import StoreLoad
from gateway.store.engine.errors import StoreError, StoreUnavailable
from gateway.store.engine.failures import is_disconnect, is_race, translated
from gateway.store.engine.operations import Batch
from gateway.store.engine.wake import take_note

J = TypeVar("J")
R = TypeVar("R")

MOST_PER_COMMIT: Final = 200
_RACE_TRIES: Final = 8
_CROWDED_FOR_S: Final = 0.05
_LONGEST_WINDOW_S: Final = 0.025
"""A batch gathers no longer than this, however long the last commit took: people wait for it."""
_LONG_COMMIT_S: Final = 0.05
"""A batch waits no longer than this for the commit before it: a slow one holds nobody up."""

_log = logging.getLogger(__name__)


class Writer:
    """Threads that commit in batches. ``commits`` counts transactions that were committed.

    ``window``: how long at least a batch gathers before it is written, only while several callers are in flight; a
    lone caller never waits. ``made_work`` is called, in a writer's thread, after each commit that made something
    claimable; ``begins`` and ``ends`` first and last in each transaction, also in one that is run again.

    A second thread is there for what a slow commit would hold up, not for more commits: each costs its statements'
    round trips whatever it carries. Two that commit by turns carry five appeals each where one carries thirty, for
    twice the processor time of gateway and database (``make bench ONLY=accept``).
    """

    def __init__(
        self,
        engine: Engine,
        *,
        threads: int,
        window: timedelta,
        made_work: Callable[[], None] = lambda: None,
        begins: Callable[[Connection], None] = lambda _: None,
        ends: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        self._engine = engine
        self._begins = begins
        self._ends = ends
        self._made_work = made_work
        self._window_s = window.total_seconds()
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._in_flight = 0
        self._moved_at_s = time.monotonic()
        self._crowded_until = 0.0
        self._counting = threading.Lock()
        self._gathering = threading.Lock()
        self._committing = 0
        self._committed = threading.Condition()
        self._took_s = 0.0
        self._closed = False
        self.commits = 0
        self._threads = [
            threading.Thread(target=self._serve, name=f"store-writer-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, operation: Batch[J, R], job: J) -> R:
        """Returns after the commit that carries ``job``. Raises StoreError; then nothing of the job was written.

        A caller that is cancelled while waiting leaves the job in the queue: it is written all the same.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        with self._counting:
            if not self._in_flight:
                self._moved_at_s = time.monotonic()
            self._in_flight += 1
            if self._in_flight > 1:
                self._crowded_until = time.monotonic() + _CROWDED_FOR_S
        self._waiting.put(_Waiting(operation, job, future))
        return await future

    def load(self) -> StoreLoad:
        """How many callers wait, and for how long nothing has come of it."""
        with self._counting:
            if not self._in_flight:
                return StoreLoad(0, timedelta(0))
            return StoreLoad(self._in_flight, timedelta(seconds=time.monotonic() - self._moved_at_s))

    def close(self) -> None:
        """Write what waits, then end the threads. Blocking."""
        if self._closed:
            return
        self._closed = True
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    # --- in the writer's threads ------------------------------------------------------------------------------------

    def _serve(self) -> None:
        while batch := self._next_batch():
            by_operation: dict[Batch[Any, Any], list[_Waiting]] = defaultdict(list)
            for waiting in batch:
                by_operation[waiting.operation].append(waiting)
            began_s = time.monotonic()
            self._settle(batch, self._write_all(by_operation))
            with self._committed:
                self._took_s = time.monotonic() - began_s
                self._committing -= 1
                self._committed.notify()

    def _next_batch(self) -> list[_Waiting]:
        """Empty when it is time to end. One thread gathers at a time: two would take turns at each other's jobs."""
        with self._gathering:
            first = self._waiting.get()
            if first is None:
                return []
            batch = self._gather(first)
            with self._committed:
                self._committing += 1
            return batch

    def _gather(self, first: _Waiting) -> list[_Waiting]:
        """What waits now, and while callers are many, what comes until the commit in hand ends and for a window then.

        The window grows with what a commit takes, so that gathering and committing share the time, however far away
        the database is. Slept through at once: to be woken for each that comes would cost two switches of threads
        for each.
        """
        if self._window_s and self._crowded_until > time.monotonic():
            with self._committed:
                self._committed.wait_for(lambda: not self._committing, _LONG_COMMIT_S)
            time.sleep(max(self._window_s, min(self._took_s, _LONGEST_WINDOW_S)))
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                break
            if waiting is None:  # closing: the sign is for the loop, after this batch
                self._waiting.put(None)
                break
            batch.append(waiting)
        return batch

    def _write_all(self, groups: dict[Batch[Any, Any], list[_Waiting]]) -> list[_Settled]:
        try:
            return self._commit(groups)
        except Exception as failed:  # noqa: BLE001 - whatever it is belongs to the callers, and the thread must live
            if is_disconnect(failed):
                return [_Settled(w, error=translated(failed)) for group in groups.values() for w in group]
            return [self._write_alone(w, failed) for group in groups.values() for w in group]

    def _write_alone(self, waiting: _Waiting, failed: Exception) -> _Settled:
        _log.debug("store.batch_split", exc_info=failed)
        try:
            return self._commit({waiting.operation: [waiting]})[0]
        except Exception as error:  # noqa: BLE001 - handed to its caller
            return _Settled(waiting, error=translated(error))

    def _commit(self, groups: dict[Batch[Any, Any], list[_Waiting]]) -> list[_Settled]:
        """One transaction. A race lost to another node is run again: the second look sees the winner.

        So is one whose connection was lost before its COMMIT was sent, once. After that nobody knows what was
        written; the callers are told, and their own repeat finds out.
        """
        renewed = False
        for tries_left in reversed(range(_RACE_TRIES)):
            committing = False
            try:
                with self._engine.begin() as connection:
                    self._begins(connection)
                    take_note(connection)
                    settled = [s for operation, group in groups.items() for s in _apply(connection, operation, group)]
                    self._ends(connection)
                    made_work = take_note(connection)
                    committing = True
            except (DBAPIError, StoreError) as failed:
                lost = is_disconnect(failed) and not (committing or renewed)
                if not tries_left or not (lost or is_race(failed)):
                    raise
                renewed = renewed or lost
            else:
                with self._counting:
                    self.commits += 1
                if made_work:
                    self._made_work()
                return settled
        raise AssertionError("the last try either returns or raises")

    def _settle(self, batch: list[_Waiting], settled: list[_Settled]) -> None:
        """Wake the callers, once per event loop."""
        with self._counting:
            self._in_flight -= len(batch)
            self._moved_at_s = time.monotonic()
        by_loop: dict[asyncio.AbstractEventLoop, list[_Settled]] = defaultdict(list)
        for one in settled:
            by_loop[one.waiting.future.get_loop()].append(one)
        for loop, group in by_loop.items():
            try:
                loop.call_soon_threadsafe(_resolve, group)
            except RuntimeError:  # that loop has ended; what was committed stays committed
                _log.debug("store.caller_gone")


@dataclass(frozen=True, slots=True)
class _Waiting:
    operation: Batch[Any, Any]
    job: Any
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Settled:
    waiting: _Waiting
    result: Any = None
    error: Exception | None = None


def _apply(connection: Connection, operation: Batch[Any, Any], group: list[_Waiting]) -> list[_Settled]:
    results = operation(connection, [waiting.job for waiting in group])
    return [_Settled(waiting, result) for waiting, result in zip(group, results, strict=True)]


def _resolve(group: list[_Settled]) -> None:
    for one in group:
        if one.waiting.future.done():  # the caller was cancelled
            continue
        if one.error is not None:
            one.waiting.future.set_exception(one.error)
        else:
            one.waiting.future.set_result(one.result)
