"""What a second process brings: two on one PostgreSQL, by the clock, with generator and database on the same cores."""

from __future__ import annotations

from statistics import mean
from typing import Final

from tests.bench.cast import Keys, make_keys
from tests.bench.figures import Named
from tests.bench.generator import Load, Send, generator
from tests.bench.groups.accepting import CALLERS, measured
from tests.bench.messages import appeals
from tests.bench.processes import BenchDatabase, databases, serving

WARM: Final = 400
COUNTED: Final = 2_000


def nodes(counted: int = COUNTED) -> Named:
    """One, two, two, one: so that a machine that grows slower meanwhile favours neither."""
    keys = make_keys()
    with generator() as send, databases(("postgresql",)) as (database,):
        rates = [(number, _rate(database, send, keys, number, counted)) for number in (1, 2, 2, 1)]
    one, two = (mean(rate for number, rate in rates if number == wanted) for wanted in (1, 2))
    yield "one_process_postgresql_wall", (one, "1/s")
    yield "two_processes_postgresql_wall", (two, "1/s")
    yield "two_processes_postgresql", (two / one, "ratio")


def _rate(database: BenchDatabase, send: Send, keys: Keys, number: int, counted: int) -> float:
    with serving(database, keys, nodes=number) as exchange:
        urls = exchange.paths("appeals")
        send(Load(urls, appeals(keys, WARM), 2 * CALLERS))
        return measured(exchange, send, Load(urls, appeals(keys, counted), 2 * CALLERS)).answered.per_second
