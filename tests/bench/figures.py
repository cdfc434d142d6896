"""Figures, and how they are held against a yardstick of the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 5
ROUND_S: Final = 0.3

Work = Callable[[], object]
Figures = dict[str, tuple[float, str]]
"""Value and unit by name. 1/s and ms are held against the yardstick; MB, bytes and ratios stand for themselves."""
Named = Iterator[tuple[str, tuple[float, str]]]
"""The same, each as soon as it is known."""


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. ``yardstick`` is in the unit of ``value``, or operations a second; ``ratio`` is the value over it."""

    name: str
    value: float
    unit: str
    yardstick: float
    ratio: float


def over(name: str, value: float, unit: str, yardstick: float) -> Result:
    """A figure over a yardstick of its own kind."""
    return Result(name, round(value, 2), unit, round(yardstick, 2), round(value / yardstick, 3))


def in_signatures(name: str, value: float, unit: str, per_second: float) -> Result:
    """A rate over that of RSA-2048 signatures; a wait (ms) in signatures that could have been made meanwhile."""
    match unit:
        case "1/s":
            return over(name, value, unit, per_second)
        case "ms":
            return Result(name, round(value, 2), unit, round(per_second), round(value / 1000 * per_second, 3))
        case _:
            return Result(name, round(value, 3), unit, 1, round(value, 3))


def ratio(name: str, value: float, other: float) -> Result:
    """How many times ``other`` ``value`` is."""
    return Result(name, round(value / other, 3), "ratio", round(other, 2), round(value / other, 3))


def rates(works: Mapping[str, Work]) -> dict[str, float]:
    """Runs per second of each: the median of rounds that take turns, so that a slow minute slows all of them."""
    for work in works.values():
        one_round(work)
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            taken[name].append(one_round(work))
    return {name: statistics.median(each) for name, each in taken.items()}


def one_round(work: Work) -> float:
    """Runs per second of processor time, which is what ``openssl speed`` counts: other programs do not slow it."""
    done, started = 0, time.process_time()
    while (passed := time.process_time() - started) < ROUND_S:
        work()
        done += 1
    return done / passed
