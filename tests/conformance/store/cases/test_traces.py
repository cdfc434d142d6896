"""What a message goes on with is kept with its delivery and its dossier, and comes back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.domain.trace import TraceContext
from gateway.ports.case import ClaimAssembly
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery, FetchMailbox, FindDelivery
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore
from tests.conformance.store.engine.test_time import ORDER
from tests.worlds.builders import (
    JER,
    MINUTE,
    NOON,
    conversation_id,
    generous,
    mailbox_party,
    opening,
    outgoing,
    registry,
)

TRACE = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", sampled=True, state="a=1,b@c=2 3")
UNRECORDED = replace(TRACE, sampled=False, state="")


@pytest.mark.parametrize("trace", [TRACE, UNRECORDED, None])
async def test_whoever_claims_a_delivery_has_the_trace_of_its_message(store: SqlStore, trace: TraceContext | None):
    message = outgoing(conversation_id(), trace=trace)
    await store.run(opening(message))

    (claimed,) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE, terms=generous))
    shown = await store.run(FindDelivery(message.recipient, message.message_id))

    assert claimed.trace == trace
    assert shown is not None
    assert shown.trace == trace


async def test_so_has_whoever_fetches_it(store: SqlStore):
    await store.run(ApplyRegistry(registry(mailbox_party(JER)), by="test", at=NOON))
    await store.run(opening(outgoing(conversation_id(), JER, trace=TRACE)))

    (claimed,), _ = await store.run(FetchMailbox(JER, request="r", now=NOON, limit=1, lease_until=NOON + MINUTE))

    assert claimed.trace == TRACE


async def test_one_message_has_a_trace_and_another_of_the_same_commit_has_none(store: SqlStore):
    conversation = conversation_id()
    await store.run(opening(outgoing(conversation, trace=TRACE), outgoing(conversation, JER)))

    rows = await store.run(DeliveryPageQuery(limit=10))

    assert [row.trace for row in rows] == [None, TRACE]


@pytest.mark.parametrize("trace", [TRACE, None])
async def test_whoever_assembles_a_dossier_has_the_trace_of_what_ordered_it(
    store: SqlStore, trace: TraceContext | None
):
    await store.run(opening(assembly=replace(ORDER, trace=trace)))

    claimed = await store.run(ClaimAssembly(now=NOON, lease_until=NOON + MINUTE))

    assert claimed is not None
    assert claimed.trace == trace
