"""What it costs to accept a message: read, verified, decided, committed, answered by a signed receipt.

Nothing is sent on meanwhile: everybody whom these messages concern fetches from a mailbox, and nobody fetches.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.cast import Keys, make_keys
from tests.bench.figures import Named
from tests.bench.generator import CallLatencies, Load, Send, generator
from tests.bench.messages import RegisteredAppeal, appeals, hearings, registered_by
from tests.bench.processes import BenchExchange, ProcessorTime, databases, serving

KINDS: Final = ("sqlite", "postgresql")
CALLERS: Final = 64


@dataclass(frozen=True, slots=True)
class AcceptingSizes:
    """How many messages warm an exchange up, how many are counted in each round, and how many rounds there are."""

    warm: int = 400
    counted: int = 1_000
    rounds: int = 3
    open_loop_s: float = 10


@dataclass(frozen=True, slots=True)
class AcceptingLoad:
    """One load, and what it cost."""

    answered: CallLatencies
    spent: ProcessorTime

    @property
    def per_core(self) -> float:
        """Messages per second of the gateway's processor time."""
        return len(self.answered.waits_s) / self.spent.gateway_s

    @property
    def database_ms(self) -> float:
        """Of the database's processor time, for each message."""
        return 1000 * self.spent.database_s / len(self.answered.waits_s)


def accepting(counts: AcceptingSizes | None = None, kinds: tuple[str, ...] = KINDS) -> Named:
    """Per core, by the clock, waits at half of that load, and memory; on each kind of database."""
    keys = make_keys()
    with generator() as send, databases(kinds) as started:
        for database in started:
            with serving(database, keys) as exchange:
                yield from _on_one(database.kind, exchange, send, keys, counts or AcceptingSizes())


def _on_one(kind: str, exchange: BenchExchange, send: Send, keys: Keys, counts: AcceptingSizes) -> Named:
    """Medians of the rounds; the appeals of the rounds are the cases in which something goes on."""
    idle_mb = exchange.memory_mb()
    register(exchange, send, keys, counts.warm)
    rounds = [register(exchange, send, keys, counts.counted) for _ in range(counts.rounds)]
    yield f"accept_{kind}", (median(one.per_core for one in rounds), "1/s")
    wall = median(one.answered.per_second for one in rounds)
    yield f"accept_{kind}_wall", (wall, "1/s")
    if exchange.database.server:
        yield f"accept_{kind}_database", (median(one.database_ms for one in rounds), "ms")
    yield f"accept_{kind}_memory_idle", (idle_mb, "MB")
    yield f"accept_{kind}_memory", (exchange.memory_mb(), "MB")
    known = [registered_by(one.answered.answers, keys) for one in rounds]
    progress = [_progress(exchange, send, keys, cases) for cases in known]
    yield f"accept_progress_{kind}", (median(one.per_core for one in progress), "1/s")
    calm = _calmly(exchange, send, keys, wall / 2, counts.open_loop_s)
    yield f"accept_{kind}_half_load_p50", (calm.within_ms(0.50), "ms")
    yield f"accept_{kind}_half_load_p99", (calm.within_ms(0.99), "ms")


def _calmly(exchange: BenchExchange, send: Send, keys: Keys, rate: float, seconds: float) -> CallLatencies:
    """So many appeals each second, whatever becomes of the former ones."""
    return send(Load(exchange.paths("appeals"), appeals(keys, int(rate * seconds)), 2 * CALLERS, per_second=rate))


def register(exchange: BenchExchange, send: Send, keys: Keys, count: int) -> AcceptingLoad:
    """``count`` appeals of 5 kB on the wire; the answers are kept."""
    return measured(exchange, send, Load(exchange.paths("appeals"), appeals(keys, count), CALLERS, keep=True))


def _progress(exchange: BenchExchange, send: Send, keys: Keys, known: list[RegisteredAppeal]) -> AcceptingLoad:
    """A body's next message in each of these cases."""
    return measured(exchange, send, Load(exchange.paths("agency"), hearings(keys, known), CALLERS))


def measured(exchange: BenchExchange, send: Send, load: Load) -> AcceptingLoad:
    """Send it, and look what was spent; nothing is in hand before and after."""
    before = exchange.spent()
    answered = send(load)
    return AcceptingLoad(answered, exchange.spent().since(before))
