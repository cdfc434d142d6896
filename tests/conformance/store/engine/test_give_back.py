"""Leases given back: due again at once, in their old place, uncounted, and only by whoever still holds them."""

from __future__ import annotations

import pytest

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import GiveBack, Rescue
from gateway.ports.results import FenceLost, Recorded
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.conformance.store.deliveries.test_outbox import case_with, claim
from tests.worlds.builders import AKIMAT, COURT, MINUTE, NOON, attempt

S = DeliveryState


async def test_what_was_given_back_is_claimed_again_at_once_under_a_new_fence(store: SqlStore):
    await case_with(store, AKIMAT, COURT)
    first = await claim(store)
    assert await store.run(GiveBack(first)) == 2
    again = await claim(store)
    assert [one.message_id for one in again] == [one.message_id for one in first]
    assert [one.fence for one in again] == [2, 2]


async def test_what_was_never_begun_counts_as_no_attempt(store: SqlStore, look: SecondConnection):
    await case_with(store, AKIMAT)
    await store.run(GiveBack(await claim(store)))
    (again,) = await claim(store)
    assert again.attempt == 1
    assert look.count("attempts") == 0


async def test_what_was_given_back_keeps_its_place_in_the_line(store: SqlStore):
    await case_with(store, AKIMAT)
    (early,) = await claim(store)
    await case_with(store, AKIMAT, created_at=NOON + MINUTE)
    await store.run(GiveBack([early]))
    (first, _) = await claim(store, now=NOON + MINUTE)
    assert first.message_id == early.message_id


async def test_only_the_lease_that_is_still_held_is_given_back(store: SqlStore):
    await case_with(store, AKIMAT, COURT)
    slow, other = await claim(store)
    await store.run(Rescue(now=slow.lease_until))
    await claim(store, now=slow.lease_until)
    assert await store.run(GiveBack([slow, other])) == 0
    assert await claim(store, now=slow.lease_until) == []


async def test_an_outcome_recorded_after_its_lease_was_given_back_moves_nothing(store: SqlStore):
    await case_with(store, AKIMAT)
    (claimed,) = await claim(store)
    await store.run(GiveBack([claimed]))
    assert await store.run(attempt(claimed, S.RETRY_SCHEDULED)) == FenceLost()
    (again,) = await claim(store)
    assert await store.run(attempt(again)) == Recorded()


@pytest.mark.databases
async def test_giving_nothing_back_writes_nothing(store: SqlStore):
    before = store.commits
    assert await store.run(GiveBack([])) == 0
    assert store.commits == before
