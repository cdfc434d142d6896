"""The commit alone, with all that an accepted appeal writes; everything before it is done beforehand."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from tempfile import TemporaryDirectory
from typing import Final, cast

from contracts.operations import Service
from gateway.ports.intake import Acceptance
from gateway.ports.results import Recorded
from gateway.ports.store import Store
from gateway.service.intake.accept import accept
from gateway.service.intake.admit import AdmissionContext, admit
from tests.bench.cast import ME, Keys, make_keys
from tests.bench.exchange import ListeningExchange, running_exchange
from tests.bench.figures import Figures
from tests.bench.messages import appeals
from tests.worlds.postgres import running_postgres

STORED: Final = 1_000


async def storing() -> Figures:
    """By the clock, on SQLite and on PostgreSQL with its durability on."""
    keys = make_keys()
    with TemporaryDirectory(prefix="dalel-bench-") as folder:
        sqlite = await _rate(keys, f"sqlite:///{folder}/store.db")
    with running_postgres(durable=True) as server:
        postgresql = await _rate(keys, server.fresh("store"))
    return {"store_sqlite": (sqlite, "1/s"), "store_postgresql": (postgresql, "1/s")}


async def _rate(keys: Keys, database_url: str) -> float:
    async with running_exchange(database_url, keys) as running:
        plans = await planned(running, keys, STORED)
        started = time.perf_counter()
        written = await asyncio.gather(*map(running.exchange.store.run, plans))
        passed = time.perf_counter() - started
    if not all(isinstance(result, Recorded) for result in written):
        raise RuntimeError("an appeal was not recorded")
    return len(written) / passed


class _Planning:
    """A store that only notes what it is asked to write."""

    def __init__(self) -> None:
        self.planned: list[Acceptance] = []

    async def run(self, operation: object) -> Recorded | None:
        if not isinstance(operation, Acceptance):
            return None
        self.planned.append(operation)
        return Recorded()


async def planned(running: ListeningExchange, keys: Keys, count: int) -> list[Acceptance]:
    """What accepting so many appeals comes to, not yet written."""
    store = _Planning()
    exchange = replace(running.exchange, store=cast("Store", store))
    admission = AdmissionContext(ME, timedelta(minutes=5), 8 * 1024 * 1024)
    for envelope in appeals(keys, count):
        now = exchange.clock.now()
        admitted = admit(envelope, Service.APPEALS, exchange.directory(), admission, now=now)
        await accept(exchange, admitted, lambda: keys[ME])
    return store.planned
