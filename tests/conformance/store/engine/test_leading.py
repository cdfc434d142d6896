"""What only one node does: it is led by one, moves on when that one is gone, cut off or hangs, and calls are heard."""

from __future__ import annotations

import asyncio
import statistics
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from gateway.ports.deliveries import ClaimDeliveries, GiveBack
from gateway.ports.nodes import WakeCall
from gateway.ports.results import Recorded
from gateway.ports.store import CheckStore
from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import ConnectionSettings
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.nodes import NodeConnections
from tests.worlds.builders import MINUTE, NOON, attempt, conversation_id, opening, outgoing
from tests.worlds.postgres import Postgres
from tests.worlds.sqlite import migrated

Nodes = tuple[SqlStore, SqlStore]
PATIENCE = timedelta(seconds=3)
WITHIN_S = 300.0  # only a hang reaches it


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as fresh:
        yield fresh


@pytest.fixture
async def nodes(url: str) -> AsyncIterator[Nodes]:
    pair = tuple([await open_store(url, connections=NodeConnections(name, patience=PATIENCE)) for name in ("a", "b")])
    yield pair
    for node in pair:
        await node.close()


async def comes_to_lead(node: SqlStore, name: str) -> None:
    """Returns when it does."""
    async with asyncio.timeout(WITHIN_S):
        while not await node.peers.lead(name):  # noqa: ASYNC110 - the end of another session rings no bell
            await asyncio.sleep(0.02)


async def test_one_leads_and_the_other_does_not(nodes: Nodes):
    assert [await node.peers.lead("sealer") for node in nodes] == [True, False]
    assert [await node.peers.lead("clock") for node in reversed(nodes)] == [True, False]
    assert [await node.peers.lead("sealer") for node in nodes] == [True, False]


async def test_who_leaves_is_followed_at_once(nodes: Nodes):
    assert await nodes[0].peers.lead("sealer")
    await nodes[0].close()
    await comes_to_lead(nodes[1], "sealer")  # its session ends when the server has seen the farewell


async def test_whose_connection_was_cut_knows_before_its_next_piece_of_work(nodes: Nodes, url: str, postgres: Postgres):
    assert await nodes[0].peers.lead("sealer")
    postgres.disconnect_named(url, "dalel a")
    await comes_to_lead(nodes[1], "sealer")
    assert not await nodes[0].peers.lead("sealer")


async def test_who_hangs_is_followed_when_the_server_has_waited_long_enough(nodes: Nodes):
    assert await nodes[0].peers.lead("sealer")  # and says nothing more, as a stopped process does
    await comes_to_lead(nodes[1], "sealer")
    assert not await nodes[0].peers.lead("sealer")


async def test_who_works_long_goes_on_leading(nodes: Nodes):
    assert await nodes[0].peers.lead("sealer")
    until = time.monotonic() + 2 * PATIENCE.total_seconds()
    while time.monotonic() < until:
        assert await nodes[0].peers.lead("sealer")
        assert not await nodes[1].peers.lead("sealer")
        await asyncio.sleep(0.1)


async def test_nobody_leads_while_the_database_is_away():
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    alone = NodeConnections().peers(url)
    assert not await alone.lead("sealer")
    await alone.close()


# --- connections ----------------------------------------------------------------------------------------------------


async def test_a_node_has_no_more_connections_than_it_may_and_each_says_whose_it_is(url: str, postgres: Postgres):
    node = await open_store(url, connections=NodeConnections("c", connections=6))
    node.peers.hear(WakeCall.WORK, lambda: None)
    await node.peers.lead("sealer")
    await asyncio.gather(*(node.run(CheckStore()) for _ in range(40)), *(node.run(opening()) for _ in range(40)))
    assert 4 <= postgres.connections(url, "dalel c") <= 6
    await node.close()
    async with asyncio.timeout(WITHIN_S):
        while postgres.connections(url, "dalel c"):  # noqa: ASYNC110 - the end of a session rings no bell
            await asyncio.sleep(0.02)


async def test_a_statement_that_hangs_is_ended_and_the_next_one_works(url: str):
    node = await open_store(url, connections=NodeConnections("c", statement=timedelta(seconds=0.3)))
    with pytest.raises(StoreUnavailable, match="statement timeout"):
        await node.read(lambda connection: connection.execute(text("SELECT pg_sleep(20)")))
    assert await node.run(opening()) == Recorded()
    await node.close()


async def test_a_transaction_whose_process_hangs_does_not_keep_its_locks(url: str, nodes: Nodes):
    hanging = await open_store(url, connections=NodeConnections("c", statement=timedelta(seconds=0.3)))
    locked, gone = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hang(connection: Connection, jobs: Sequence[None]) -> list[None]:
        connection.execute(text("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE"))
        loop.call_soon_threadsafe(locked.set)
        gone.wait(WITHIN_S)
        return [None] * len(jobs)

    stuck = asyncio.create_task(hanging.write(hang, None))
    async with asyncio.timeout(WITHIN_S):
        await locked.wait()
        assert await nodes[0].run(opening()) == Recorded()
    gone.set()
    with pytest.raises(StoreUnavailable):
        await stuck
    await hanging.close()


def test_what_the_url_says_of_a_connection_counts():
    reported = ConnectionSettings("a", timedelta(seconds=1)).arguments(
        "postgresql://h/d?connect_timeout=3&options=-c%20search_path%3Dours"
    )
    assert "connect_timeout" not in reported
    assert reported["options"].startswith("-c search_path=ours -c statement_timeout=1000")


# --- calls ----------------------------------------------------------------------------------------------------------


async def test_what_one_node_commits_wakes_the_other(nodes: Nodes):
    rung = asyncio.Event()
    nodes[1].peers.hear(WakeCall.WORK, rung.set)
    await heard(rung)  # it has begun to listen
    await nodes[0].run(opening(outgoing(conversation_id())))
    await heard(rung)
    assert len(await nodes[1].run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE))) == 1


async def test_what_a_leaving_node_gives_back_wakes_the_other(nodes: Nodes):
    await nodes[0].run(opening(outgoing(conversation_id())))
    claims = await nodes[0].run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE))
    rung = asyncio.Event()
    nodes[1].peers.hear(WakeCall.WORK, rung.set)
    await heard(rung)
    await nodes[0].run(GiveBack(claims))
    await heard(rung)
    assert len(await nodes[1].run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE))) == 1


async def test_a_commit_that_makes_no_work_wakes_nobody(nodes: Nodes):
    rung = asyncio.Event()
    nodes[1].peers.hear(WakeCall.WORK, rung.set)
    await heard(rung)
    await nodes[0].run(opening())
    await nodes[0].run(opening(outgoing(conversation_id())))
    await heard(rung)
    assert not rung.is_set()


async def test_whoever_seals_hears_of_a_dossier_that_waits_elsewhere(nodes: Nodes):
    rung = asyncio.Event()
    nodes[1].peers.hear(WakeCall.SEAL, rung.set)
    await heard(rung)
    assert not rung.is_set()
    nodes[0].peers.call(WakeCall.SEAL)
    await heard(rung)


async def test_a_listener_that_was_cut_off_listens_again(nodes: Nodes, url: str, postgres: Postgres):
    rung = asyncio.Event()
    nodes[1].peers.hear(WakeCall.WORK, rung.set)
    await heard(rung)
    postgres.disconnect_named(url, "dalel b")
    await heard(rung)  # what it may have missed
    await nodes[0].run(opening(outgoing(conversation_id())))
    await heard(rung)
    assert len(await nodes[1].run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE))) == 1


async def test_an_embedded_store_leads_and_calls_itself(tmp_path):
    store = await open_store(migrated(tmp_path))
    rung = asyncio.Event()
    store.peers.hear(WakeCall.WORK, rung.set)
    assert await store.peers.lead("sealer")
    await store.run(opening(outgoing(conversation_id())))
    await heard(rung)
    await store.close()


async def test_from_commit_on_one_node_to_claim_on_the_other_takes_milliseconds(
    nodes: Nodes, capsys: pytest.CaptureFixture
):
    rung, woken_ms, took_ms = asyncio.Event(), [], []
    nodes[1].peers.hear(WakeCall.WORK, rung.set)
    await heard(rung)
    for _ in range(50):
        await nodes[0].run(opening(outgoing(conversation_id())))
        begun = time.perf_counter()
        await heard(rung)
        woken_ms.append((time.perf_counter() - begun) * 1000)
        (claim,) = await nodes[1].run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE))
        took_ms.append((time.perf_counter() - begun) * 1000)
        await nodes[1].run(attempt(claim))
    woken, claimed = statistics.median(woken_ms), statistics.median(took_ms)
    with capsys.disabled():
        print(f"\nnotify_wake_ms p50 {woken:.1f} from commit to bell, {claimed:.1f} to claim, at the other node")  # noqa: T201
    assert len(took_ms) == 50  # each was rung for; how quick that is `make bench` tells


async def heard(rung: asyncio.Event) -> None:
    async with asyncio.timeout(WITHIN_S):
        await rung.wait()
    rung.clear()
