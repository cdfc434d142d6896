"""Two nodes over one PostgreSQL: races between them are settled by the database, and lost connections are survived.

SQLite has no such case: the store's lock admits one process.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from sqlalchemy import Connection, func, select

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import LoadCase
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery
from gateway.ports.ledger import LedgerBroken, LoadLedgerStatus
from gateway.ports.results import AlreadyRecorded, Conflict, FenceLost, Recorded
from gateway.ports.store import CheckStore
from gateway.service.evidence.seal import seal_waiting
from gateway.store.blobs.documents import FileDocuments
from gateway.store.database import SqlStore, open_store
from gateway.store.engine.errors import StoreUnavailable
from tests.worlds.blobs import BlobPlace, place
from tests.worlds.buckets import bucket_service
from tests.worlds.builders import (
    AKIMAT,
    MINUTE,
    NOON,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    document_id,
    generous,
    opening,
    outgoing,
    refusal,
    registration,
    sha256,
    writing,
)
from tests.worlds.clocks import SteppedClock
from tests.worlds.postgres import Postgres
from tests.worlds.sealing import ME, seal_key

__all__ = ["bucket_service", "place"]  # fixtures

Nodes = tuple[SqlStore, SqlStore]
LEASE = NOON + MINUTE


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as fresh:
        yield fresh


@pytest.fixture
async def nodes(url: str) -> AsyncIterator[Nodes]:
    pair = await open_store(url), await open_store(url)
    yield pair
    for node in pair:
        await node.close()


async def test_claims_never_overlap(nodes: Nodes):
    for _ in range(60):
        await nodes[0].run(opening(outgoing(conversation_id())))
    batches = await asyncio.gather(
        *(
            node.run(ClaimDeliveries(now=NOON, limit=7, lease_until=LEASE, terms=generous))
            for _ in range(10)
            for node in nodes
        )
    )
    counted = Counter(one.message_id for batch in batches for one in batch)
    assert len(counted) == 60
    assert set(counted.values()) == {1}


async def test_a_message_sent_to_both_acts_once(nodes: Nodes):
    sent = [registration() for _ in range(20)]
    results = await asyncio.gather(*(node.run(one) for one in sent for node in nodes))
    for mine, theirs in zip(results[::2], results[1::2], strict=True):
        assert {type(mine), type(theirs)} == {Recorded, AlreadyRecorded}


async def test_a_number_minted_by_both_is_used_once(nodes: Nodes):
    numbers = [f"DL-2026-{n:010d}" for n in range(10)]
    results = await asyncio.gather(
        *(node.run(registration(appeal_number=number)) for number in numbers for node in nodes)
    )
    for mine, theirs in zip(results[::2], results[1::2], strict=True):
        assert {type(mine), type(theirs)} == {Recorded, Conflict}


async def test_decisions_on_one_state_are_written_once_and_histories_have_no_gap(nodes: Nodes):
    cases = [opening() for _ in range(5)]
    for case in cases:
        await nodes[0].run(case)

    async def write_on(node: SqlStore, conversation: str) -> None:
        for _ in range(4):
            result: Recorded | Conflict = Conflict()
            while result == Conflict():
                case = await node.run(LoadCase(conversation))
                result = await node.run(acceptance(writing(conversation, case.seq)))

    await asyncio.gather(*(write_on(node, case.conversation_id) for case in cases for node in nodes))
    for case in cases:
        loaded = await nodes[0].run(LoadCase(case.conversation_id))
        assert loaded is not None
        assert [event.seq for event in loaded.events] == list(range(1, 10))


async def test_a_receipt_and_an_outcome_at_once_end_a_delivery_once(nodes: Nodes):
    conversations = [conversation_id() for _ in range(10)]
    for one in conversations:
        await nodes[0].run(opening(outgoing(one)))
    claims = await nodes[0].run(ClaimDeliveries(now=NOON, limit=100, lease_until=LEASE, terms=generous))
    recorded = [
        nodes[0].run(attempt(one, DeliveryState.REJECTED, case=writing(one.conversation_id, 1))) for one in claims
    ]
    signalled = [
        nodes[1].run(acceptance(writing(one.conversation_id, 1), signals=(acknowledged(one.message_id),)))
        for one in claims
    ]
    results = await asyncio.gather(*recorded, *signalled)
    for outcome, signal in zip(results[:10], results[10:], strict=True):
        assert (outcome, signal) in {(Recorded(), Conflict()), (FenceLost(), Recorded()), (Conflict(), Recorded())}
    assert len(await nodes[0].run(DeliveryPageQuery(state=DeliveryState.IN_FLIGHT))) == 0


async def test_the_last_two_parts_on_two_nodes_complete_the_document(nodes: Nodes, place: BlobPlace):
    whole = b"first half, second half"
    for number in range(10):
        count = {
            "owner": AKIMAT,
            "upload_id": f"upload-{number}",
            "parts": 2,
            "size": len(whole),
            "sha256": sha256(whole),
            "file_name": "answer.pdf",
            "media_type": "application/pdf",
            "at": NOON,
        }
        halves = whole[:11], whole[11:]
        puts = [
            FileDocuments(node, place.another()).put_part(part=part, content=half, document_id=document_id(), **count)
            for part, (node, half) in enumerate(zip(nodes, halves, strict=True), start=1)
        ]
        results = await asyncio.gather(*puts)
        assert any(is_complete for _, is_complete in results)
        assert len({minted for minted, _ in results}) == 1


async def test_a_connection_lost_between_two_writes_costs_nobody_anything(nodes: Nodes, url: str, postgres: Postgres):
    await nodes[0].run(opening())
    postgres.disconnect_all(url)
    assert await nodes[0].run(opening()) == Recorded()
    postgres.disconnect_all(url)
    assert await asyncio.gather(*(nodes[0].run(opening()) for _ in range(20))) == [Recorded()] * 20


async def test_a_connection_lost_at_the_commit_is_told_and_nothing_is_written_twice(
    nodes: Nodes, url: str, postgres: Postgres
):
    def cut_before_commit(connection: Connection, jobs: Sequence[None]) -> list[None]:
        postgres.disconnect(connection.execute(select(func.pg_backend_pid())).scalar_one())
        return [None] * len(jobs)

    with pytest.raises(StoreUnavailable):
        await nodes[0].write(cut_before_commit, None)
    assert await nodes[0].run(opening()) == Recorded()


async def test_a_read_over_a_lost_connection_is_made_again(nodes: Nodes, url: str, postgres: Postgres):
    await nodes[0].run(CheckStore())
    postgres.disconnect_all(url)
    assert "PostgreSQL" in await nodes[0].run(CheckStore())


async def test_of_sealers_on_two_nodes_none_seals_a_leaf_twice(nodes: Nodes):
    await asyncio.gather(*(node.run(refusal()) for _ in range(40) for node in nodes))
    clock = SteppedClock(NOON)

    async def seal_on(node: SqlStore) -> int:
        count = 0
        while (await node.run(LoadLedgerStatus())).unsealed:
            done = await seal_waiting(node, seal_key, me=ME, clock=clock, limit=7)
            assert not isinstance(done, LedgerBroken)
            count += done.leaves if done else 0
        return count

    assert sum(await asyncio.gather(*map(seal_on, nodes))) == 80
    assert (await nodes[0].run(LoadLedgerStatus())).tree_size == 80
