"""The store in memory serves what the conformance suite proves, and says of everything else that it does not."""

from __future__ import annotations

import pytest

from gateway.ports.deliveries import ClaimDeliveries
from tests.unit.gateway.store.test_operations import OPERATIONS
from tests.worlds.memory import SERVED, MemoryStore, NotServed


def test_the_heart_is_served():
    assert ClaimDeliveries in SERVED
    assert set(SERVED) <= OPERATIONS


@pytest.mark.parametrize("kind", sorted(OPERATIONS - set(SERVED), key=repr), ids=lambda kind: kind.__name__)
async def test_what_is_not_served_is_refused_and_never_answered_as_if_there_were_nothing(kind):
    with pytest.raises(NotServed, match=kind.__name__):
        await MemoryStore().run(object.__new__(kind))
