"""Alarms in lists: those that are open, the loudest first, and those that are over, each a page at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from gateway.domain.alarms.kinds import BANDS, Alarm, AlarmKind, band_of
from gateway.ports.alarms import AlarmQuery, OpenAlarmQuery, OpenPlace, UndeliveredAlarms
from gateway.ports.operations import Reads

PAGE: Final = 50
_KINDS: Final = frozenset(map(str, AlarmKind))


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """As read from an address; what it does not know is as if it were not said.

    ``place``: where the page before ended, of those that are open; ``after``: of those that are over.
    """

    kind: str = ""
    place: OpenPlace | None = None
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> AlarmFilter:
        """Of a query string."""
        kind, after = query.get("kind", ""), query.get("after", "")
        place = _place(query.get("open", ""))
        return cls(kind if kind in _KINDS else "", place, int(after) if _is_number(after) and place is None else None)

    @property
    def of_kind(self) -> AlarmKind | None:
        """None: of any."""
        return AlarmKind(self.kind) if self.kind else None

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "kind": filtered.kind,
            "open": "" if filtered.place is None else _version(filtered.place),
            "after": "" if filtered.after is None else str(filtered.after),
        }
        return urlencode({name: value for name, value in named.items() if value})


@dataclass(frozen=True, slots=True)
class AlarmList:
    """The first page has both lists, a later one goes on with one of them.

    ``next_place``, ``next_after``: where the next page of either begins; None on the last one.
    """

    open_ones: tuple[Alarm, ...]
    next_place: OpenPlace | None
    over: tuple[Alarm, ...]
    next_after: int | None
    filters: AlarmFilter
    failing_channels: tuple[UndeliveredAlarms, ...]
    now: datetime


async def alarm_list(
    reads: Reads, filters: AlarmFilter, failing_channels: tuple[UndeliveredAlarms, ...], *, now: datetime
) -> AlarmList:
    """The page that the filter asks for."""
    lasting, ended = await open_page(reads, filters), await _over_page(reads, filters)
    last = lasting[PAGE - 1] if len(lasting) > PAGE else None
    return AlarmList(
        lasting[:PAGE],
        OpenPlace(band_of(last), last.alarm_id) if last else None,
        ended[:PAGE],
        ended[PAGE - 1].alarm_id if len(ended) > PAGE else None,
        filters,
        failing_channels,
        now,
    )


async def open_page(reads: Reads, filters: AlarmFilter) -> tuple[Alarm, ...]:
    """One more than a page; none where those that are over go on."""
    if filters.after is not None:
        return ()
    return await reads.run(OpenAlarmQuery(filters.of_kind, filters.place, limit=PAGE + 1))


async def _over_page(reads: Reads, filters: AlarmFilter) -> tuple[Alarm, ...]:
    if filters.place is not None:
        return ()
    return await reads.run(AlarmQuery(is_open=False, kind=filters.of_kind, after=filters.after, limit=PAGE + 1))


def version_of(open_ones: tuple[Alarm, ...], now: datetime) -> str:
    """Differs whenever an open one does, and each minute, since ages grow."""
    version = [(one.alarm_id, one.level, one.count, one.acknowledged, one.unseen_since) for one in open_ones]
    return hashlib.sha256(repr((now.replace(second=0, microsecond=0), version)).encode()).hexdigest()[:16]


def _place(words: str) -> OpenPlace | None:
    """Of an address: the place of a band among the bands, and a number in it."""
    band, _, number = words.partition("-")
    if not (_is_number(band) and _is_number(number)) or int(band) >= len(BANDS):
        return None
    return OpenPlace(BANDS[int(band)], int(number))


def _version(place: OpenPlace) -> str:
    return f"{BANDS.index(place.band)}-{place.alarm_id}"


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 19
