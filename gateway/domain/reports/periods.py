"""Periods of a report: a month, a quarter, a year, or any days; each has one before it to be compared with. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

_ONE_DAY: Final = timedelta(days=1)
_NAMED: Final = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?P<kind>Q?)(?P<number>[0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class DayPeriod:
    """Whole local days, both ends included. ``months``: how many whole months it is; 0 for free days."""

    since: date
    until: date
    months: int = 0

    @classmethod
    def of_months(cls, first: date, months: int) -> Self:
        """So many months from the first day of a month."""
        return cls(first, _months_on(first, months) - _ONE_DAY, months)

    @classmethod
    def named(cls, name: str) -> Self | None:
        """``2026``, ``2026-Q4`` or ``2026-11``; None for anything else."""
        found = _NAMED.fullmatch(name)
        if found is None:
            return None
        year, number = int(found["year"]), int(found["number"] or 1)
        months = 12 if found["number"] is None else 3 if found["kind"] else 1
        if not 1 <= number <= 12 // months:
            return None
        return cls.of_months(date(year, (number - 1) * months + 1, 1), months)

    @classmethod
    def free(cls, since: date, until: date) -> Self:
        """Any days; a whole month, quarter or year is known as one. The ends may come the wrong way round."""
        first, last = min(since, until), max(since, until)
        lengths = (months for months in (1, 3, 12) if first.day == 1 and (first.month - 1) % months == 0)
        whole = (cls.of_months(first, months) for months in lengths)
        return next((one for one in whole if one.until == last), cls(first, last))

    @property
    def name(self) -> str:
        """As ``named`` reads it; empty for free days."""
        match self.months:
            case 12:
                return f"{self.since:%Y}"
            case 3:
                return f"{self.since:%Y}-Q{(self.since.month + 2) // 3}"
            case 1:
                return f"{self.since:%Y-%m}"
            case _:
                return ""

    @property
    def before(self) -> DayPeriod:
        """The period before: as many months, or as many days."""
        if self.months:
            return DayPeriod.of_months(_months_on(self.since, -self.months), self.months)
        length = self.until - self.since
        return DayPeriod(self.since - _ONE_DAY - length, self.since - _ONE_DAY)

    @property
    def after(self) -> DayPeriod:
        """The period after, likewise."""
        if self.months:
            return DayPeriod.of_months(_months_on(self.since, self.months), self.months)
        length = self.until - self.since
        return DayPeriod(self.until + _ONE_DAY, self.until + _ONE_DAY + length)

    def months_in(self) -> Iterator[str]:
        """Every month that it touches, as ``2026-11``."""
        month = self.since.replace(day=1)
        while month <= self.until:
            yield f"{month:%Y-%m}"
            month = _months_on(month, 1)


def _months_on(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
