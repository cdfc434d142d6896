"""Deliveries as operators see them, in memory."""

from __future__ import annotations

from collections import Counter, defaultdict

from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import (
    AttemptRow,
    Backlog,
    DeliveryPageQuery,
    DeliveryRow,
    FindDelivery,
    ListAttempts,
    ListBacklog,
)
from tests.worlds.memory.rows import Memory, StoredDelivery, serves

S = DeliveryState


@serves(FindDelivery)
def find_delivery(memory: Memory, wanted: FindDelivery) -> DeliveryRow | None:
    of = (wanted.recipient, wanted.message_id)
    found = (one for one in memory.deliveries.values() if (one.message.recipient, one.message.message_id) == of)
    return next((_row(memory, one) for one in found), None)


@serves(DeliveryPageQuery)
def list_deliveries(memory: Memory, query: DeliveryPageQuery) -> tuple[DeliveryRow, ...]:
    rows = (_row(memory, one) for one in reversed(memory.deliveries.values()))
    found = (
        row
        for row in rows
        if query.state in {None, row.state}
        and query.recipient in {None, row.recipient}
        and query.appeal in {None, row.appeal_number}
        and (query.before is None or row.delivery_id < query.before)
    )
    return tuple(found)[: query.limit]


def _row(memory: Memory, one: StoredDelivery) -> DeliveryRow:
    sent = one.message
    return DeliveryRow(
        one.delivery_id, sent.message_id, sent.conversation_id, memory.cases[sent.conversation_id].appeal_number,
        sent.recipient, sent.action, one.state, one.attempts, one.next_attempt_at, sent.created_at, one.finished_at,
        one.code, one.detail, sent.digest, sent.trace,
    )  # fmt: skip


@serves(ListAttempts)
def attempts_of(memory: Memory, wanted: ListAttempts) -> tuple[AttemptRow, ...]:
    return tuple(one.row for one in memory.attempts if one.delivery_id == wanted.delivery_id)


@serves(ListBacklog)
def backlog(memory: Memory, _: ListBacklog) -> tuple[Backlog, ...]:
    by_party: dict[PartyId, list[StoredDelivery]] = defaultdict(list)
    for one in memory.open_deliveries():
        by_party[one.message.recipient].append(one)
    found = [_of(memory, party_id, deliveries) for party_id, deliveries in by_party.items()]
    return tuple(sorted(found, key=lambda one: (one.oldest_at is None, one.oldest_at, one.recipient)))


def _of(memory: Memory, party_id: PartyId, deliveries: list[StoredDelivery]) -> Backlog:
    count = Counter(one.state for one in deliveries)
    receipts = [
        one.finished_at
        for one in memory.deliveries.values()
        if one.message.recipient == party_id and one.state is S.ACKNOWLEDGED and one.finished_at
    ]
    return Backlog(
        recipient=party_id,
        waiting=count[S.PENDING] + count[S.RETRY_SCHEDULED],
        in_flight=count[S.IN_FLIGHT],
        handed_out=count[S.DELIVERED],
        parked=count[S.PARKED],
        dead_lettered=count[S.DEAD_LETTERED],
        oldest_at=min((one.message.created_at for one in deliveries if one.state is not S.PARKED), default=None),
        last_receipt_at=max(receipts, default=None),
    )
