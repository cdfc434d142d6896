"""Erase what has been kept for as long as it should be: one commit at a time, so that it can stop between any two."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gateway.domain.retention import Erased, Retention, RetentionKind
from gateway.ports.case import CountOld, EraseCases, EraseRows, FindCasesOver, Place
from gateway.ports.operations import Reads
from gateway.ports.store import Store

LOGS: Final = frozenset(RetentionKind) - {RetentionKind.CASES}


@dataclass(slots=True)
class Sweep:
    """One pass over everything that is due. ``place``: how far cases were looked at; ``done``: what is finished."""

    retention: Retention
    by: str
    reason: str | None = None
    place: Place | None = None
    done: set[RetentionKind] = field(default_factory=set)

    async def step(self, store: Store, now: datetime) -> Erased | None:
        """One commit, of whatever is due next; None when the pass is over.

        What is not over, or not old enough, is never touched.
        """
        for kept, span in self.retention.items():
            if kept not in self.done:
                why = self.reason or f"kept for {span.days} days"
                before = now - span
                return await (
                    self._cases(store, before, why, now)
                    if kept is RetentionKind.CASES
                    else self._rows(store, kept, before, why, now)
                )
        return None

    async def _cases(self, store: Store, before: datetime, why: str, now: datetime) -> Erased:
        found, self.place = await store.run(FindCasesOver(before, self.place))
        if self.place is None:
            self.done.add(RetentionKind.CASES)
        if not found:
            return Erased(RetentionKind.CASES, 0)
        return await store.run(EraseCases(found, before, by=self.by, reason=why, at=now))

    async def _rows(self, store: Store, kept: RetentionKind, before: datetime, why: str, now: datetime) -> Erased:
        if await store.run(CountOld(kept, before)) == 0:
            self.done.add(kept)
            return Erased(kept, 0)
        return await store.run(EraseRows(kept, before, by=self.by, reason=why, at=now))


async def plan(store: Reads, retention: Retention, now: datetime) -> dict[RetentionKind, int]:
    """How much would be erased now, of each."""
    counted = {kept: await store.run(CountOld(kept, now - span)) for kept, span in retention.items() if kept in LOGS}
    if RetentionKind.CASES in retention:
        counted[RetentionKind.CASES] = await _count_cases(store, now - retention[RetentionKind.CASES])
    return counted


async def _count_cases(store: Reads, before: datetime) -> int:
    found, place = await store.run(FindCasesOver(before, None))
    count = len(found)
    while place is not None:
        found, place = await store.run(FindCasesOver(before, place))
        count += len(found)
    return count
