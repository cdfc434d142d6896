"""Shares of times by their classes: exact to the bound of a class."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.delivery.latency import BOUNDS, class_of, within

SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=29))


def test_bounds_grow_and_hold_what_ends_on_them():
    assert list(BOUNDS) == sorted(set(BOUNDS))
    assert [class_of(bound) for bound in BOUNDS] == list(range(len(BOUNDS)))
    assert class_of(timedelta(days=31)) == len(BOUNDS)


@given(st.lists(SPANS, min_size=1, max_size=60), st.sampled_from([0.5, 0.95, 1.0]))
def test_so_large_a_share_took_no_longer_than_what_is_told_and_hardly_less(spans: list[timedelta], share: float):
    reported = within(Counter(map(class_of, spans)), share)
    exact = sorted(spans)[max(0, -int(-share * len(spans) // 1) - 1)]
    assert reported is not None
    assert exact <= reported
    assert sum(one <= reported for one in spans) >= share * len(spans)


def test_of_nothing_and_of_what_took_longer_than_the_last_bound_nothing_is_told():
    assert within({}, 0.5) is None
    assert within({len(BOUNDS): 3}, 0.5) is None


@pytest.mark.parametrize(("share", "reported"), [(0.5, timedelta(seconds=1)), (0.95, timedelta(minutes=2))])
def test_half_and_most_are_read_off_the_same_counts(share: float, reported: timedelta):
    assert within({class_of(timedelta(seconds=1)): 9, class_of(timedelta(seconds=100)): 1}, share) == reported
