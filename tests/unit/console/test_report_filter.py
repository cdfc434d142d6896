"""What a report is asked for goes into an address and comes out of it unchanged."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.procedure.wording import same
from gateway.console.reports.drawing import bars
from gateway.console.reports.query import ReportFilter
from gateway.domain.reports.figures import NOTHING, Figure, GroupBy
from gateway.domain.reports.periods import DayPeriod

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(2000, 1, 1), date(2199, 12, 31))


def read(address: str) -> ReportFilter:
    return ReportFilter.read(dict(parse_qsl(address)), TODAY)


@given(
    st.builds(DayPeriod.free, DAYS, DAYS),
    st.sampled_from([GroupBy.BODY, GroupBy.REGION, GroupBy.SUBJECT, GroupBy.MONTH]),
    st.sampled_from(["name", "rate", *map(str, Figure)]),
)
def test_an_address_is_read_as_it_was_written(period, by, sort):
    requested = ReportFilter(period, by, sort)
    assert read(requested.address()) == requested
    assert read(requested.address(among=GroupBy.BODY, of="a b&c=d")).of == "a b&c=d"


def test_without_a_period_it_is_this_month_by_body():
    requested = read("")
    assert (requested.period.name, requested.by, requested.sort, requested.among) == (
        "2026-11",
        GroupBy.BODY,
        "received",
        GroupBy.ALL,
    )
    assert requested.address() == "period=2026-11"


def test_the_line_of_a_month_is_the_part_of_it_that_the_period_has():
    requested = ReportFilter(DayPeriod.free(date(2026, 10, 20), date(2026, 11, 10)), GroupBy.MONTH)
    assert requested.line("2026-10").period == DayPeriod.free(date(2026, 10, 20), date(2026, 10, 31))
    assert requested.line("2026-11").period == DayPeriod.free(date(2026, 11, 1), date(2026, 11, 10))


@pytest.mark.parametrize(("by", "among"), [(GroupBy.BODY, GroupBy.BODY), (GroupBy.REGION, GroupBy.REGION)])
def test_the_line_of_a_name_is_that_name_alone(by, among):
    line = ReportFilter(DayPeriod.free(TODAY, TODAY), by).line("75")
    assert (line.among, line.of, line.period) == (among, "75", DayPeriod.free(TODAY, TODAY))


def test_bars_are_drawn_against_the_longest_and_their_parts_follow_each_other():
    one, other = bars(
        [
            (same("a"), {**NOTHING, Figure.RECEIVED: 4, Figure.ON_TIME: 1, Figure.SILENT: 3}),
            (same("b"), {**NOTHING, Figure.RECEIVED: 2, Figure.OPEN: 2}),
        ]
    )
    assert [(part.figure, part.start, part.length) for part in one.segments] == [
        (Figure.ON_TIME, 0, 0.25),
        (Figure.SILENT, 0.25, 0.75),
    ]
    assert [(part.figure, part.start, part.length) for part in other.segments] == [(Figure.OPEN, 0, 0.5)]
    assert bars([(same("c"), NOTHING)])[0].segments == ()
