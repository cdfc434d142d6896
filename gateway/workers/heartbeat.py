"""The beacon: says that this node is there, until it leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

import structlog

from gateway.ports.nodes import Node
from gateway.ports.store import Store
from gateway.process.log import reason_of
from gateway.workers.bell import WakeEvent

log = structlog.get_logger()

BEAT_EVERY: Final = timedelta(seconds=2)
"""Four times within the patience of the server, which then takes from us what we lead."""


class Heartbeat:
    """From entering to leaving, also while the node finishes what it has in hand.

    It beats in the event loop on purpose: a process whose loop hangs shall not look alive.
    """

    def __init__(self, store: Store, node: Node) -> None:
        self._store, self._node = store, node
        self._bell = WakeEvent()
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Raises NodeNameTaken, StoreUnavailable."""
        await self._store.enter(self._node)
        self._beating = asyncio.create_task(self._keep_beating())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait({self._beating})
        try:
            await self._store.leave(self._node.name)
        except Exception as failure:  # noqa: BLE001 - it is gone all the same, which its silence tells
            log.warning("node.leaving_not_recorded", error=type(failure).__name__, reason=reason_of(failure))

    def drain(self) -> None:
        """Say from now on that the node is about to leave."""
        self._node = replace(self._node, draining=True)
        self._bell.ring()

    async def _keep_beating(self) -> None:
        seen = True
        while True:
            await self._bell.wait(BEAT_EVERY)
            was_seen = seen
            try:
                await self._store.beat(self._node)
                seen = True
            except Exception as failure:  # noqa: BLE001 - the database may be away; then nobody sees us, rightly
                seen = False
                if was_seen:  # once, not every two seconds for as long as it lasts
                    log.warning("node.heartbeat_failed", error=type(failure).__name__, reason=reason_of(failure))
            if seen and not was_seen:
                log.info("node.heartbeat_resumed")
