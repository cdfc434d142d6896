"""Working days of Kazakhstan: the ``holidays`` package, corrected by a dated table that an operator can edit.

ТК Art. 84 sets the days off; Art. 85(3) lets the labour authority move them by order, which no package can foresee.
The zone comes from the pinned ``tzdata`` wheel and never from the host: Asia/Almaty went from +06 to +05 on
1 March 2024, which an older host does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import cache
from importlib import metadata, resources
from itertools import count, islice
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from dossier.procedure.law.law_file import (
    PACKAGED,
    OwnFiles,
    UnusableLaw,
    check_keys,
    read_day,
    read_flag,
    read_law_file,
    read_line,
)

ZONE_NAME: Final = "Asia/Almaty"
TABLE: Final = "kz-days"
"""The name of the table of moved days."""
_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@cache
def zone() -> ZoneInfo:
    """Asia/Almaty from the pinned tzdata."""
    with resources.files("tzdata.zoneinfo.Asia").joinpath("Almaty").open("rb") as source:
        return ZoneInfo.from_file(source, key=ZONE_NAME)


@cache
def tzdata_version() -> str:
    """The release of the zone rules in use, e.g. ``2026.6`` (IANA's 2026f)."""
    return metadata.version("tzdata")


def local_date(instant: datetime) -> date:
    """The date in Almaty at ``instant`` (aware)."""
    return instant.astimezone(zone()).date()


def start_of(day: date) -> datetime:
    """The first instant of the local ``day``, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone()).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last microsecond of the local ``day``, in UTC. ГПК Art. 123: what is done before 24:00 is in time."""
    last = time.max.replace(fold=1)  # 29 February 2024 had its last hour twice; the day ends with the second one
    return datetime.combine(day, last, tzinfo=zone()).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. ``moved``: True for an extra working day, False for an extra day off."""

    version: str
    moved: Mapping[date, bool]

    def is_working_day(self, day: date) -> bool:
        if day in self.moved:
            return self.moved[day]
        days_off, days_worked = _official(day.year)
        return day in days_worked or (day.weekday() < _SATURDAY and day not in days_off)

    def next_working_day(self, day: date) -> date:
        """``day`` itself if it is worked, else the first working day after it (Art. 76(5))."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

    def add_working_days(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day`` (n ≥ 1); ``day`` itself is never counted (Art. 76(2))."""
        return self._nth_worked(_days_from(day, _ONE_DAY), n)

    def working_days_before(self, day: date, n: int) -> date:
        """The ``n``-th working day before ``day`` (n ≥ 1), itself not counted."""
        return self._nth_worked(_days_from(day, -_ONE_DAY), n)

    def _nth_worked(self, days: Iterator[date], n: int) -> date:
        if n < 1:
            raise ValueError("working days are counted from one")
        return next(islice(filter(self.is_working_day, days), n - 1, None))

    def registration_day(self, instant: datetime, *, closes_at: time = time(18, 30)) -> date:
        """АППК Art. 64(3): the day of receipt; after hours or on a day off, the next working day."""
        local = instant.astimezone(zone())
        after_hours = local.time() > closes_at
        return self.next_working_day(local.date() + _ONE_DAY if after_hours else local.date())


@cache
def load_calendar(own: OwnFiles = PACKAGED) -> Calendar:
    """The calendar with the table of moved days, the operator's ``own`` or the packaged one. Raises ``UnusableLaw``."""
    table = read_law_file(TABLE, own)
    check_keys(TABLE, table, required={"version"}, optional={"day"})
    version = read_line(f"{TABLE} version", table["version"])
    moved = MappingProxyType(_moved_days(table.get("day", ())))
    return Calendar(f"holidays {metadata.version('holidays')} KZ, {version}", moved)


def _moved_days(rows: Iterable[Mapping[str, object]]) -> dict[date, bool]:
    moved: dict[date, bool] = {}
    for row in rows:
        day, working = _moved_day(row)
        if day in moved:
            raise UnusableLaw(f"{TABLE}: two rows for {day}")
        moved[day] = working
    return moved


def _moved_day(row: Mapping[str, object]) -> tuple[date, bool]:
    where = f"{TABLE} day {row.get('date', '?')}"
    check_keys(where, row, required={"date", "working", "order"})
    read_line(f"{where} order", row["order"])
    return read_day(where, row["date"]), read_flag(f"{where} working", row["working"])


@cache
def _official(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and worked weekend days of ``year``; a neighbouring year may move days into it."""
    days = holidays.country_holidays("KZ", years=range(max(year - 1, MINYEAR), min(year + 1, MAXYEAR) + 1))
    off = frozenset(day for day in days if day.year == year)
    return off, frozenset(day for day in days.weekend_workdays if day.year == year)


def _days_from(day: date, step: timedelta) -> Iterator[date]:
    """The days after ``day``, or before it, without it."""
    return (day + n * step for n in count(1))
