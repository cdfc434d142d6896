"""The store in memory behind the port ``gateway.ports.store.Store``: one node, which leads all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Never, TypeVar, cast

from contracts.party import PartyId
from gateway.ports.nodes import Node, WakeCall
from gateway.ports.operations import StoreOperation
from gateway.ports.store import StoreLoad
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.nodes import SqlPeers
from gateway.store.engine.wake import WakeEvents
from tests.worlds.memory import cases, clocks, mailbox, moves, outbox, reads, registry
from tests.worlds.memory.rows import SERVED, Memory, NotServed

R = TypeVar("R")
EXCHANGE = PartyId("dalel")

__all__ = ["SERVED", "MemoryStore", "NotServed"]
_MODULES = (cases, clocks, mailbox, moves, outbox, reads, registry)  # which bind what they serve


class MemoryStore:
    """``memory``: what it keeps, for tests to look at."""

    def __init__(self, exchange: PartyId = EXCHANGE) -> None:
        self.memory = Memory(exchange)
        self.peers = SqlPeers(WakeEvents())  # alone, as with SQLite
        self._closed = False

    async def run(self, operation: StoreOperation[R]) -> R:
        """Nothing else runs meanwhile, so each operation is one transaction."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        served = SERVED.get(type(operation))
        if served is None:
            raise NotServed(f"{type(operation).__name__} is not served in memory; run the test on a database")
        await asyncio.sleep(0)
        result = served(self.memory, operation)
        if self.memory.has_work:
            self.memory.has_work = False
            self.peers.call(WakeCall.WORK)
        return cast("R", result)

    async def read(self, query: Callable[..., object], *_: object, **__: object) -> Never:
        """What speaks SQL itself, as the rows of documents do, needs a database."""
        raise NotServed(f"{query.__module__}.{query.__name__} is SQL; run the test on a database")

    async def write(self, batch: Callable[..., object], _: object) -> Never:
        await self.read(batch)

    def load(self) -> StoreLoad:
        return StoreLoad(0, timedelta(0))

    async def enter(self, node: Node) -> None:
        """There is no other."""

    async def beat(self, node: Node) -> None:
        """Nobody listens."""

    async def leave(self, name: str) -> None:
        """Nobody follows."""

    async def close(self) -> None:
        self._closed = True
