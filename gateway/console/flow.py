"""What ended in the last hour and day and how long it took, kept in stretches of five minutes.

A stretch that is over does not change any more, so only the newest ones are counted again, each time off one index.
Every node counts for itself; what it starts with is a day, an hour at a time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from connectors.ports.clock import Clock
from gateway.domain.delivery.latency import within
from gateway.domain.delivery.states import DeliveryState
from gateway.lists.deliveries import DeliveryParams, PeriodOf
from gateway.lists.listing import address
from gateway.ports.console import CountEnded, EndedCount, InstantPeriod
from gateway.ports.operations import Reads
from gateway.texts.language import marked
from gateway.texts.times import ALMATY

WIDTH: Final = timedelta(minutes=5)
HOUR: Final = timedelta(hours=1)
KEPT: Final = timedelta(hours=25)
SETTLES: Final = timedelta(minutes=15)
"""Clocks of nodes differ by five minutes at most, and what ended is committed in a moment."""
FRESH_S: Final = 5.0
DRAWN: Final = (DeliveryState.ACKNOWLEDGED, DeliveryState.REJECTED)


@dataclass(frozen=True, slots=True)
class FlowBucket:
    """What parties answered for good between two minutes; ``end`` is that of the drawing, which may be to come."""

    start: datetime
    end: datetime
    acknowledged: int
    rejected: int
    half_within: timedelta | None
    most_within: timedelta | None

    @property
    def count(self) -> int:
        return self.acknowledged + self.rejected

    def list_of(self, state: DeliveryState | None = None, *, is_open: bool = False) -> str:
        """The address of exactly these deliveries; ``is_open``: up to now."""
        until = None if is_open else self.end
        return address(DeliveryParams(state=state, period=PeriodOf.ENDED, since=self.start, until=until))


@dataclass(frozen=True, slots=True)
class FlowSeries:
    """A stretch as a whole and its parts. ``name``: in English words of the catalogue."""

    name: str
    whole: FlowBucket
    parts: tuple[FlowBucket, ...]


@dataclass(slots=True)
class _Counted:
    by_state: Counter[DeliveryState] = field(default_factory=Counter)
    by_class: Counter[int] = field(default_factory=Counter)


class Flow:
    """Asks the store at most once in ``FRESH_S``."""

    def __init__(self, reads: Reads, clock: Clock) -> None:
        self._reads, self._clock = reads, clock
        self._lock = asyncio.Lock()
        self._kept: dict[datetime, _Counted] = {}
        self._read_to: datetime | None = None
        self._checked_s = float("-inf")
        self._drawn: tuple[FlowSeries, ...] = ()

    async def current(self) -> tuple[FlowSeries, ...]:
        """The last hour by five minutes, and the last day by hours."""
        async with self._lock:
            now_s = asyncio.get_running_loop().time()
            if now_s - self._checked_s >= FRESH_S:
                now = self._clock.now()
                await self._read(now)
                self._drawn, self._checked_s = (_hour(self._kept, now), _day(self._kept, now)), now_s
            return self._drawn

    def forget(self) -> None:
        """Whoever looks next sees what was just done."""
        self._checked_s = float("-inf")

    async def _read(self, now: datetime) -> None:
        start = floor(now, HOUR) - KEPT + HOUR
        if self._read_to is not None:
            start = max(start, floor(min(self._read_to, now) - SETTLES, WIDTH))
        while start <= now:
            end = floor(start, HOUR) + HOUR
            rows = await self._reads.run(CountEnded(InstantPeriod(start, end), WIDTH))
            self._keep(start, end, rows)
            start = end
        oldest = floor(now, HOUR) - KEPT
        self._kept = {at: counted for at, counted in self._kept.items() if at >= oldest}
        self._read_to = now

    def _keep(self, start: datetime, end: datetime, rows: Iterable[EndedCount]) -> None:
        for at in [at for at in self._kept if start <= at < end]:
            del self._kept[at]
        for row in rows:
            counted = self._kept.setdefault(row.at, _Counted())
            counted.by_state[row.state] += row.count
            if row.state in DRAWN:
                counted.by_class[row.took] += row.count


FLOW: Final = web.AppKey("flow", Flow)


def floor(instant: datetime, width: timedelta) -> datetime:
    """The last whole stretch; Almaty is whole hours away from UTC."""
    local = instant.astimezone(ALMATY)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + (local - day) // width * width).astimezone(instant.tzinfo)


def _hour(kept: Mapping[datetime, _Counted], now: datetime) -> FlowSeries:
    start = floor(now, WIDTH) - HOUR + WIDTH
    return _drawn(marked("Last hour"), kept, start, WIDTH, 12)


def _day(kept: Mapping[datetime, _Counted], now: datetime) -> FlowSeries:
    start = floor(now, HOUR) - 23 * HOUR
    return _drawn(marked("Last 24 hours"), kept, start, HOUR, 24)


def _drawn(name: str, kept: Mapping[datetime, _Counted], start: datetime, width: timedelta, count: int) -> FlowSeries:
    parts = tuple(_stretch(kept, start + place * width, start + (place + 1) * width) for place in range(count))
    return FlowSeries(name, _stretch(kept, start, start + count * width), parts)


def _stretch(kept: Mapping[datetime, _Counted], start: datetime, end: datetime) -> FlowBucket:
    states: Counter[DeliveryState] = Counter()
    classes: Counter[int] = Counter()
    for at, counted in kept.items():
        if start <= at < end:
            states += counted.by_state
            classes += counted.by_class
    return FlowBucket(
        start,
        end,
        states[DeliveryState.ACKNOWLEDGED],
        states[DeliveryState.REJECTED],
        within(classes, 0.5),
        within(classes, 0.95),
    )
