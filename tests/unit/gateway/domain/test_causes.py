"""Hours are counted from where it ended to now; trends are told in per cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.reports.causes import HOUR, LONGEST, Cause, CauseKind, hours_between
from gateway.ports.causes import CountCauses
from gateway.workers.tally import AT_ONCE, CauseCounter

NOW = datetime(2026, 11, 24, 12, 34, tzinfo=UTC)
NOON = NOW.replace(minute=0)


@pytest.mark.parametrize(("count", "before", "trend"), [(3, 0, None), (3, 3, 0), (6, 3, 100), (0, 3, -100), (4, 3, 33)])
def test_the_trend_is_how_much_more_it_was_than_before(count, before, trend):
    assert Cause(CauseKind.PEER, "Unknown", "akimat", count, before).trend == trend


def test_hours_are_whole_and_both_ends_count():
    assert list(hours_between(NOW - HOUR, NOW, most=9)) == [NOON - HOUR, NOON]
    assert len(list(hours_between(NOW - LONGEST, NOW, most=AT_ONCE))) == AT_ONCE


class Book:
    """A store that notes what is counted, and a clock."""

    def __init__(self, last: datetime | None) -> None:
        self.last, self.hours = last, []
        self.store = self.clock = self

    def now(self) -> datetime:
        return NOW

    async def run(self, operation: object) -> datetime | None:
        if isinstance(operation, CountCauses):
            self.hours += operation.hours
        return self.last


async def test_two_months_are_counted_once_and_then_the_last_two_hours_each_time():
    book = Book(None)
    tally = CauseCounter(book)
    while await tally.run_once():
        pass
    assert len(set(book.hours)) == LONGEST // HOUR + 1
    book.hours.clear()
    assert await tally.run_once() == 0
    assert book.hours == [NOON - HOUR, NOON]


async def test_after_a_restart_it_goes_on_where_it_ended():
    book = Book(NOON - 5 * HOUR)
    assert await CauseCounter(book).run_once() == 0
    assert book.hours == [NOON - timedelta(hours=back) for back in (5, 4, 3, 2, 1, 0)]
