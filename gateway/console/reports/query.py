"""What a report is asked for, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self
from urllib.parse import urlencode

from gateway.console.typed import words_of
from gateway.domain.reports.figures import Figure, GroupBy
from gateway.domain.reports.periods import DayPeriod
from gateway.lists.counted_appeals import CountedAppealParams
from gateway.lists.listing import address
from gateway.ports.reports import ReportQuery

GROUPABLE: Final = (GroupBy.BODY, GroupBy.REGION, GroupBy.SUBJECT, GroupBy.MONTH)
BY_NAME: Final = "name"
BY_RATE: Final = "rate"
_AMONG: Final = frozenset({GroupBy.BODY, GroupBy.REGION, GroupBy.SUBJECT})
_FIGURES: Final = frozenset(map(str, Figure))


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What is not known is as if it were not said. ``among``, ``of``: only those of one body, region or subject.

    ``sort``: a figure, ``name`` or ``rate``.
    """

    period: DayPeriod
    by: GroupBy = GroupBy.BODY
    sort: str = Figure.RECEIVED.value
    among: GroupBy = GroupBy.ALL
    of: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], today: date) -> Self:
        """Of a query string; this month where it names no period."""
        by, among, sort = (query.get(name, "") for name in ("by", "among", "sort"))
        is_narrowed = among in set(map(str, _AMONG))
        group_by = GroupBy(by) if by in set(map(str, GROUPABLE)) else GroupBy.BODY
        return cls(
            period=_period(query, today),
            by=group_by,
            sort=sort if sort in _FIGURES | {BY_NAME, BY_RATE} else _usual(group_by),
            among=GroupBy(among) if is_narrowed else GroupBy.ALL,
            of=words_of(query.get("of", "")) if is_narrowed else "",
        )

    def report(self, by: GroupBy, period: DayPeriod | None = None) -> ReportQuery:
        """In terms of the store, told apart by ``by``."""
        days = period or self.period
        return ReportQuery(days.since, days.until, by, self.among, self.of)

    def behind(self, figure: Figure) -> str:
        """The address of the list behind a figure."""
        days, name = self.period, self.of or None
        return address(
            CountedAppealParams(figure=figure, since=days.since, until=days.until, among=self.among, name=name)
        )

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filters = replace(self, **changes)  # type: ignore[arg-type]
        days = {"period": filters.period.name}
        if not filters.period.name:
            days = {"from": filters.period.since.isoformat(), "to": filters.period.until.isoformat()}
        named = {
            **days,
            "by": filters.by.value if filters.by is not GroupBy.BODY else "",
            "sort": filters.sort if filters.sort != _usual(filters.by) else "",
            "among": filters.among.value if filters.among is not GroupBy.ALL else "",
            "of": filters.of,
        }
        return urlencode({name: value for name, value in named.items() if value})

    def line(self, name: str) -> ReportFilter:
        """What is asked for when only the line called ``name`` is."""
        if self.by is not GroupBy.MONTH and self.among is GroupBy.ALL:
            return replace(self, among=self.by, of=name, by=GroupBy.BODY, sort=_usual(GroupBy.BODY))
        month = DayPeriod.named(name) or self.period
        since, until = max(month.since, self.period.since), min(month.until, self.period.until)
        return replace(self, period=DayPeriod.free(since, until), by=GroupBy.BODY, sort=_usual(GroupBy.BODY))


def _usual(by: GroupBy) -> str:
    return BY_NAME if by is GroupBy.MONTH else Figure.RECEIVED.value


def _period(query: Mapping[str, str], today: date) -> DayPeriod:
    since, until = (_day(query.get(name, "")) for name in ("from", "to"))
    if since or until:
        return DayPeriod.free(since or until or today, until or today)
    return DayPeriod.named(query.get("period", "")) or DayPeriod.of_months(today.replace(day=1), 1)


def _day(words: str) -> date | None:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
