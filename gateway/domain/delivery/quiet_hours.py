"""When a party is not called: windows of local time, as instants. Pure; nobody waits here.

Windows are resolved to instants day by day, so a change of the zone moves them as people would: Almaty went from +06
to +05 on 1 March 2024, and an hour that the clock showed twice is quiet both times if the window covers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.party import QuietHours

ZONE: Final = ZoneInfo("Asia/Almaty")
LEAST_OPEN: Final = timedelta(hours=1)
"""A party can be called for at least this long at a stretch, some time in every week."""
SPREAD: Final = timedelta(minutes=5)
"""Calls that waited for the end of quiet hours begin within this time after it, not all in its first second."""

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7 * _DAY
_WEEK_MINUTES: Final = 7 * 24 * 60


def open_at(windows: Sequence[QuietHours], at: datetime, *, share: float = 0.0) -> datetime:
    """``at``, or if that is quiet, when it ends; then ``share`` in [0, 1) of what may be spread, later.

    ``at`` is aware; so is the answer, which is never before ``at`` and never quiet. The windows leave ``LEAST_OPEN``;
    of some that leave nothing, the answer is a fortnight.
    """
    opens = at
    while opens < at + 2 * _WEEK and (ends := [end for begin, end in _around(windows, opens) if begin <= opens < end]):
        opens = max(ends)
    if opens == at:
        return at
    return opens + min(SPREAD, _until_quiet(windows, opens)) * share


def longest_opening(windows: Sequence[QuietHours]) -> timedelta:
    """The longest stretch of a week in which the party may be called. Exact where the zone does not change."""
    quiet = {minute % _WEEK_MINUTES for window in windows for minute in _minutes(window)}
    if not quiet:
        return _WEEK
    longest = run = 0
    for minute in range(2 * _WEEK_MINUTES):  # twice round, so that a stretch over Sunday night counts whole
        run = 0 if minute % _WEEK_MINUTES in quiet else run + 1
        longest = max(longest, run)
    return timedelta(minutes=longest)


def _until_quiet(windows: Sequence[QuietHours], opens: datetime) -> timedelta:
    begins = [begin - opens for begin, _ in _around(windows, opens) if begin > opens]
    return min(begins, default=SPREAD)


def _around(windows: Sequence[QuietHours], at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The windows that may hold or follow ``at`` closely: those that begin yesterday, today or tomorrow."""
    today = at.astimezone(ZONE).date()
    for window in windows:
        for day in (today - _DAY, today, today + _DAY):
            if day.isoweekday() in window.days:
                yield _instant(day, window.from_, fold=0), _instant(_last_day(window, day), window.to, fold=1)


def _last_day(window: QuietHours, day: date) -> date:
    return day + _DAY if window.to <= window.from_ else day


def _instant(day: date, local: time, *, fold: int) -> datetime:
    return datetime.combine(day, local.replace(fold=fold), ZONE).astimezone(UTC)


def _minutes(window: QuietHours) -> Iterator[int]:
    length = _minute_of(window.to) - _minute_of(window.from_)
    length += 24 * 60 if window.to <= window.from_ else 0
    for day in window.days:
        begin = (day - 1) * 24 * 60 + _minute_of(window.from_)
        yield from range(begin, begin + length)


def _minute_of(local: time) -> int:
    return local.hour * 60 + local.minute
