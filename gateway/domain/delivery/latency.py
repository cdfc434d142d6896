"""How long deliveries took, counted by classes: counts add up over any time, and shares are read off them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

_S: Final = timedelta(seconds=1)
_MIN: Final = timedelta(minutes=1)
_H: Final = timedelta(hours=1)
_D: Final = timedelta(days=1)

BOUNDS: Final = (
    *(_S * n for n in (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45)),
    *(_MIN * n for n in (1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45)),
    *(_H * n for n in (1, 1.5, 2, 3, 4, 6, 8, 12, 18)),
    *(_D * n for n in (1, 2, 3, 5, 7, 10, 14, 21, 30)),
)
"""Upper bounds of the classes, included; the last class has none."""


def class_of(took: timedelta) -> int:
    """The place of its class."""
    return bisect_left(BOUNDS, took)


def within(counts: Mapping[int, int], share: float) -> timedelta | None:
    """In what time so large a share was done, as the bound of a class; None where nothing was, or the last has none."""
    wanted, seen = share * sum(counts.values()), 0
    for place in sorted(counts):
        seen += counts[place]
        if seen and seen >= wanted:
            return BOUNDS[place] if place < len(BOUNDS) else None
    return None
