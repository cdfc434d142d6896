"""The data path as a whole: real HTTP on loopback, real signatures, every commit durable.

The far end runs in a process of its own. What is counted was answered by a signed receipt, sent after its commit.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Final, cast

import aiohttp

from connectors.soap.push import PushConnector
from contracts.codec import build_request
from contracts.header import MessageId
from contracts.operations import Service
from contracts.party import PartyId
from gateway.domain.delivery import DeliveryState
from gateway.ports import Acceptance, Recorded, Store
from gateway.service.accept import accept
from gateway.service.admit import Admission, admit
from gateway.workers.relay import Relay
from signing.keys import SoftwareKey
from signing.wss import sign_envelope
from tests.bench.exchange import ME, PLATFORM, Running, make_keys, running_exchange
from tests.bench.figures import Figures
from tests.bench.load import send_all
from tests.bench.message import register_appeal
from tests.bench.party import inbox
from tests.postgres import running_postgres

CALLERS: Final = {1: 150, 16: 600, 128: 900}
"""How many callers, and how many messages they send between them."""
RELAYED_APPEALS: Final = 100
STORED: Final = 600

Keys = Mapping[PartyId, SoftwareKey]


async def data_path() -> Figures:
    """Every figure on SQLite, then on PostgreSQL with its durability on; minutes at the very most."""
    keys, figures = make_keys(), Figures()
    with TemporaryDirectory(prefix="dalel-bench-") as folder:
        figures |= await _figures("sqlite", keys, lambda name: f"sqlite:///{folder}/{name}.db")
    with running_postgres(durable=True) as server:
        figures |= await _figures("postgresql", keys, server.fresh)
    return figures


async def _figures(database: str, keys: Keys, url_of: Callable[[str], str]) -> Figures:
    figures = Figures()
    for callers, count in CALLERS.items():
        figures |= await _intake(f"intake_{database}_{callers}", keys, url_of(f"i{callers}"), callers, count)
    figures[f"relay_{database}"] = (await _relay(keys, url_of("relay")), "1/s")
    figures[f"store_{database}"] = (await _store(keys, url_of("store")), "1/s")
    return figures


async def _intake(name: str, keys: Keys, database_url: str, callers: int, count: int) -> Figures:
    """RegisterAppeal accepted, parsed, validated, verified, decided, committed, answered by a signed receipt."""
    async with running_exchange(database_url, keys) as running:
        envelopes = [_envelope(keys) for _ in range(count)]
        measured = await send_all(f"{running.url}/soap/v1/{Service.APPEALS}", envelopes, callers=callers)
    waits = {f"{name}_p{share}": (measured.quantile_ms(share / 100), "ms") for share in (50, 99)}
    return {name: (measured.per_second, "1/s")} | waits


async def _relay(keys: Keys, database_url: str) -> float:
    """Claim, sign, POST, verify the receipt, record, for every delivery that registered appeals lead to."""
    async with AsyncExitStack() as stack:
        inbox_url = stack.enter_context(inbox(keys))
        running = await stack.enter_async_context(running_exchange(database_url, keys, inbox_url=inbox_url))
        session = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False))
        envelopes = [_envelope(keys) for _ in range(RELAYED_APPEALS)]
        await send_all(f"{running.url}/soap/v1/{Service.APPEALS}", envelopes, callers=16)
        exchange = running.exchange
        pinned = exchange.directory().pinned
        connector = PushConnector(session, pinned=lambda: pinned, me=ME, clock=exchange.clock)
        relay = Relay(exchange, connector, lambda: keys[ME], batch=50, idle=timedelta(seconds=1))
        done, started = 0, time.perf_counter()
        while claimed := await relay.run_once():
            done += claimed
        passed = time.perf_counter() - started
        acknowledged = await exchange.store.deliveries(state=DeliveryState.ACKNOWLEDGED, limit=10 * RELAYED_APPEALS)
        if len(acknowledged) != done:
            raise RuntimeError(f"{done} attempts, {len(acknowledged)} acknowledged: not what was to be measured")
    return done / passed


async def _store(keys: Keys, database_url: str) -> float:
    """The commit alone, with all that an accepted appeal writes; everything before it is done beforehand."""
    async with running_exchange(database_url, keys) as running:
        planned = await _planned(running, keys, [_envelope(keys) for _ in range(STORED)])
        started = time.perf_counter()
        written = await asyncio.gather(*map(running.exchange.store.accept, planned))
        passed = time.perf_counter() - started
    if not all(isinstance(result, Recorded) for result in written):
        raise RuntimeError("an appeal was not recorded")
    return len(written) / passed


class _Planning:
    """A store that only notes what it is asked to write."""

    def __init__(self) -> None:
        self.planned: list[Acceptance] = []

    async def find_answer(self, *_: object) -> None:
        return None

    async def accept(self, acceptance: Acceptance) -> Recorded:
        self.planned.append(acceptance)
        return Recorded()


async def _planned(running: Running, keys: Keys, envelopes: Sequence[bytes]) -> list[Acceptance]:
    store = _Planning()
    exchange = replace(running.exchange, store=cast("Store", store))
    admission = Admission(ME, timedelta(minutes=5), 8 * 1024 * 1024)
    for envelope in envelopes:
        now = exchange.clock.now()
        admitted = admit(envelope, Service.APPEALS, exchange.directory(), admission, now=now)
        await accept(exchange, admitted, lambda: keys[ME])
    return store.planned


def _envelope(keys: Keys) -> bytes:
    """An appeal of its own without papers, which would have to be uploaded first."""
    now = datetime.now(UTC)
    message = register_appeal(now)
    fresh = replace(
        message,
        header=replace(message.header, message_id=MessageId(str(uuid.uuid4()))),
        payload=replace(message.payload, documents=()),  # type: ignore[type-var]  # a RegisterAppeal
    )
    return sign_envelope(build_request(fresh), keys[PLATFORM], now=now)
