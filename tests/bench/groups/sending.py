"""What it costs to bring messages to their recipients until these have acknowledged: alone, and with the taking in.

The recipients are one process that verifies and signs as a party does; it is not counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState
from tests.bench.cast import AGENCY, PLATFORM, Keys, make_keys
from tests.bench.figures import Named
from tests.bench.generator import Load, Send, generator
from tests.bench.groups.accepting import CALLERS, KINDS, register
from tests.bench.inbox import BenchInbox, inbox
from tests.bench.messages import hearings, registered_by
from tests.bench.processes import BenchDatabase, BenchExchange, ProcessorTime, databases, serving
from tests.bench.zeep_client import delivered_by_zeep

PER_APPEAL: Final = 3
"""An appeal is handed to its body, and the platform is told twice."""
NOTICE_FACTOR: Final = 2
SETTLED_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class SendingSizes:
    """How many appeals cause what is sent; ``edge``: receipts at either end that are not counted."""

    appeals: int = 1_000
    edge: int = 300


def sending(counts: SendingSizes | None = None, kinds: tuple[str, ...] = KINDS) -> Named:
    """On each kind of database, and beside it what a zeep client makes of it."""
    counts, keys = counts or SendingSizes(), make_keys()
    by_zeep = delivered_by_zeep(keys)
    yield "zeep_client", (by_zeep, "1/s")
    with generator() as send, databases(kinds) as started:
        for database in started:
            figures = dict(outbound(database, send, keys, counts))
            yield from figures.items()
            yield named("outbound_over_zeep", database), (figures[f"outbound_{database.kind}"][0] / by_zeep, "ratio")
            yield from pairs(database, send, keys, counts)
            yield from whole_appeals(database, send, keys, counts)


def outbound(database: BenchDatabase, send: Send, keys: Keys, counts: SendingSizes) -> Named:
    """Claim, sign, POST, verify the receipt, record: of a backlog, while nothing comes in."""
    with ExitStack() as stack:
        far = stack.enter_context(inbox(keys, holding=True))
        exchange = stack.enter_context(serving(database, keys, pushed={PLATFORM: far.url, AGENCY: far.url}))
        register(exchange, send, keys, counts.appeals)
        far.open()
        far.wait_until(counts.edge)
        first, before, began = far.taken.value, exchange.spent(), time.perf_counter()
        far.wait_until(PER_APPEAL * counts.appeals - counts.edge)
        sent, spent, took_s = far.taken.value - first, exchange.spent().since(before), time.perf_counter() - began
        settle(exchange, far, PER_APPEAL * counts.appeals)
        yield f"outbound_{database.kind}", (sent / spent.gateway_s, "1/s")
        yield f"outbound_{database.kind}_wall", (sent / took_s, "1/s")
        yield from _database(f"outbound_{database.kind}", exchange, spent, sent)
        yield f"outbound_{database.kind}_wire", (far.mean_bytes, "bytes")


def whole_appeals(database: BenchDatabase, send: Send, keys: Keys, counts: SendingSizes) -> Named:
    """Appeals, with all three messages that each causes: four messages and four receipts each."""
    with _open(database, keys, PLATFORM, AGENCY) as (exchange, far):
        before = exchange.spent()
        register(exchange, send, keys, counts.appeals)
        settle(exchange, far, PER_APPEAL * counts.appeals)
        spent = exchange.spent().since(before)
        yield f"appeal_to_acknowledged_{database.kind}", (counts.appeals / spent.gateway_s, "1/s")


def pairs(database: BenchDatabase, send: Send, keys: Keys, counts: SendingSizes) -> Named:
    """One message in, one message out: a body announces a hearing, the platform is told and acknowledges."""
    name = named("accept_to_acknowledged", database)
    with _open(database, keys, PLATFORM) as (exchange, far):
        answers = register(exchange, send, keys, counts.appeals).answered.answers
        settle(exchange, far, NOTICE_FACTOR * counts.appeals)
        announced = hearings(keys, registered_by(answers, keys))
        before, began = exchange.spent(), time.perf_counter()
        send(Load(exchange.paths("agency"), announced, CALLERS))
        settle(exchange, far, (NOTICE_FACTOR + 1) * counts.appeals)
        spent, took_s = exchange.spent().since(before), time.perf_counter() - began
        yield name, (counts.appeals / spent.gateway_s, "1/s")
        yield f"{name}_wall", (counts.appeals / took_s, "1/s")
        yield from _database(name, exchange, spent, counts.appeals)


def named(figure: str, database: BenchDatabase) -> str:
    """The embedded store's goes by the figure's own name."""
    return figure if database.server is None else f"{figure}_{database.kind}"


@contextmanager
def _open(database: BenchDatabase, keys: Keys, *pushed: PartyId) -> Iterator[tuple[BenchExchange, BenchInbox]]:
    """An exchange that calls these, and an inbox that answers at once."""
    with inbox(keys) as far, serving(database, keys, pushed=dict.fromkeys(pushed, far.url)) as exchange:
        yield exchange, far


def _database(name: str, exchange: BenchExchange, spent: ProcessorTime, count: int) -> Named:
    """What each cost the database, where that is not the gateway itself."""
    if exchange.database.server:
        yield f"{name}_database", (1000 * spent.database_s / count, "ms")


def settle(exchange: BenchExchange, far: BenchInbox, count: int) -> None:
    """Wait until ``count`` messages were taken and each is acknowledged, once; fails the measurement otherwise."""
    far.wait_until(count)
    deadline = time.monotonic() + SETTLED_S
    while (states := exchange.deliveries()).get(DeliveryState.ACKNOWLEDGED, 0) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{count} messages were taken, and yet: {states}")
        time.sleep(0.2)
    if far.taken.value != count:
        raise RuntimeError(f"{far.taken.value} messages were taken where {count} were to be sent")
