"""Group commit: many callers, few commits; a lone caller never waits; nothing is answered before it is committed."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from gateway.ports.results import Recorded
from gateway.ports.store import CheckStore
from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import writing_engine
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.failures import LostRace
from gateway.store.engine.writer import MOST_PER_COMMIT, Writer
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import registration
from tests.worlds.postgres import Postgres

HANGS_AFTER_S = 300


async def test_many_callers_share_few_commits(store: SqlStore, look: SecondConnection):
    before = store.commits
    results = await asyncio.gather(*(store.run(registration()) for _ in range(400)))
    assert results == [Recorded()] * 400
    assert look.count("inbox") == 400
    assert store.commits - before <= 40


async def test_one_caller_after_another_commits_each(store: SqlStore):
    before = store.commits
    for _ in range(5):
        await store.run(registration())
    assert store.commits - before == 5


async def test_a_lone_caller_does_not_wait_for_company(url: str):
    patient = await open_store(url, window=timedelta(hours=1))
    for _ in range(3):
        async with asyncio.timeout(HANGS_AFTER_S):
            assert await patient.run(registration()) == Recorded()
    await patient.close()


async def test_callers_who_come_again_and_again_share_commits_too(store: SqlStore):
    """On a server there is a second thread; were it to commit whatever the first one left, each would carry a few."""

    async def come_again() -> None:
        for _ in range(5):
            await store.run(registration())

    before = store.commits
    await asyncio.gather(*(come_again() for _ in range(64)))
    assert store.commits - before <= 40


async def test_different_operations_share_a_commit(store: SqlStore, look: SecondConnection):
    before = store.commits
    writes = [store.run(registration().cases[0]) for _ in range(50)]
    await asyncio.gather(*writes, *(store.run(registration()) for _ in range(50)))
    assert look.count("conversations") == 100
    assert store.commits - before <= 20


async def test_a_cancelled_caller_does_not_disturb_the_others(store: SqlStore, look: SecondConnection):
    tasks = [asyncio.create_task(store.run(registration())) for _ in range(10)]
    await asyncio.sleep(0)  # let them get into the queue
    tasks[3].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[3], asyncio.CancelledError)
    assert results.count(Recorded()) == 9
    assert look.count("inbox") == 10  # it had been queued: the message is safe, its sender asks again


async def test_closing_writes_what_waits(url: str, look: SecondConnection, store: SqlStore):
    tasks = [asyncio.create_task(store.run(registration())) for _ in range(30)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*tasks) == [Recorded()] * 30
    assert look.count("inbox") == 30


async def test_a_closed_store_says_so(url: str):
    closed = await open_store(url)
    await closed.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await closed.run(registration())
    with pytest.raises(StoreUnavailable, match="closed"):
        await closed.run(CheckStore())
    await closed.close()


# --- the writer by itself -------------------------------------------------------------------------------------------

Doubling = Callable[[Connection, Sequence[int]], list[int]]


@pytest.fixture
def writer(url: str, store: SqlStore):
    """A second writer on the store's database."""
    engine = writing_engine(url, connections=1)
    made = Writer(engine, threads=1, window=timedelta(milliseconds=1))
    yield made
    made.close()
    engine.dispose()


async def test_results_come_in_the_order_of_their_jobs(writer: Writer):
    def double(_: Connection, jobs: Sequence[int]) -> list[int]:
        return [2 * job for job in jobs]

    results = await asyncio.gather(*(writer.run(double, n) for n in range(50)))
    assert results == [2 * n for n in range(50)]


@pytest.fixture
def two_writers(postgres: Postgres) -> Iterator[Writer]:
    """Two threads, as there are on a server."""
    with postgres.database() as fresh:
        engine = writing_engine(fresh, connections=2)
        made = Writer(engine, threads=2, window=timedelta(milliseconds=1))
        yield made
        made.close()
        engine.dispose()


async def test_a_slow_commit_holds_nobody_up(two_writers: Writer):
    loop, begun, done = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def be_slow(_: Connection, jobs: Sequence[str]) -> list[bool]:
        loop.call_soon_threadsafe(begun.set)
        return [done.wait(60) for _ in jobs]

    def be_quick(_: Connection, jobs: Sequence[str]) -> list[str]:
        return list(jobs)

    slow = asyncio.create_task(two_writers.run(be_slow, "slow"))
    await begun.wait()
    assert await two_writers.run(be_quick, "quick") == "quick"
    done.set()
    assert await slow


async def test_no_batch_is_larger_than_the_limit(writer: Writer):
    sizes: list[int] = []

    def measure(_: Connection, jobs: Sequence[int]) -> list[None]:
        sizes.append(len(jobs))
        return [None] * len(jobs)

    await asyncio.gather(*(writer.run(measure, n) for n in range(1000)))
    assert max(sizes) <= MOST_PER_COMMIT
    assert sum(sizes) == 1000


async def test_of_a_failing_batch_only_the_guilty_fail(writer: Writer):
    def refuse_odd(_: Connection, jobs: Sequence[int]) -> list[int]:
        if any(job % 2 for job in jobs):
            raise ValueError("odd")
        return list(jobs)

    results = await asyncio.gather(*(writer.run(refuse_odd, n) for n in range(10)), return_exceptions=True)
    assert [result for result in results if isinstance(result, int)] == [0, 2, 4, 6, 8]
    assert sum(isinstance(result, ValueError) for result in results) == 5


async def test_a_lost_race_is_run_again(writer: Writer):
    tries = 0

    def lose_twice(_: Connection, jobs: Sequence[str]) -> list[str]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise LostRace
        return list(jobs)

    assert await writer.run(lose_twice, "won") == "won"
    assert tries == 3
