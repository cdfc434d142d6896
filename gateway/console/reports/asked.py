"""What a report is asked for, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Self
from urllib.parse import urlencode

from gateway.console.filters import words_of
from gateway.domain.periods import Period
from gateway.domain.reports import By, Figure
from gateway.ports.reports import BehindAsked, ReportAsked

TOLD_BY: Final = (By.BODY, By.REGION, By.SUBJECT, By.MONTH)
BY_NAME: Final = "name"
BY_RATE: Final = "rate"
_AMONG: Final = frozenset({By.BODY, By.REGION, By.SUBJECT})
_FIGURES: Final = frozenset(map(str, Figure))


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What is not known is as if it were not said. ``among``, ``of``: only those of one body, region or subject.

    ``sort``: a figure, ``name`` or ``rate``. ``figure``, ``after``: of the list behind a figure.
    """

    period: Period
    by: By = By.BODY
    sort: str = Figure.RECEIVED.value
    among: By = By.ALL
    of: str = ""
    figure: Figure = field(default=Figure.RECEIVED)
    after: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], today: date) -> Self:
        """Of a query string; this month where it names no period."""
        by, among, figure, sort = (query.get(name, "") for name in ("by", "among", "figure", "sort"))
        is_narrowed = among in set(map(str, _AMONG))
        told = By(by) if by in set(map(str, TOLD_BY)) else By.BODY
        return cls(
            period=_period(query, today),
            by=told,
            sort=sort if sort in _FIGURES | {BY_NAME, BY_RATE} else _usual(told),
            among=By(among) if is_narrowed else By.ALL,
            of=words_of(query.get("of", "")) if is_narrowed else "",
            figure=Figure(figure) if figure in _FIGURES else Figure.RECEIVED,
            after=words_of(query.get("after", "")),
        )

    def report(self, by: By, period: Period | None = None) -> ReportAsked:
        """In terms of the store, told apart by ``by``."""
        days = period or self.period
        return ReportAsked(days.since, days.until, by, self.among, self.of)

    def behind(self, limit: int) -> BehindAsked:
        """The same for the list behind a figure."""
        after = self.after or None
        return BehindAsked(self.period.since, self.period.until, self.figure, self.among, self.of, after, limit)

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        asked = replace(self, **changes)  # type: ignore[arg-type]
        days = {"period": asked.period.name}
        if not asked.period.name:
            days = {"from": asked.period.since.isoformat(), "to": asked.period.until.isoformat()}
        named = {
            **days,
            "by": asked.by.value if asked.by is not By.BODY else "",
            "sort": asked.sort if asked.sort != _usual(asked.by) else "",
            "among": asked.among.value if asked.among is not By.ALL else "",
            "of": asked.of,
            "figure": asked.figure.value if asked.figure is not Figure.RECEIVED else "",
            "after": asked.after,
        }
        return urlencode({name: value for name, value in named.items() if value})

    def line(self, name: str) -> ReportFilter:
        """What is asked for when only the line called ``name`` is."""
        if self.by is not By.MONTH and self.among is By.ALL:
            return replace(self, among=self.by, of=name, by=By.BODY, sort=_usual(By.BODY), after="")
        month = Period.named(name) or self.period
        since, until = max(month.since, self.period.since), min(month.until, self.period.until)
        return replace(self, period=Period.free(since, until), by=By.BODY, sort=_usual(By.BODY), after="")


def _usual(by: By) -> str:
    return BY_NAME if by is By.MONTH else Figure.RECEIVED.value


def _period(query: Mapping[str, str], today: date) -> Period:
    since, until = (_day(query.get(name, "")) for name in ("from", "to"))
    if since or until:
        return Period.free(since or until or today, until or today)
    return Period.named(query.get("period", "")) or Period.of_months(today.replace(day=1), 1)


def _day(words: str) -> date | None:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
