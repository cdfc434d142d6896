"""Alarms in lists: those that are open, the worst first, and those that are over, a page at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from gateway.domain.alarms import Alarm, Kind, loudest_first
from gateway.ports.alarms import AlarmReads, AlarmsLooked, Unheard

PAGE: Final = 50
MOST_OPEN: Final = 500
"""Open ones on the page, which are sorted; more are no list but a disaster, and the newest of it."""
_KINDS: Final = frozenset(map(str, Kind))


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """As read from an address; what it does not know is as if it were not said. ``after``: of those that are over."""

    kind: str = ""
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> AlarmFilter:
        """Of a query string."""
        kind, after = query.get("kind", ""), query.get("after", "")
        is_number = after.isascii() and after.isdigit() and len(after) < 19
        return cls(kind if kind in _KINDS else "", int(after) if is_number else None)

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {"kind": filtered.kind, "after": "" if filtered.after is None else str(filtered.after)}
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class AlarmList:
    """``open_ones``: none on later pages. ``next_after``: where the next page begins; None on the last one."""

    open_ones: tuple[Alarm, ...]
    over: tuple[Alarm, ...]
    asked: AlarmFilter
    next_after: int | None
    unheard: tuple[Unheard, ...]
    now: datetime

    @property
    def is_cut(self) -> bool:
        """Whether more are open than are listed."""
        return len(self.open_ones) == MOST_OPEN


async def alarm_list(
    reads: AlarmReads, asked: AlarmFilter, unheard: tuple[Unheard, ...], *, now: datetime
) -> AlarmList:
    """The page that the filter asks for."""
    kind = Kind(asked.kind) if asked.kind else None
    open_ones: tuple[Alarm, ...] = ()
    if asked.after is None:
        open_ones = await reads.look_for_alarms(AlarmsLooked(is_open=True, kind=kind, limit=MOST_OPEN))
    found = await reads.look_for_alarms(AlarmsLooked(is_open=False, kind=kind, after=asked.after, limit=PAGE + 1))
    next_after = found[PAGE - 1].alarm_id if len(found) > PAGE else None
    return AlarmList(tuple(sorted(open_ones, key=loudest_first)), found[:PAGE], asked, next_after, unheard, now)


def version_of(open_ones: tuple[Alarm, ...], now: datetime) -> str:
    """Differs whenever an open one does, and each minute, since ages grow."""
    told = [(one.alarm_id, one.level, one.count, one.acknowledged, one.unseen_since) for one in open_ones]
    return hashlib.sha256(repr((now.replace(second=0, microsecond=0), told)).encode()).hexdigest()[:16]
