"""A time axis to scale: instants to places between 0 and 1; a silence that would hide all the rest is cut out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

BREAK_WIDTH: Final = 0.06
"""How wide a silence is drawn that was cut out."""

_DOMINATES: Final = 0.5  # share of the whole from which on a single silence is cut out
_MOST_BREAKS: Final = 5
_FEWEST_KNOTS: Final = 4  # with fewer there is nothing that a silence could hide
_TICK_WIDTH: Final = 0.13
_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10800, 21600, 43200)
_STEPS_DAYS: Final = (1, 2, 7, 14)
_STEPS_MONTHS: Final = (1, 2, 3, 6, 12, 24, 60, 120)
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class AxisSpan:
    """A piece of the axis; ``is_cut``: a silence that is not drawn to scale."""

    begins: datetime
    ends: datetime
    left: float
    right: float
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis and what stands at it."""

    place: float
    label: str


class TimeAxis:
    """Made from the instants that must be told apart; at least one."""

    def __init__(self, instants: Iterable[datetime], zone: ZoneInfo) -> None:
        knots = sorted(set(instants))
        if knots[0] == knots[-1]:
            knots.append(knots[0] + timedelta(hours=1))
        self._zone = zone
        self.begins, self.ends = knots[0], knots[-1]
        self.spans = tuple(_spans(knots))

    def place(self, instant: datetime) -> float:
        """Between 0 and 1; what lies outside is put at its end of the axis."""
        for span in self.spans:
            if instant <= span.ends:
                share = (instant - span.begins) / (span.ends - span.begins)
                return span.left + max(0.0, share) * (span.right - span.left)
        return 1.0

    def ticks(self) -> list[Tick]:
        """Round local times, far enough apart for their labels."""
        ticks: list[Tick] = []
        for at, label in self._round_times():
            place = self.place(at)
            if not ticks or place - ticks[-1].place >= _TICK_WIDTH * 0.8:
                ticks.append(Tick(place, label))
        return ticks

    def _round_times(self) -> Iterator[tuple[datetime, str]]:
        """Only in the pieces to scale; the first instant stands at the very left when nothing round is near."""
        drawn = [span for span in self.spans if not span.is_cut]
        scale = max((span.ends - span.begins).total_seconds() / (span.right - span.left) for span in drawn)
        yield self.begins, self._label(self.begins, scale)
        for span in drawn:
            for at in _round_between(span.begins, span.ends, scale * _TICK_WIDTH, self._zone):
                yield at, self._label(at, scale)

    def _label(self, at: datetime, scale: float) -> str:
        local = at.astimezone(self._zone)
        if scale * _TICK_WIDTH >= _DAY_S / 2:
            return f"{local:%d.%m.%y}"
        return f"{local:%H:%M}" if scale * _TICK_WIDTH >= _STEPS_S[6] else f"{local:%H:%M:%S}"


def _spans(knots: list[datetime]) -> Iterator[AxisSpan]:
    gaps = [(after - before).total_seconds() for before, after in pairwise(knots)]
    cut = _silences(gaps)
    drawn = sum(gap for number, gap in enumerate(gaps) if number not in cut)
    scale = (1 - BREAK_WIDTH * len(cut)) / drawn
    left = 0.0
    for number, (before, after) in enumerate(pairwise(knots)):
        right = left + (BREAK_WIDTH if number in cut else gaps[number] * scale)
        yield AxisSpan(before, after, left, right, number in cut)
        left = right


def _silences(gaps: list[float]) -> frozenset[int]:
    """The longest ones, as long as one of them is half of what is left."""
    cut: set[int] = set()
    while len(gaps) + 1 >= _FEWEST_KNOTS and len(cut) < min(_MOST_BREAKS, len(gaps) - 2):
        left = {number: gap for number, gap in enumerate(gaps) if number not in cut}
        longest = max(left, key=lambda number: left[number])
        if left[longest] < _DOMINATES * sum(left.values()):
            break
        cut.add(longest)
    return frozenset(cut)


# --- round times ----------------------------------------------------------------------------------------------------


def _round_between(begins: datetime, ends: datetime, at_least_s: float, zone: ZoneInfo) -> Iterator[datetime]:
    step_s = next((step for step in _STEPS_S if step >= at_least_s), None)
    if step_s is not None:
        yield from _every(begins, ends, step_s, zone)
        return
    step_days = next((step for step in _STEPS_DAYS if step * _DAY_S >= at_least_s), None)
    day = begins.astimezone(zone).date()
    while (at := _midnight(day, zone)) <= ends:
        if at >= begins and _is_round(day, step_days, at_least_s):
            yield at
        day += timedelta(days=1)


def _every(begins: datetime, ends: datetime, step_s: int, zone: ZoneInfo) -> Iterator[datetime]:
    midnight = _midnight(begins.astimezone(zone).date(), zone)
    passed = -(-(begins - midnight).total_seconds() // step_s)
    at = midnight + timedelta(seconds=passed * step_s)
    while at <= ends:
        yield at
        at += timedelta(seconds=step_s)


def _is_round(day: date, step_days: int | None, at_least_s: float) -> bool:
    if step_days is not None:
        return (day.toordinal() - 1) % step_days == 0  # ordinal 1 was a Monday
    months = next((step for step in _STEPS_MONTHS if step * 28 * _DAY_S >= at_least_s), _STEPS_MONTHS[-1])
    return day.day == 1 and (day.year * 12 + day.month - 1) % months == 0


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
