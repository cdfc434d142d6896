"""A node's own connection to PostgreSQL: while it lives the node is there, and what it leads is led by nobody else.

Advisory locks belong to the session, so they end with it, however it ends. A process that hangs keeps its connection;
therefore the server itself ends a session that is silent for ``patience``, and a node that lives says something more
often than that. No clock is compared with another.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from gateway.ports.nodes import WakeCall
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.failures import translated

CHANNEL: Final = "dalel_work"
NAME_LOCK: Final = "node "
"""Before the name of a node: held while it is there, so that no other takes the name."""

PATIENCE: Final = timedelta(seconds=8)
"""How long a silent node keeps what it leads; a node that lives beats four times meanwhile."""

_CLASS: Final = 0x44C3A46C  # any number: our locks among others in the same database
_LOOK_AGAIN_S: Final = 0.2
_FIRST_REST_S: Final = 0.2
_LONGEST_REST_S: Final = 3.0

R = TypeVar("R")


class Presence:
    """One connection in one thread, opened when first needed and again when it was lost, with growing rests."""

    def __init__(self, engine: Engine, *, token: str) -> None:
        self._engine = engine
        self._token = token  # which calls are our own
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-presence")
        self._connection: Connection | None = None
        self._held: set[str] = set()
        self._rest_s, self._not_before_s = _FIRST_REST_S, 0.0
        self._calling: set[WakeCall] = set()

    @property
    def leads(self) -> tuple[str, ...]:
        """The locks held when last looked, but for the node's own name."""
        return tuple(sorted(name for name in self._held if not name.startswith(NAME_LOCK)))

    async def lead(self, name: str) -> bool:
        """Whether this process holds the lock now; tries to take it. A database that is away means no."""
        try:
            return await self.run(lambda connection: self._lead(connection, name))
        except StoreUnavailable:
            return False

    async def follow(self, name: str) -> None:
        """Give up one lock; it is gone anyway when the database is away."""
        with suppress(StoreUnavailable):
            await self.run(lambda connection: self._follow(connection, name))

    async def hold(self, name: str, *, within: timedelta) -> bool:
        """Whether the lock came to be ours in time. Raises StoreUnavailable."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                while not await self.run(lambda connection: self._lead(connection, name)):  # noqa: ASYNC110 - a lock
                    await asyncio.sleep(_LOOK_AGAIN_S)
        except TimeoutError:
            return False
        return True

    def call(self, call: WakeCall) -> None:
        """Call the other nodes; those made before the last one went out are one. From any thread, never waits."""
        if call not in self._calling:
            self._calling.add(call)
            with suppress(RuntimeError):  # closed meanwhile: the others look by themselves
                self._thread.submit(self._shout, call)

    async def run(self, work: Callable[[Connection], R]) -> R:
        """Do ``work`` on the connection, each statement a transaction. Raises StoreUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._with_connection, work)

    async def resign(self) -> None:
        """Give up every lock at once, and the connection with them; the next need opens another."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)

    async def close(self) -> None:
        """Calls made before still go out."""
        await self.resign()
        self._thread.shutdown()
        self._engine.dispose()

    # --- in the thread ----------------------------------------------------------------------------------------------

    def _with_connection(self, work: Callable[[Connection], R]) -> R:
        try:
            return work(self._opened())
        except DBAPIError as failed:
            self._drop()
            raise StoreUnavailable(f"the node's own connection failed: {translated(failed)}") from failed

    def _opened(self) -> Connection:
        if self._connection is None:
            if time.monotonic() < self._not_before_s:
                raise StoreUnavailable("the database was away a moment ago")
            self._not_before_s = time.monotonic() + self._rest_s
            self._rest_s = min(2 * self._rest_s, _LONGEST_REST_S)
            self._connection = self._engine.connect()
            self._rest_s, self._not_before_s = _FIRST_REST_S, 0.0
        return self._connection

    def _lead(self, connection: Connection, name: str) -> bool:
        if name in self._held:
            connection.execute(text("SELECT 1"))  # raises when the session, and so the lock, is gone
            return True
        if connection.execute(text("SELECT pg_try_advisory_lock(:class, :lock)"), _lock_of(name)).scalar_one():
            self._held.add(name)
        return name in self._held

    def _follow(self, connection: Connection, name: str) -> None:
        if name in self._held:
            self._held.remove(name)
            connection.execute(text("SELECT pg_advisory_unlock(:class, :lock)"), _lock_of(name))

    def _shout(self, call: WakeCall) -> None:
        self._calling.discard(call)  # first: what comes from here on needs a call of its own
        words = {"channel": CHANNEL, "call": f"{call} {self._token}"}
        try:
            self._with_connection(
                lambda connection: connection.execute(text("SELECT pg_notify(:channel, :call)"), words)
            )
        except StoreUnavailable:
            return  # the others look by themselves

    def _drop(self) -> None:
        self._held.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()


def _lock_of(name: str) -> dict[str, int]:
    """PostgreSQL names locks by two numbers of 32 bits."""
    return {"class": _CLASS, "lock": int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], signed=True)}
