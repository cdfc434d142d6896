"""A report as its page shows it: lines, their sum, the period before, and the months up to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.party import LocalText, PartyId
from dossier.procedure.wording import same
from gateway.console.reports.asked import BY_NAME, BY_RATE, ReportFilter
from gateway.console.reports.drawing import Bar, bars
from gateway.domain.periods import Period
from gateway.domain.report_words import name_of, rate
from gateway.domain.reports import NOTHING, By, Figure, Tally
from gateway.ports.reports import ReportLine, ReportReads

MOST_LINES: Final = 200
"""Of a page; all of them are in the CSV."""
MOST_DRAWN: Final = 12
FEW: Final = 5
"""A line of fewer appeals may point to a person."""
_TREND_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One body, region, subject or month. ``before``: the same in the period before; None where months are told."""

    name: str
    told: LocalText
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
class Report:
    """``left_out``: lines that the page does not show. ``trend``: month by month, up to the end of the period."""

    asked: ReportFilter
    lines: tuple[Line, ...]
    left_out: int
    total: Tally
    before: Tally
    drawn: tuple[Bar, ...]
    trend: tuple[Bar, ...]


async def make(reads: ReportReads, asked: ReportFilter, parties: Mapping[PartyId, LocalText]) -> Report:
    """All that the page of a report shows."""
    by = By.MONTH if asked.among is not By.ALL else asked.by
    lines = await lines_of(reads, asked, by, parties)
    shown = tuple(lines[:MOST_LINES])
    return Report(
        asked=asked,
        lines=shown,
        left_out=len(lines) - len(shown),
        total=await total_of(reads, asked),
        before=_only(await reads.report(asked.report(By.ALL, asked.period.before))),
        drawn=bars([(line.told, line.tally) for line in shown[:MOST_DRAWN]]) if by is not By.MONTH else (),
        trend=await _trend(reads, asked),
    )


async def total_of(reads: ReportReads, asked: ReportFilter) -> Tally:
    """Of whole appeals: by body the lines may add up to more."""
    return _only(await reads.report(asked.report(By.ALL)))


async def lines_of(reads: ReportReads, asked: ReportFilter, by: By, parties: Mapping[PartyId, LocalText]) -> list[Line]:
    """Sorted as asked."""
    found = await reads.report(asked.report(by))
    earlier = {} if by is By.MONTH else _by_name(await reads.report(asked.report(by, asked.period.before)))
    before = None if by is By.MONTH else NOTHING
    lines = [Line(one.name, name_of(by, one.name, parties), one.tally, earlier.get(one.name, before)) for one in found]
    return _sorted(lines, asked.sort if by is asked.by else BY_NAME)


def _sorted(lines: Iterable[Line], sort: str) -> list[Line]:
    """By name upwards, else the greatest first, and those alike by name."""
    named = sorted(lines, key=lambda line: line.name)
    if sort == BY_NAME:
        return named
    if sort == BY_RATE:
        return sorted(named, key=lambda line: line.rate)  # the worst first
    return sorted(named, key=lambda line: line.tally[Figure(sort)], reverse=True)


async def _trend(reads: ReportReads, asked: ReportFilter) -> tuple[Bar, ...]:
    """The last twelve months of the period and before it, those without an appeal, too."""
    period = Period(_a_year_back(asked.period.until), asked.period.until)
    found = _by_name(await reads.report(asked.report(By.MONTH, period)))
    return bars([(same(month), found.get(month, NOTHING)) for month in period.months_in()])


def _a_year_back(until: date) -> date:
    """The first day of the first of twelve months that end with the month of ``until``."""
    count = until.year * 12 + until.month - _TREND_MONTHS
    return date(count // 12, count % 12 + 1, 1)


def _by_name(lines: Iterable[ReportLine]) -> dict[str, Tally]:
    return {line.name: line.tally for line in lines}


def _only(lines: Sequence[ReportLine]) -> Tally:
    return lines[0].tally if lines else NOTHING
