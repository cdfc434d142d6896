"""A hundred thousand messages through one process: appeals in, what they cause out and acknowledged, memory flat."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median
from typing import Final

from tests.bench.cast import AGENCY, PLATFORM, make_keys
from tests.bench.figures import Named
from tests.bench.generator import generator
from tests.bench.groups.accepting import KINDS, register
from tests.bench.groups.sending import PER_APPEAL, settle
from tests.bench.inbox import inbox
from tests.bench.processes import databases, serving

APPEALS: Final = 25_000
ROUNDS: Final = 50
"""After each, what it caused has been taken, and memory is looked at; so nothing but growth differs between looks."""


def soak(appeals: int = APPEALS, rounds: int = ROUNDS) -> Named:
    """On the embedded store: its writer, its cache and its connections are inside the process that is looked at."""
    keys = make_keys()
    with generator() as send, databases(KINDS[:1]) as (database,), inbox(keys) as far:
        pushed = {PLATFORM: far.url, AGENCY: far.url}
        with serving(database, keys, pushed=pushed) as exchange:
            memory_mb, began = [], time.perf_counter()
            for number in range(1, rounds + 1):
                register(exchange, send, keys, appeals // rounds)
                far.wait_until(PER_APPEAL * (appeals // rounds) * number)
                memory_mb.append(exchange.memory_mb())
            took_s = time.perf_counter() - began
            settle(exchange, far, PER_APPEAL * (appeals // rounds) * rounds)
    yield "soak_messages", ((1 + PER_APPEAL) * (appeals // rounds) * rounds, "messages")
    yield "soak_wall", ((1 + PER_APPEAL) * appeals / took_s, "1/s")
    yield "soak_memory", (memory_mb[-1], "MB")
    yield "soak_memory_growth", (growth(memory_mb), "ratio")


def growth(accesses_mb: Sequence[float]) -> float:
    """The last fifth of the looks over the first fifth after warming up, which takes a fifth."""
    fifth = len(accesses_mb) // 5
    return median(accesses_mb[-fifth:]) / median(accesses_mb[fifth : 2 * fifth])
