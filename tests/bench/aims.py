"""What the figures are to reach, so that a run says by itself how far it came. They are read off the ratio."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.bench.figures import Result


@dataclass(frozen=True, slots=True)
class Aim:
    """The ratio is to be ``bound`` at least, or, with ``most``, at most."""

    bound: float
    most: bool = False

    def is_reached(self, result: Result) -> bool:
        return result.ratio <= self.bound if self.most else result.ratio >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.bound:.2f}"


AIMS: Final = {
    "accept_sqlite": Aim(0.30),
    "accept_postgresql": Aim(0.30),
    "meter_share_of_accept": Aim(1, most=True),
    "outbound_sqlite": Aim(0.33),
    "outbound_postgresql": Aim(0.33),
    "outbound_over_zeep": Aim(5),
    "outbound_over_zeep_postgresql": Aim(5),
    "accept_to_acknowledged": Aim(0.15),
    "accept_to_acknowledged_postgresql": Aim(0.15),
    "two_processes_postgresql": Aim(1.5),
    "claim_backlog_growth_sqlite": Aim(1.3, most=True),
    "claim_backlog_growth_postgresql": Aim(1.3, most=True),
    "soak_memory_growth": Aim(1.05, most=True),
}


def verdict(result: Result) -> str:
    """The aim of this figure, and whether it is reached; nothing where there is none."""
    aim = AIMS.get(result.name)
    return "" if aim is None else f"aim {aim} {'reached' if aim.is_reached(result) else 'MISSED'}"


def summary(results: Iterable[Result]) -> str:
    """How many of the aims that were measured are reached, and which are not."""
    measured = [(result, AIMS[result.name]) for result in results if result.name in AIMS]
    missed = [result.name for result, aim in measured if not aim.is_reached(result)]
    count = f"aims: {len(measured) - len(missed)} of {len(measured)} reached"
    return f"{count}; missed: {', '.join(missed)}" if missed else count
