"""The cleaner: erases what was kept long enough, and uploads that nobody finished; a little at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from gateway.domain.retention import REQUESTS_KEPT, Retention
from gateway.ports.intake import ForgetRequests
from gateway.service.exchange import Exchange
from gateway.service.retain import Sweep

log = structlog.get_logger()

_FILES_AT_ONCE: Final = 100


class Cleaner:
    """One on all nodes. ``unfinished``: how long an upload may take."""

    def __init__(self, exchange: Exchange, retention: Retention, *, unfinished: timedelta) -> None:
        self._exchange, self._retention, self._unfinished = exchange, retention, unfinished
        self._sweep = self._new_sweep()

    async def run_once(self) -> int:
        """One commit; 0 when a whole pass is over, and nothing waits until the next."""
        now = self._exchange.clock.now()
        if discarded := await self._discard_files():
            return discarded
        if forgotten := await self._exchange.store.run(ForgetRequests(before=now - REQUESTS_KEPT)):
            return forgotten
        erased = await self._sweep.step(self._exchange.store, now)
        if erased is None:
            self._sweep = self._new_sweep()
            return 0
        if erased.count:
            log.info("retention.erased", kept=erased.kept.value, count=erased.count)
        return 1

    async def _discard_files(self) -> int:
        """Parts of uploads that nobody finished, bytes of documents that were erased, and what a crash has left.

        The last by the hour, one 256th of the folder at a time: all of it in eleven days.
        """
        before = self._exchange.clock.now() - self._unfinished
        uploads = await self._exchange.documents.discard_uploads(before=before, limit=_FILES_AT_ONCE)
        lost = await self._exchange.documents.discard_lost(limit=_FILES_AT_ONCE)
        lost += await self._exchange.documents.discard_leftovers(f"{before.toordinal() * 24 + before.hour & 0xFF:02x}")
        if uploads or lost:
            log.info("files.discarded", uploads=uploads, documents=lost)
        return uploads + lost

    def _new_sweep(self) -> Sweep:
        return Sweep(self._retention, by="cleaner")
