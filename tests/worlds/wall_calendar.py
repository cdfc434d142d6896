"""Working days as on a calendar on the wall: every day off from 2021 to 2027 written down by hand, and counted there.

Nothing here comes from the package that the product asks. The days follow ТК Art. 84 and 85: a holiday on a Saturday or
Sunday is made good on the next working day, but 7 January and the first day of Құрбан айт are not; then the days that
the government moved. The numbers of working days per year, counted independently, are in the test beside.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

# Days from Monday to Friday that are not worked: months before the colon, days after it.
_DAYS_OFF = {
    2021: "1: 1 4 7 · 3: 8 22 23 24 · 5: 3 7 10 · 7: 5 6 20 · 8: 30 · 12: 1 16 17",
    2022: "1: 3 4 7 · 3: 7 8 21 22 23 · 5: 2 9 10 · 7: 6 · 8: 29 30 · 10: 24 25 · 12: 16",
    2023: "1: 2 3 · 3: 8 21 22 23 · 5: 1 8 9 · 6: 28 · 7: 6 7 · 8: 30 · 10: 25 · 12: 18",
    2024: "1: 1 2 · 3: 8 21 22 25 · 5: 1 7 8 9 · 7: 8 · 8: 30 · 10: 25 · 12: 16",
    2025: "1: 1 2 3 7 · 3: 10 21 24 25 · 5: 1 7 9 · 6: 6 · 7: 7 · 9: 1 · 10: 27 · 12: 16",
    2026: "1: 1 2 7 · 3: 9 23 24 25 · 5: 1 7 11 27 · 7: 6 · 10: 26 · 12: 16",
    2027: "1: 1 4 7 · 3: 8 15 22 23 24 · 5: 3 7 10 · 7: 6 · 10: 25 · 12: 16",
}
_WORKED_AT_WEEKENDS = {
    date(2021, 7, 3), date(2022, 3, 5), date(2022, 8, 27), date(2022, 10, 22),
    date(2023, 7, 1), date(2024, 5, 4), date(2025, 1, 5),
}  # fmt: skip


def _written_down() -> set[date]:
    found = set()
    for year, months in _DAYS_OFF.items():
        for month, _, days in (part.partition(":") for part in months.split("·")):
            found |= {date(year, int(month), int(day)) for day in days.split()}
    return found


DAYS_OFF = _written_down()
FIRST, LAST = date(2021, 1, 1), date(2027, 12, 31)
_ALL = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
WORKED = [day for day in _ALL if day in _WORKED_AT_WEEKENDS or (day.isoweekday() <= 5 and day not in DAYS_OFF)]


def nth_after(day: date, n: int) -> date:
    return WORKED[bisect_right(WORKED, day) + n - 1]


def nth_before(day: date, n: int) -> date:
    return WORKED[bisect_left(WORKED, day) - n]


def same_or_next(day: date) -> date:
    return WORKED[bisect_left(WORKED, day)]


def months_after(day: date, months: int) -> date:
    """Leaf by leaf; where the month has no such date, the finger goes back to its last."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    leaf = date(year, month, 1)
    while leaf.day < day.day and (leaf + timedelta(days=1)).month == month:
        leaf += timedelta(days=1)
    return leaf
