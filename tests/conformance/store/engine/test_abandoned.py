"""What a process held that was killed. The embedded store's lock proves that it is gone; a shared database cannot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery, FetchMailbox, ListAttempts, Rescue
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore, open_store
from gateway.store.engine.connect import is_sqlite
from tests.worlds.builders import (
    AKIMAT,
    JER,
    MINUTE,
    NOON,
    conversation_id,
    generous,
    mailbox_party,
    message_id,
    opening,
    outgoing,
    party,
    registry,
)

SECOND = timedelta(seconds=1)


@asynccontextmanager
async def reopened(store: SqlStore, url: str) -> AsyncIterator[SqlStore]:
    """The store as the next process finds it."""
    await store.close()
    again = await open_store(url)
    yield again
    await again.close()


async def test_what_a_dead_process_had_in_hand_is_tried_again_at_once_where_it_is_known_to_be_dead(
    store: SqlStore, url: str
):
    await store.run(opening(outgoing(conversation_id())))
    (claimed,) = await store.run(ClaimDeliveries(now=NOON, limit=10, lease_until=NOON + MINUTE, terms=generous))
    async with reopened(store, url) as again:
        assert await again.run(Rescue(now=NOON + SECOND)) == int(is_sqlite(url))
        assert await again.run(Rescue(now=NOON + MINUTE)) == int(not is_sqlite(url))
        (row,) = await again.run(DeliveryPageQuery())
        assert (row.state, row.attempts) == (DeliveryState.RETRY_SCHEDULED, 1)
        (attempt,) = await again.run(ListAttempts(claimed.delivery_id))
        assert attempt.outcome == "Unknown"


async def test_what_a_mailbox_has_in_hand_stays_its_own(store: SqlStore, url: str):
    await store.run(ApplyRegistry(registry(party(AKIMAT), mailbox_party(JER)), by="test", at=NOON))
    await store.run(opening(outgoing(conversation_id(), recipient=JER)))
    requested = {"limit": 10, "lease_until": NOON + MINUTE}
    batch, _ = await store.run(FetchMailbox(JER, request=message_id(), now=NOON, **requested))
    assert len(batch) == 1
    async with reopened(store, url) as again:
        assert await again.run(Rescue(now=NOON + SECOND)) == 0
        assert (await again.run(FetchMailbox(JER, request=message_id(), now=NOON + SECOND, **requested)))[0] == []
