"""The counts that many pages and streams show, counted once in a while for all of them."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from connectors.ports.clock import Clock
from gateway.domain.delivery.circuit import Circuit
from gateway.ports.console import CountTerms, FindOldestOpen, TermCounts
from gateway.ports.deliveries import Backlog, DeliveryRow, ListBacklog, ListCircuits
from gateway.ports.ledger import LedgerStatus, LoadLedgerStatus
from gateway.ports.operations import Reads
from gateway.ports.parties import ListPauses, Pause
from gateway.texts.times import ALMATY

FRESH_S: Final = 2.0
"""How old counts may be; counting a million that wait takes a tenth of that."""


@dataclass(frozen=True, slots=True)
class OverviewCounts:
    """All figures of the overview as of ``at``."""

    at: datetime
    backlog: tuple[Backlog, ...]
    circuits: tuple[Circuit, ...]
    pauses: tuple[Pause, ...]
    oldest: DeliveryRow | None
    terms: TermCounts
    ledger: LedgerStatus

    def sum_of(self, name: str) -> int:
        """Over all parties."""
        return sum(getattr(party, name) for party in self.backlog)

    @property
    def version(self) -> str:
        """Differs whenever a figure does that somebody may be looking at."""
        minute = self.at.replace(second=0, microsecond=0)  # since ages grow though nothing moves
        moving = (minute, self.backlog, self.circuits, self.pauses, self.terms, self.oldest and self.oldest.delivery_id)
        return hashlib.sha256(repr(moving).encode()).hexdigest()[:16]  # the same on every node


class CountCache:
    """Asks the store at most once in ``FRESH_S``, however many look."""

    def __init__(self, reads: Reads, clock: Clock) -> None:
        self._reads, self._clock = reads, clock
        self._lock = asyncio.Lock()
        self._counted: OverviewCounts | None = None
        self._counted_s = 0.0

    async def current(self) -> OverviewCounts:
        """The counts, new or nearly so."""
        async with self._lock:
            now_s = asyncio.get_running_loop().time()
            if self._counted is None or now_s - self._counted_s >= FRESH_S:
                self._counted = await self._count()
                self._counted_s = now_s
            return self._counted

    def forget(self) -> None:
        """Whoever looks next sees what was just done."""
        self._counted = None

    async def _count(self) -> OverviewCounts:
        now = self._clock.now()
        return OverviewCounts(
            now,
            await self._reads.run(ListBacklog()),
            await self._reads.run(ListCircuits()),
            await self._reads.run(ListPauses()),
            await self._reads.run(FindOldestOpen()),
            await self._reads.run(CountTerms(due_until=_end_of_day(now), breached_since=now - timedelta(days=1))),
            await self._reads.run(LoadLedgerStatus()),
        )


def _end_of_day(now: datetime) -> datetime:
    """In Almaty, where terms are counted."""
    tomorrow = now.astimezone(ALMATY).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ALMATY)
