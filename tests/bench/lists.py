"""Lists timed among a thousand of everything and among a million, one beside the other.

Rounds go through all pages of both, so that a minute in which the machine is busy falls on both alike; of each page the
best of its rounds counts, since nothing makes a page faster than it is.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.worlds.postgres import running_postgres

FEW, MANY = 1_000, 1_000_000
ROUNDS: Final = 7
LIMIT: Final = 3.0

Ask = Callable[[], Awaitable[str]]
"""Asks for a page once; returns what is wrong with it, nothing when it has rows."""

Lists = Mapping[str, Ask]
Serving = Callable[[Path, str | None, int], AbstractAsyncContextManager[Lists]]
"""Lists over a new database (None: SQLite in the folder) with so many of everything."""


@dataclass(slots=True)
class Timed:
    """The best of a page among few and among many, in milliseconds."""

    few_ms: float = math.inf
    many_ms: float = math.inf

    @property
    def times(self) -> float:
        """How many times slower it is among many."""
        return self.many_ms / self.few_ms


async def main(words: Sequence[str], serving: Serving) -> int:
    """Both databases, or the one that is named; 1 when a page is more than ``LIMIT`` times slower, or shows nothing."""
    fine = True
    for name, urls in _databases(words[0] if words else ""):
        with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
            print(f"{name}: filling", flush=True)
            async with serving(Path(few), urls[0], FEW) as small, serving(Path(many), urls[1], MANY) as large:
                timed, wrong = await compare(small, large)
        print("\n".join(reported_by(name, timed)), *wrong, sep="\n", flush=True)
        fine = fine and not wrong and all(one.times <= LIMIT for one in timed.values())
    return 0 if fine else 1


async def compare(small: Lists, large: Lists) -> tuple[dict[str, Timed], list[str]]:
    """Every page of both, and what is wrong with any."""
    timed = {page: Timed() for page in small}
    wrong: dict[str, None] = {}
    for number in range(ROUNDS + 1):
        for page, one in timed.items():
            few_ms, trouble_few = await _once(small[page])
            many_ms, trouble_many = await _once(large[page])
            wrong |= {f"{page}: {trouble}": None for trouble in (trouble_few, trouble_many) if trouble}
            if number:  # the first round fills caches
                one.few_ms, one.many_ms = min(one.few_ms, few_ms), min(one.many_ms, many_ms)
        print(f"round {number} of {ROUNDS}", flush=True)
    return timed, list(wrong)


async def _once(ask: Ask) -> tuple[float, str]:
    began = time.perf_counter()
    trouble = await ask()
    return (time.perf_counter() - began) * 1_000, trouble


def reported_by(name: str, timed: Mapping[str, Timed]) -> Iterator[str]:
    """A line for each page; the slowest in comparison last."""
    yield f"\n{name}: page{'':38} {FEW:>9,} {MANY:>11,}   times"
    for page, one in sorted(timed.items(), key=lambda item: item[1].times):
        yield f"  {page:<48} {one.few_ms:>6.1f} ms {one.many_ms:>8.1f} ms {one.times:>7.1f}"
    over = sum(one.times > LIMIT for one in timed.values())
    yield f"{name}: pages {len(timed)}, slower than {LIMIT:.0f} times {over}"


def _databases(only: str) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    if only in {"", "sqlite"}:
        yield "SQLite", (None, None)
    if only in {"", "postgresql"}:
        with running_postgres() as server, server.database() as few, server.database() as many:
            yield "PostgreSQL", (few, many)
