"""A clock that was an hour ahead and is set right: nothing waits for that hour. On both stores."""

from datetime import datetime, timedelta

import pytest

from contracts.party import Agreement
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery, Rescue, TakeBack
from gateway.store.database import SqlStore
from tests.worlds.builders import AKIMAT, NOON, conversation_id, opening, outgoing

LEASE = timedelta(seconds=60)
AHEAD = NOON + timedelta(hours=1)


def roomy(party_id) -> Agreement:
    return Agreement(party_id, most_at_once=100)


async def enqueue(store: SqlStore, *, at: datetime, count: int = 1) -> None:
    for _ in range(count):
        await store.run(opening(outgoing(conversation_id(), AKIMAT, created_at=at)))


async def claim(store: SqlStore, now: datetime):
    return await store.run(ClaimDeliveries(now=now, limit=50, lease_until=now + LEASE, terms=roomy))


async def test_what_was_made_in_the_hour_that_never_was_goes_out_at_once(store: SqlStore):
    await enqueue(store, at=AHEAD, count=3)

    assert await claim(store, NOON) == []
    assert await store.run(TakeBack(now=NOON, lease=LEASE)) == 3
    assert len(await claim(store, NOON)) == 3


async def test_a_lease_lasts_no_longer_than_a_lease(store: SqlStore):
    await enqueue(store, at=NOON)
    await claim(store, AHEAD)

    assert await store.run(TakeBack(now=NOON, lease=LEASE)) == 1
    assert await store.run(Rescue(now=NOON + LEASE - timedelta(seconds=1))) == 0
    assert await store.run(Rescue(now=NOON + LEASE)) == 1


async def test_a_retry_waits_as_long_as_it_would_have(store: SqlStore):
    await enqueue(store, at=NOON)
    await claim(store, AHEAD)
    await store.run(Rescue(now=AHEAD + LEASE))  # due then

    assert await store.run(TakeBack(now=NOON, lease=LEASE)) == 1
    assert await claim(store, NOON + LEASE - timedelta(seconds=1)) == []
    assert len(await claim(store, NOON + LEASE)) == 1


async def test_looking_again_takes_nothing_back_twice(store: SqlStore):
    await enqueue(store, at=AHEAD)
    await enqueue(store, at=NOON)
    await claim(store, NOON)

    assert [await store.run(TakeBack(now=NOON, lease=LEASE)) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("skew_s", [0, 30])
async def test_clocks_of_nodes_that_differ_a_little_are_left_alone(store: SqlStore, skew_s: int):
    await enqueue(store, at=NOON + timedelta(seconds=skew_s), count=2)
    before = await store.run(DeliveryPageQuery())

    assert await store.run(TakeBack(now=NOON, lease=LEASE)) == 0
    assert await store.run(DeliveryPageQuery()) == before
    assert {row.state for row in before} == {DeliveryState.PENDING}
