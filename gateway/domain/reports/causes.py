"""What goes wrong, by cause, party and hour, so that the frequent is told from the rare. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class CauseKind(StrEnum):
    """Where it went wrong; its cause is a code, the name of an outcome, or a duty."""

    REFUSAL = "refusal"  # a request was refused at intake, by its code
    PEER = "peer"  # a party refused a message or did not take it, by its code or the outcome
    BREACH = "breach"  # a term was let pass, by its duty


PERIODS: Final[Mapping[str, timedelta]] = {
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""How far back one looks, and as far again before that."""
HOUR: Final = timedelta(hours=1)
LONGEST: Final = timedelta(days=60)
"""How far back is counted: two months, so that one can be held against the other."""


@dataclass(frozen=True, slots=True)
class Cause:
    """How often in the period, and in the one of the same length before it. ``party``: empty for strangers."""

    kind: CauseKind
    cause: str
    party: str
    count: int
    before: int

    @property
    def trend(self) -> int | None:
        """By how many per cent it grew; None where there was nothing before."""
        return round(100 * (self.count - self.before) / self.before) if self.before else None


def hour_of(instant: datetime) -> datetime:
    """The beginning of its hour, in UTC as in Almaty."""
    return instant.replace(minute=0, second=0, microsecond=0)


def hours_between(first: datetime, last: datetime, *, most: int) -> Iterator[datetime]:
    """Beginnings of hours from ``first`` to ``last``, both included, so many at most."""
    hour = hour_of(first)
    for _ in range(most):
        if hour > last:
            return
        yield hour
        hour += HOUR
