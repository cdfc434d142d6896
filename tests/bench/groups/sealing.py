"""Sealing through the sealer's real path: leaves wait in the store, heads are signed and kept, durably, on both."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import Final

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import PartyId
from gateway.ports.intake import RefusalRecord
from gateway.ports.ledger import LedgerBroken
from gateway.process.ambient import SystemClock
from gateway.service.evidence.seal import seal_waiting
from gateway.store.database import open_store
from signing.keys.keypair import SoftwareKey
from tests.bench.figures import Figures
from tests.worlds.postgres import running_postgres

LEAVES: Final = 12_000
PER_SEAL: Final = 4_096
"""As the settings have it; a real seal is over what came in a minute, and costs the same signature."""


async def sealing() -> Figures:
    """Leaves per second, from waiting to sealed."""
    key = SandboxAuthority.create("bench", now=datetime.now(UTC)).issue(
        "seal", bin="000000000000", usage=Usage.SEAL, now=datetime.now(UTC)
    )
    with TemporaryDirectory(prefix="dalel-bench-") as folder:
        sqlite = await _rate(f"sqlite:///{folder}/sealing.db", key)
    with running_postgres(durable=True) as server:
        postgresql = await _rate(server.fresh("sealing"), key)
    return {"sealing_leaves_sqlite": (sqlite, "1/s"), "sealing_leaves_postgresql": (postgresql, "1/s")}


async def _rate(url: str, key: SoftwareKey) -> float:
    store = await open_store(url)
    try:
        for _ in range(0, LEAVES, 400):
            await asyncio.gather(*(store.run(_refusal()) for _ in range(400)))
        started = time.perf_counter()
        sealed = 0
        while done := await seal_waiting(store, lambda: key, me=PartyId("dalel"), clock=SystemClock(), limit=PER_SEAL):
            match done:
                case LedgerBroken(detail):
                    raise RuntimeError(detail)
                case _:
                    sealed += done.leaves
        return sealed / (time.perf_counter() - started)
    finally:
        await store.close()


def _refusal() -> RefusalRecord:
    now = datetime.now(UTC)
    return RefusalRecord(now, "/soap/v1/appeals", "127.0.0.1", "NotXml", "bench", None, None, "0" * 64, 1)
