"""Sealing on both databases: order, growth, tokens that come later, proofs, and a sealer that stops when it must."""

import asyncio

import pytest
from sqlalchemy import text, update

from dossier.ledger.merkle import (
    Seal,
    TreeHead,
    leaf_hash,
    root_of,
    tree_head_bytes,
    verify_consistency,
    verify_inclusion,
)
from gateway.ports.case import LoadCase
from gateway.ports.ledger import (
    FindLedgerEvidence,
    FindNewestSeal,
    Growth,
    LedgerBroken,
    ListTokenlessSeals,
    LoadLedgerStatus,
    MeasureGrowth,
    SealWrite,
    StampSeal,
)
from gateway.ports.results import Conflict, Recorded
from gateway.service.evidence.seal import seal_waiting, stamp_waiting
from gateway.store.database import SqlStore
from gateway.store.engine.connect import writing_engine
from gateway.store.ledger import proofs as ledger_proofs
from gateway.store.tables import leaves, tiles, tree_heads
from signing.keys.detached import is_signed_by, sign_detached
from signing.timestamps.token import read_token
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import NOON, conversation_id, outgoing, refusal, registration, writing
from tests.worlds.clocks import SteppedClock
from tests.worlds.sealing import ME, TestAuthority, imprint, seal_all, seal_key, stamp_all


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOON)


async def refuse(store: SqlStore, count: int) -> None:
    """As many leaves, each with its record."""
    await asyncio.gather(*(store.run(refusal()) for _ in range(count)))


async def head_of(store: SqlStore) -> TreeHead:
    newest = await store.run(FindNewestSeal())
    assert newest is not None
    return newest.head


async def test_the_sealer_gives_positions_in_the_order_of_recording(store: SqlStore, look: SecondConnection, clock):
    await store.run(registration(outgoing(conversation_id())))
    await refuse(store, 3)
    assert await seal_all(store, clock) == look.count("leaves")
    rows = look.rows("leaves")
    assert [row["position"] for row in rows] == list(range(len(rows)))
    assert (await head_of(store)).root == root_of([row["digest"] for row in rows])
    assert await store.run(MeasureGrowth(limit=10)) is None


@pytest.mark.parametrize("batches", [[1, 1, 1], [255, 1, 1], [256, 300], [3, 600, 2]])
async def test_every_head_is_over_exactly_the_leaves_before_it(store: SqlStore, look: SecondConnection, clock, batches):
    for count in batches:
        await refuse(store, count)
        await seal_all(store, clock)
    digests = [row["digest"] for row in look.rows("leaves")]
    heads = look.rows("tree_heads")
    assert [row["tree_size"] for row in heads] == [sum(batches[: n + 1]) for n in range(len(batches))]
    assert all(row["root"] == root_of(digests[: row["tree_size"]]) for row in heads)
    newest = await head_of(store)
    for row in heads:
        old = TreeHead(ME, row["tree_size"], row["root"], row["at"])
        path = await store.read(ledger_proofs.consistency_of, old.tree_size, newest.tree_size)
        assert verify_consistency(old, newest, path)


async def test_no_seal_closes_over_more_leaves_than_it_may(store: SqlStore, look: SecondConnection, clock):
    await refuse(store, 25)
    assert await seal_all(store, clock, limit=10) == 25
    assert [row["tree_size"] for row in look.rows("tree_heads")] == [10, 20, 25]


async def test_only_the_right_edge_of_the_tree_is_written_anew(store: SqlStore, look: SecondConnection, clock):
    await refuse(store, 600)
    await seal_all(store, clock)
    before = {(row["tile_row"], row["tile_index"]): row["hashes"] for row in look.rows("tiles")}
    await refuse(store, 1)
    await seal_all(store, clock)
    after = {(row["tile_row"], row["tile_index"]): row["hashes"] for row in look.rows("tiles")}
    assert {key for key in after if before.get(key) != after[key]} == {(0, 2)}


async def test_a_head_is_signed_by_the_seal_key(store: SqlStore, clock):
    await refuse(store, 2)
    await seal_all(store, clock)
    seal = await store.run(FindNewestSeal())
    assert is_signed_by(seal_key().certificate, tree_head_bytes(seal.head), seal.signature)
    assert seal.certificate == seal_key().certificate
    assert (seal.head.log, seal.head.at, seal.token) == (ME, NOON, None)


async def test_time_never_runs_backwards_from_head_to_head(store: SqlStore, clock):
    await refuse(store, 1)
    await seal_all(store, clock)
    clock.advance(hours=-1)
    await refuse(store, 1)
    await seal_all(store, clock)
    assert (await head_of(store)).at == NOON


# --- tokens ---------------------------------------------------------------------------------------------------------


async def test_a_token_covers_the_signature_of_its_head(store: SqlStore, look: SecondConnection, clock):
    await refuse(store, 1)
    await seal_all(store, clock)
    await stamp_all(store, clock)
    (row,) = look.rows("seals")
    assert read_token(row["token"]).digest == imprint(row["signature"])
    assert row["token_at"] == clock.now()


async def test_seals_wait_for_an_authority_that_is_away_and_the_oldest_is_stamped_first(store: SqlStore, clock):
    authority = TestAuthority(clock)
    authority.away = True
    for _ in range(3):
        await refuse(store, 1)
        await seal_all(store, clock)
    assert (await stamp_waiting(store, authority)).waiting == 1
    assert [seal.head.tree_size for seal in await store.run(ListTokenlessSeals(limit=2))] == [1, 2]
    authority.away = False
    assert (await stamp_waiting(store, authority)).tokens == 3
    assert await store.run(ListTokenlessSeals(limit=2)) == ()


async def test_a_seal_keeps_its_first_token(store: SqlStore, look: SecondConnection, clock):
    await refuse(store, 1)
    await seal_all(store, clock)
    await stamp_all(store, clock)
    (before,) = look.rows("seals")
    await store.run(StampSeal(1, b"another", stamped_at=clock.now()))
    assert look.rows("seals") == [before]


# --- status ---------------------------------------------------------------------------------------------------------


async def test_the_status_tells_what_waits_and_since_when(store: SqlStore, clock):
    assert (await store.run(LoadLedgerStatus())).tree_size == 0
    await refuse(store, 2)
    await seal_all(store, clock)
    await store.run(refusal())
    reported = await store.run(LoadLedgerStatus())
    assert (reported.tree_size, reported.sealed_at, reported.unsealed, reported.oldest_unsealed_at) == (
        2,
        NOON,
        1,
        refusal().at,
    )
    assert (reported.tokenless, reported.oldest_tokenless_at, reported.stamped_size) == (1, NOON, 0)
    await stamp_all(store, clock)
    assert ((await store.run(LoadLedgerStatus())).tokenless, (await store.run(LoadLedgerStatus())).stamped_size) == (
        0,
        2,
    )


# --- proofs ---------------------------------------------------------------------------------------------------------


async def test_every_event_of_a_conversation_is_proven_under_one_head(store: SqlStore, clock):
    first = registration()
    conversation = first.cases[0].conversation_id
    await store.run(first)
    await seal_all(store, clock)
    await refuse(store, 300)
    await store.run(writing(conversation, 1))
    await seal_all(store, clock)
    await refuse(store, 5)
    await seal_all(store, clock)
    evidence = await store.run(FindLedgerEvidence(conversation, 2))
    (seal,) = evidence.seals
    case = await store.run(LoadCase(conversation))
    assert [seq for seq, _ in evidence.proofs] == [1, 2]
    assert len(case.events) == 2
    assert all(verify_inclusion(proof, proof.leaf, seal.head) for _, proof in evidence.proofs)
    assert seal.head == await head_of(store)


async def test_a_head_with_a_token_is_preferred_to_a_newer_one_without(store: SqlStore, clock):
    first = registration()
    await store.run(first)
    await seal_all(store, clock)
    await stamp_all(store, clock)
    stamped = await head_of(store)
    await refuse(store, 1)
    await seal_all(store, clock)
    evidence = await store.run(FindLedgerEvidence(first.cases[0].conversation_id, 1))
    assert [seal.head for seal in evidence.seals] == [stamped]


async def test_there_is_no_evidence_before_all_is_sealed(store: SqlStore, clock):
    first = registration()
    conversation = first.cases[0].conversation_id
    await store.run(first)
    assert await store.run(FindLedgerEvidence(conversation, 1)) is None
    await seal_all(store, clock)
    assert await store.run(FindLedgerEvidence(conversation, 1)) is not None
    assert await store.run(FindLedgerEvidence(conversation, 2)) is None


# --- two sealers, and one who finds the database changed ------------------------------------------------------------


async def test_of_two_sealers_one_is_first_and_the_other_looks_again(store: SqlStore, clock):
    await refuse(store, 3)
    growth = await store.run(MeasureGrowth(limit=10))
    write = SealWrite(growth, a_seal(growth, clock))
    assert [await store.run(write), await store.run(write)] == [Recorded(), Conflict()]


async def test_what_was_signed_is_kept_only_if_the_leaves_are_still_the_same(store: SqlStore, url: str, clock):
    await refuse(store, 3)
    growth = await store.run(MeasureGrowth(limit=10))
    by_hand(url, update(leaves).values(digest=b"x" * 32).where(leaves.c.leaf_id == growth.leaf_ids[1]))
    assert await store.run(SealWrite(growth, a_seal(growth, clock))) == Conflict()


@pytest.mark.parametrize(
    "change",
    [
        update(tiles).values(hashes=leaf_hash(b"x") * 3),
        update(tiles).values(hashes=b""),
        update(tree_heads).values(root=b"x" * 32),
        update(tree_heads).values(content=b"{}"),
        update(leaves).values(digest=b"x" * 32).where(leaves.c.position == 1),
        text("DELETE FROM leaves WHERE position = 1"),
        text("DELETE FROM tiles"),
    ],
    ids=["tile", "emptied tile", "root", "head", "leaf", "deleted leaf", "no tiles"],
)
async def test_the_sealer_stops_when_the_signed_root_does_not_follow_and_traffic_goes_on(
    store: SqlStore, url: str, clock, change
):
    await refuse(store, 3)
    await seal_all(store, clock)
    by_hand(url, change)
    await refuse(store, 1)
    stopped = await seal_waiting(store, seal_key, me=ME, clock=clock, limit=10)
    assert isinstance(stopped, LedgerBroken)
    assert stopped.detail
    assert await store.run(registration()) == Recorded()


async def test_a_leaf_changed_before_it_is_sealed_stops_the_sealer(store: SqlStore, url: str, clock):
    await refuse(store, 1)
    by_hand(url, update(leaves).values(content=b"{}"))
    stopped = await seal_waiting(store, seal_key, me=ME, clock=clock, limit=10)
    assert isinstance(stopped, LedgerBroken)
    assert "refusals [1]" in stopped.detail


@pytest.mark.parametrize("change", ["DELETE FROM tiles", "UPDATE seals SET certificate = signature"])
async def test_a_broken_ledger_gives_no_evidence_and_fails_nobody(store: SqlStore, url: str, clock, change: str):
    first = registration()
    await store.run(first)
    await seal_all(store, clock)
    by_hand(url, text(change))
    assert await store.run(FindLedgerEvidence(first.cases[0].conversation_id, 1)) is None


def by_hand(url: str, change) -> None:
    """Change the database as an operator with a shell would."""
    engine = writing_engine(url, connections=1)
    with engine.begin() as connection:
        connection.execute(change)
    engine.dispose()


def a_seal(growth: Growth, clock: SteppedClock):
    head = TreeHead(ME, growth.tree_size, growth.root, clock.now())
    return Seal(head, sign_detached(tree_head_bytes(head), seal_key()), seal_key().certificate, token=None)
