"""A report as its page shows it: lines, their sum, the period before, and the months up to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.party import LocalText, PartyId
from dossier.procedure.wording import same
from gateway.console.reports.drawing import ReportBar, bars
from gateway.console.reports.query import BY_NAME, BY_RATE, ReportFilter
from gateway.domain.reports.definitions import name_of, rate
from gateway.domain.reports.figures import NOTHING, Figure, GroupBy, Tally
from gateway.domain.reports.periods import DayPeriod
from gateway.ports.operations import Reads
from gateway.ports.reports import ReportLine

MOST_LINES: Final = 200
"""Of a page; all of them are in the CSV."""
MOST_DRAWN: Final = 12
FEW: Final = 5
"""A line of fewer appeals may point to a person."""
_TREND_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One body, region, subject or month. ``before``: the same in the period before; None where months are told."""

    name: str
    label: LocalText
    tally: Tally
    before: Tally | None

    @property
    def is_few(self) -> bool:
        """Whether it may point to a person."""
        return self.tally[Figure.RECEIVED] < FEW

    @property
    def rate(self) -> float:
        """The share on time, from 0; above all where nothing was due."""
        return float(rate(self.tally) or 101)


@dataclass(frozen=True, slots=True)
class ReportView:
    """``left_out``: lines that the page does not show. ``trend``: month by month, up to the end of the period."""

    filters: ReportFilter
    lines: tuple[ReportRow, ...]
    left_out: int
    total: Tally
    before: Tally
    drawn: tuple[ReportBar, ...]
    trend: tuple[ReportBar, ...]


async def make(reads: Reads, filters: ReportFilter, parties: Mapping[PartyId, LocalText]) -> ReportView:
    """All that the page of a report shows."""
    by = GroupBy.MONTH if filters.among is not GroupBy.ALL else filters.by
    lines = await lines_of(reads, filters, by, parties)
    shown = tuple(lines[:MOST_LINES])
    return ReportView(
        filters=filters,
        lines=shown,
        left_out=len(lines) - len(shown),
        total=await total_of(reads, filters),
        before=_only(await reads.run(filters.report(GroupBy.ALL, filters.period.before))),
        drawn=bars([(line.label, line.tally) for line in shown[:MOST_DRAWN]]) if by is not GroupBy.MONTH else (),
        trend=await _trend(reads, filters),
    )


async def total_of(reads: Reads, filters: ReportFilter) -> Tally:
    """Of whole appeals: by body the lines may add up to more."""
    return _only(await reads.run(filters.report(GroupBy.ALL)))


async def lines_of(
    reads: Reads, filters: ReportFilter, by: GroupBy, parties: Mapping[PartyId, LocalText]
) -> list[ReportRow]:
    """Sorted as asked."""
    found = await reads.run(filters.report(by))
    earlier = {} if by is GroupBy.MONTH else _by_name(await reads.run(filters.report(by, filters.period.before)))
    before = None if by is GroupBy.MONTH else NOTHING
    lines = [
        ReportRow(one.name, name_of(by, one.name, parties), one.tally, earlier.get(one.name, before)) for one in found
    ]
    return _sorted(lines, filters.sort if by is filters.by else BY_NAME)


def _sorted(lines: Iterable[ReportRow], sort: str) -> list[ReportRow]:
    """By name upwards, else the greatest first, and those alike by name."""
    named = sorted(lines, key=lambda line: line.name)
    if sort == BY_NAME:
        return named
    if sort == BY_RATE:
        return sorted(named, key=lambda line: line.rate)  # the worst first
    return sorted(named, key=lambda line: line.tally[Figure(sort)], reverse=True)


async def _trend(reads: Reads, filters: ReportFilter) -> tuple[ReportBar, ...]:
    """The last twelve months of the period and before it, those without an appeal, too."""
    period = DayPeriod(_a_year_back(filters.period.until), filters.period.until)
    found = _by_name(await reads.run(filters.report(GroupBy.MONTH, period)))
    return bars([(same(month), found.get(month, NOTHING)) for month in period.months_in()])


def _a_year_back(until: date) -> date:
    """The first day of the first of twelve months that end with the month of ``until``."""
    count = until.year * 12 + until.month - _TREND_MONTHS
    return date(count // 12, count % 12 + 1, 1)


def _by_name(lines: Iterable[ReportLine]) -> dict[str, Tally]:
    return {line.name: line.tally for line in lines}


def _only(lines: Sequence[ReportLine]) -> Tally:
    return lines[0].tally if lines else NOTHING
