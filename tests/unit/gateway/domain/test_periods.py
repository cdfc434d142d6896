"""Periods by their names, and the ones before them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.reports.periods import DayPeriod

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("name", "since", "until", "before", "after"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025", "2027"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4", "2026-Q2"),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026-01", "2026-03"),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31), "2026-11", "2027-01"),
    ],
)
def test_a_month_a_quarter_and_a_year_have_a_name_and_neighbours(name, since, until, before, after):
    period = DayPeriod.named(name)
    assert (period.since, period.until, period.name) == (since, until, name)
    assert (period.before.name, period.after.name) == (before, after)
    assert DayPeriod.free(since, until) == period


@pytest.mark.parametrize("name", ["", "26", "2026-13", "2026-Q5", "2026-00", "2026-1-1", "2026Q1", "никогда"])
def test_anything_else_is_no_period(name):
    assert DayPeriod.named(name) is None


@given(DAYS, DAYS)
def test_free_days_may_come_either_way_and_the_period_before_ends_the_day_before(one, other):
    period = DayPeriod.free(one, other)
    assert (period.since, period.until) == (min(one, other), max(one, other))
    assert (period.since - period.before.until).days == (period.after.since - period.until).days == 1
    if not period.name:
        assert period.before.until - period.before.since == period.until - period.since
    assert next(iter(period.months_in())) == f"{period.since:%Y-%m}"
    assert list(period.months_in())[-1] == f"{period.until:%Y-%m}"
