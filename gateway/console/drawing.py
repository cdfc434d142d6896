"""Stretches of time as bars of an SVG, in its own units: no style, only places, which a page may hold under our CSP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log
from typing import Final

from gateway.console.flow import FlowBucket

WIDTH: Final = 240
HEIGHT: Final = 60
_GAP: Final = 0.15
_LEAST: Final = timedelta(seconds=0.01)


@dataclass(frozen=True, slots=True)
class Bar:
    """``kind``: its class in the style sheet."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """``top``: what the highest bar stands for, a count or a time; None where nothing is drawn."""

    bars: tuple[Bar, ...]
    top: int | timedelta | None


def counts(parts: Sequence[FlowBucket]) -> Drawing:
    """What was acknowledged, and on top of it what was refused."""
    top = max((part.count for part in parts), default=0)
    return Drawing(tuple(_counted(parts, top)), top or None)


def times(parts: Sequence[FlowBucket]) -> Drawing:
    """From the time that half of them took to that of 95 in 100, on a scale of powers."""
    top = max((part.most_within for part in parts if part.most_within), default=None)
    return Drawing(tuple(_timed(parts, top)) if top else (), top)


def _counted(parts: Sequence[FlowBucket], top: int) -> Iterator[Bar]:
    for place, part in enumerate(parts):
        good, bad = (HEIGHT * count / top if top else 0 for count in (part.acknowledged, part.rejected))
        if good:
            yield _bar("good", place, len(parts), HEIGHT - good, good)
        if bad:
            yield _bar("bad", place, len(parts), HEIGHT - good - bad, bad)


def _timed(parts: Sequence[FlowBucket], top: timedelta) -> Iterator[Bar]:
    for place, part in enumerate(parts):
        if part.half_within is None or part.most_within is None:
            continue
        half, most = (HEIGHT * _share(took, top) for took in (part.half_within, part.most_within))
        yield _bar("half", place, len(parts), HEIGHT - half, half)
        if most > half:
            yield _bar("most", place, len(parts), HEIGHT - most, most - half)


def _share(took: timedelta, top: timedelta) -> float:
    """Of the height; what took least still shows."""
    span = log(max(top, 2 * _LEAST) / _LEAST)
    return max(0.06, log(max(took, _LEAST) / _LEAST) / span)


def _bar(kind: str, place: int, count: int, y: float, height: float) -> Bar:
    step = WIDTH / count
    return Bar(kind, round((place + _GAP / 2) * step, 2), round(y, 2), round((1 - _GAP) * step, 2), round(height, 2))
