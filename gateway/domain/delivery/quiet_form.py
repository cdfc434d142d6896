"""Quiet hours as one line of text, as the database keeps them and people are shown them: ``mon-fri 18:00-08:00``.

Days that follow each other stand as a range; windows are parted by ``; ``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from itertools import groupby

from contracts.party import QuietHours, Weekday


def written(windows: Sequence[QuietHours]) -> str:
    """The line; empty for none."""
    return "; ".join(f"{_days(window)} {window.from_:%H:%M}-{window.to:%H:%M}" for window in windows)


def read_back(line: str) -> tuple[QuietHours, ...]:
    """What ``written`` wrote. Raises ValueError for anything else."""
    return tuple(_window(one) for one in line.split("; ")) if line else ()


def _days(window: QuietHours) -> str:
    runs = groupby(enumerate(sorted(window.days)), key=lambda numbered: numbered[1] - numbered[0])
    return ",".join(_range([day for _, day in run]) for _, run in runs)


def _range(days: Sequence[Weekday]) -> str:
    names = [Weekday(day).name.lower() for day in (days[0], days[-1])]
    return names[0] if len(days) == 1 else "-".join(names)


def _window(text: str) -> QuietHours:
    days, hours = text.split(" ")
    from_, to = (time.fromisoformat(one) for one in hours.split("-"))
    return QuietHours(frozenset(day for part in days.split(",") for day in _between(part)), from_, to)


def _between(part: str) -> Iterator[Weekday]:
    first, *_, last = (
        (Weekday[name.upper()] for name in part.split("-")) if "-" in part else (Weekday[part.upper()],) * 2
    )
    yield from (Weekday(day) for day in range(first, last + 1))
