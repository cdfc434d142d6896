"""A database that restarts, falls silent or is locked, under load: senders are told, nothing is lost, it heals."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.codes import Code
from contracts.operations import Service
from gateway.http.load_shedder import IntakeClosed, IntakeConditions, LoadShedder
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.store.tables import inbox
from tests.integration.dependencies.kept import count_of
from tests.worlds.exchange.world import PLATFORM, SoapAnswer, World, a_world, an_appeal
from tests.worlds.postgres import Postgres, running_postgres

CALLERS, EACH = 6, 8
PATIENCE = timedelta(seconds=0.3)
HEALS_WITHIN_S = 120.0


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One of our own: other tests go on with theirs."""
    with running_postgres(durable=True) as started:  # the others would lose what was not yet written
        yield started


@pytest.fixture
async def on_postgres(server: Postgres, tmp_path: Path) -> AsyncIterator[World]:
    with server.database() as url:
        async with a_world(tmp_path, database_url=url) as made:
            yield made


@asynccontextmanager
async def a_load_shedder(world: World) -> AsyncIterator[LoadShedder]:
    """At work, as in ``serve``, but more often."""
    watched = IntakeConditions(world.exchange.store, (world.folder,), reserve_bytes=0, patience=PATIENCE)
    keeper = LoadShedder(world.gate, watched)

    async def look() -> None:
        while True:
            await keeper.run_once()
            await asyncio.sleep(0.05)  # the rhythm of the loop under test

    looking = asyncio.create_task(look())
    try:
        yield keeper
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def send_until_taken(world: World, envelope: bytes, answers: list[SoapAnswer]) -> None:
    """As a sender should: the same message again, until there is a receipt."""
    async with asyncio.timeout(HEALS_WITHIN_S):
        while True:
            answers.append(await world.post(Service.APPEALS, envelope))
            if answers[-1].status == 200:
                return
            await asyncio.sleep(0.05)  # a sender's wait, cut short


async def test_a_restart_under_load_costs_no_message_and_none_is_taken_twice(on_postgres: World, server: Postgres):
    answers: list[SoapAnswer] = []
    loaded = asyncio.Event()
    envelopes = [on_postgres.envelope(PLATFORM, an_appeal(on_postgres.clock)) for _ in range(CALLERS * EACH)]

    async def call(number: int) -> None:
        for envelope in envelopes[number * EACH : (number + 1) * EACH]:
            await send_until_taken(on_postgres, envelope, answers)
            loaded.set()

    async def restart() -> None:
        await loaded.wait()
        await asyncio.to_thread(_restarted, server)

    async with a_load_shedder(on_postgres):
        await asyncio.gather(restart(), *(call(number) for number in range(CALLERS)))

    busy = [answer for answer in answers if answer.status != 200]
    assert {(answer.status, answer.fault.code) for answer in busy} <= {(503, Code.SERVER_BUSY)}
    assert count_of(on_postgres.database_url, inbox) == len(envelopes)
    await on_postgres.settle()
    assert {row.state.value for row in await on_postgres.exchange.store.run(DeliveryPageQuery(limit=500))} == {
        "acknowledged"
    }


async def test_a_silent_database_is_noticed_told_and_gone_on_with(on_postgres: World, server: Postgres):
    first, second = (on_postgres.envelope(PLATFORM, an_appeal(on_postgres.clock)) for _ in range(2))
    async with a_load_shedder(on_postgres) as keeper:
        with server.frozen():
            waiting = asyncio.create_task(on_postgres.post(Service.APPEALS, first))
            stated = await _until_closed(keeper)
            started = asyncio.get_running_loop().time()
            refused = await on_postgres.post(Service.APPEALS, second)
            took_s = asyncio.get_running_loop().time() - started
        taken = await waiting
        answers: list[SoapAnswer] = []
        await send_until_taken(on_postgres, second, answers)

    assert "nothing was committed" in stated or "no answer" in stated
    assert (refused.status, refused.fault.code, refused.headers["Retry-After"]) == (503, Code.SERVER_BUSY, "10")
    assert took_s < 20  # no commit was waited for
    # what the silence caught is taken when it ends, or its sender was told in time to send again
    assert taken.status == 200 or (taken.status, taken.fault.code) == (503, Code.SERVER_BUSY)
    assert count_of(on_postgres.database_url, inbox) == (2 if taken.status == 200 else 1)


async def test_an_embedded_store_that_another_process_locks_is_waited_for_and_told(world: World):
    first, second = (world.envelope(PLATFORM, an_appeal(world.clock)) for _ in range(2))
    async with a_load_shedder(world) as keeper:
        with _locked(world.folder / "dalel.db"):
            waiting = asyncio.create_task(world.post(Service.APPEALS, first))
            stated = await _until_closed(keeper)
            refused = await world.post(Service.APPEALS, second)
        taken = await waiting
        answers: list[SoapAnswer] = []
        await send_until_taken(world, second, answers)

    assert "nothing was committed" in stated
    assert (refused.status, refused.fault.code) == (503, Code.SERVER_BUSY)
    assert taken.status == 200
    assert count_of(world.database_url, inbox) == 2


def _restarted(server: Postgres) -> None:
    with server.away():
        pass


async def _until_closed(keeper: LoadShedder) -> str:
    """What ``/health/ready`` says once the intake is closed."""
    async with asyncio.timeout(HEALS_WITHIN_S):
        while True:
            try:
                await keeper.probe()
            except IntakeClosed as closed:
                return str(closed)
            await asyncio.sleep(0.02)  # another thread is being waited for


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Held for writing over a connection of its own, as a backup program or a shell of sqlite3 would."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()
