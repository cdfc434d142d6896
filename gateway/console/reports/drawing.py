"""Answers drawn as bars, one for each line, and as columns, one for each month; the template only places them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.party import LocalText
from gateway.domain.reports.figures import DutyAnswer, Figure, Tally

DRAWN: Final = tuple(Figure(answer.value) for answer in DutyAnswer)
"""What a bar is made of; together they are all that was received."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One figure of a bar, in shares of the longest bar."""

    figure: Figure
    start: float
    length: float
    count: int


@dataclass(frozen=True, slots=True)
class ReportBar:
    """All that one line received."""

    name: LocalText
    total: int
    segments: tuple[Segment, ...]


def bars(lines: Sequence[tuple[LocalText, Tally]]) -> tuple[ReportBar, ...]:
    """In the order of the lines; the longest has the length 1."""
    longest = max((tally[Figure.RECEIVED] for _, tally in lines), default=0) or 1
    return tuple(ReportBar(name, tally[Figure.RECEIVED], _segments(tally, longest)) for name, tally in lines)


def _segments(tally: Tally, longest: int) -> tuple[Segment, ...]:
    found, start = [], 0
    for figure in DRAWN:
        if count := tally[figure]:
            found.append(Segment(figure, start / longest, count / longest, count))
            start += count
    return tuple(found)
