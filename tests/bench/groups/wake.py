"""How soon one node hears that another has committed work: two stores on one PostgreSQL, over LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from statistics import quantiles
from typing import Final

from gateway.ports.intake import Acceptance
from gateway.ports.nodes import WakeCall
from gateway.ports.results import Recorded
from gateway.ports.store import Store
from gateway.store.database import SqlStore, open_store
from tests.bench.cast import ME, make_keys
from tests.bench.exchange import running_exchange
from tests.bench.figures import Figures
from tests.bench.groups.storing import planned
from tests.worlds.postgres import running_postgres

CALLS: Final = 200
WARM: Final = 20
WITHIN_S: Final = 10.0
QUIET_S: Final = 0.02
"""Before each commit, so that no bell of the former one is taken for its own."""


async def waking(calls: int = CALLS) -> Figures:
    """From the moment that the caller knows of its commit until the other node is rung; 0 where the bell was sooner."""
    keys = make_keys()
    with running_postgres(durable=True) as server:
        url = server.fresh("wake")
        async with running_exchange(url, keys) as running:
            plans = await planned(running, keys, WARM + calls)
            other = await open_store(url, exchange=ME)
            try:
                heard_ms = await _heard_ms(running.exchange.store, other, plans)
            finally:
                await other.close()
    hundredths = quantiles(heard_ms[WARM:], n=100)
    return {"notify_wake_ms": (hundredths[49], "ms"), "notify_wake_p99": (hundredths[98], "ms")}


async def _heard_ms(store: Store, other: SqlStore, plans: Sequence[Acceptance]) -> list[float]:
    rung, heard = asyncio.Event(), 0.0

    def ring() -> None:
        nonlocal heard
        heard = time.perf_counter()
        rung.set()

    other.peers.hear(WakeCall.WORK, ring)
    waits_ms = []
    for plan in plans:
        await asyncio.sleep(QUIET_S)
        rung.clear()
        if not isinstance(await store.run(plan), Recorded):
            raise TypeError("an appeal was not recorded")
        committed = time.perf_counter()
        async with asyncio.timeout(WITHIN_S):
            await rung.wait()
        waits_ms.append(1000 * max(0.0, heard - committed))
    return waits_ms
