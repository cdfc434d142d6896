"""What it costs to accept a message: read, verified, decided, committed, answered by a signed receipt.

Nothing is sent on meanwhile: everybody whom these messages concern fetches from a mailbox, and nobody fetches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.bench.exchange import make_keys
from tests.bench.figures import Figures
from tests.bench.generator import Answered, Load, Send, generator
from tests.bench.messages import Keys, Registered, appeals, hearings, registered_by
from tests.bench.processes import Exchange, Spent, databases, serving

KINDS: Final = ("sqlite", "postgresql")
CALLERS: Final = 64
OPEN_LOOP_S: Final = 10

Named = Iterator[tuple[str, tuple[float, str]]]
"""Figures by name, with their units."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages warm an exchange up, and how many are counted."""

    warm: int = 400
    counted: int = 2_500


@dataclass(frozen=True, slots=True)
class Accepted:
    """One load, and what it cost."""

    answered: Answered
    spent: Spent

    @property
    def per_core(self) -> float:
        """Messages per second of the gateway's processor time."""
        return len(self.answered.waits_s) / self.spent.gateway_s

    @property
    def database_ms(self) -> float:
        """Of the database's processor time, for each message."""
        return 1000 * self.spent.database_s / len(self.answered.waits_s)


def accepting(counts: Counts | None = None, kinds: tuple[str, ...] = KINDS) -> Figures:
    """Per core, by the clock, waits at half of that load, and memory; on each kind of database."""
    counts, keys, figures = counts or Counts(), make_keys(), Figures()
    with generator() as send, databases(kinds) as started:
        for database in started:
            with serving(database, keys) as exchange:
                figures |= dict(_on_one(database.kind, exchange, send, keys, counts))
    return figures


def _on_one(kind: str, exchange: Exchange, send: Send, keys: Keys, counts: Counts) -> Named:
    idle_mb = exchange.memory_mb()
    known = registered_by(register(exchange, send, keys, counts.warm).answered.answers, keys)
    first = register(exchange, send, keys, counts.counted)
    yield f"accept_{kind}", (first.per_core, "1/s")
    yield f"accept_{kind}_wall", (first.answered.per_second, "1/s")
    if exchange.database.server:
        yield f"accept_{kind}_database", (first.database_ms, "ms")
    yield f"accept_{kind}_memory_idle", (idle_mb, "MB")
    yield f"accept_{kind}_memory", (exchange.memory_mb(), "MB")
    known += registered_by(first.answered.answers, keys)
    yield f"accept_progress_{kind}", (_progress(exchange, send, keys, known).per_core, "1/s")
    rate = first.answered.per_second / 2
    calm = send(Load(exchange.paths("appeals"), appeals(keys, int(rate * OPEN_LOOP_S)), per_second=rate))
    yield f"accept_{kind}_half_load_p50", (calm.within_ms(0.50), "ms")
    yield f"accept_{kind}_half_load_p99", (calm.within_ms(0.99), "ms")


def register(exchange: Exchange, send: Send, keys: Keys, count: int) -> Accepted:
    """``count`` appeals of 5 kB on the wire; the answers are kept."""
    return measured(exchange, send, Load(exchange.paths("appeals"), appeals(keys, count), CALLERS, keep=True))


def _progress(exchange: Exchange, send: Send, keys: Keys, known: list[Registered]) -> Accepted:
    """A body's next message in each of these cases."""
    return measured(exchange, send, Load(exchange.paths("agency"), hearings(keys, known), CALLERS))


def measured(exchange: Exchange, send: Send, load: Load) -> Accepted:
    """Send it, and look what was spent; nothing is in hand before and after."""
    before = exchange.spent()
    answered = send(load)
    return Accepted(answered, exchange.spent().since(before))
