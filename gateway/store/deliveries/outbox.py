"""The outbox: enqueue with the case that causes it, lease, give back, rescue what was left. ``claim_rows`` chooses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, select, update

from contracts.party import Channel, PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import OutgoingMessage
from gateway.ports.deliveries import ClaimedDelivery, Rescue
from gateway.store.engine.connect import exchange_of
from gateway.store.engine.operations import Transactions, each, steps
from gateway.store.engine.statements import AnyRow, AnySelect, RowsSelect, Values
from gateway.store.engine.wake import note_work
from gateway.store.ledger.leaves import add_missing_proven, add_proven
from gateway.store.registry.versions import channels_of
from gateway.store.tables import attempts, deliveries, document_grants, messages
from gateway.store.tables.delivery import IS_DELIVERED, IS_IN_FLIGHT, is_open

_RESCUED_AT_ONCE = 1_000
_UNKNOWN: Final = next(channel for channel in Channel if channel.is_called)


def enqueue(connection: Connection, outgoing: Sequence[OutgoingMessage]) -> None:
    """Messages of the exchange with their deliveries and what their recipients may read because of them."""
    if not outgoing:
        return
    exchange = exchange_of(connection)
    channels = channels_of(connection, {message.recipient for message in outgoing})
    add_proven(connection, messages, [_message_row(message, exchange) for message in outgoing])
    add_proven(connection, deliveries, [_delivery_row(message, exchange, channels) for message in outgoing])
    add_missing_proven(connection, document_grants, list(_grants(outgoing)))
    if any(_channel(message, channels).is_called for message in outgoing):
        note_work(connection)


@steps(Rescue)
async def rescue(store: Transactions, wanted: Rescue) -> int:
    """Back to RETRY_SCHEDULED, due now; an attempt that was never recorded is recorded as Unknown."""
    return await store.write(reschedule, wanted) if await store.read(has_overdue, wanted) else 0


def has_overdue(connection: Connection, wanted: Rescue) -> bool:
    """Whether a rescue finds something."""
    column = deliveries.c.delivery_id
    overdue = (_lapsed(wanted.now), _unreceipted(wanted.now))
    return any(connection.execute(select(column).where(*left).limit(1)).first() for left in overdue)


def is_head() -> ColumnElement[bool]:
    """No earlier message of the same recipient and conversation is still open: order holds."""
    earlier = deliveries.alias("earlier")
    same_pair = (earlier.c.recipient == deliveries.c.recipient) & (
        earlier.c.conversation_id == deliveries.c.conversation_id
    )
    return ~exists().where(same_pair, earlier.c.delivery_id < deliveries.c.delivery_id, is_open(earlier)).correlate(
        deliveries
    )


def leased(connection: Connection, chosen: AnySelect, to: Values) -> list[ClaimedDelivery]:
    """Select, lock, and move under a new fence; ``chosen`` selects delivery ids in the order to keep."""
    return lease(connection, list(connection.scalars(chosen.with_for_update(of=deliveries, skip_locked=True))), to)


def lease(connection: Connection, ids: Sequence[int], to: Values) -> list[ClaimedDelivery]:
    """Move locked deliveries under a new fence, in this order."""
    if not ids:
        return []
    counted = {"attempts": deliveries.c.attempts + 1, "fence": deliveries.c.fence + 1}
    connection.execute(update(deliveries).where(deliveries.c.delivery_id.in_(ids)).values({**to, **counted}))
    claims = {claim.delivery_id: claim for claim in claims_among(connection, ids)}
    return [claims[delivery_id] for delivery_id in ids]


_CLAIMED: Final = RowsSelect(
    select(
        deliveries.c.delivery_id,
        deliveries.c.fence,
        deliveries.c.attempts,
        deliveries.c.message_id,
        deliveries.c.conversation_id,
        deliveries.c.recipient,
        deliveries.c.action,
        messages.c.operation,
        messages.c.digest,
        deliveries.c.lease_until,
        deliveries.c.trace,
    ).select_from(
        messages.join(
            deliveries, (messages.c.sender == deliveries.c.sender) & (messages.c.message_id == deliveries.c.message_id)
        )
    ),
    deliveries.c.delivery_id,
)


def claims_among(connection: Connection, ids: Sequence[int]) -> Iterator[ClaimedDelivery]:
    """These deliveries as they are leased now, with their operation bytes, in order of sending."""
    for row in _CLAIMED.rows(connection, ids):
        yield ClaimedDelivery(*row)


def _lapsed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return IS_IN_FLIGHT, deliveries.c.lease_until <= now


def _unreceipted(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return IS_DELIVERED, deliveries.c.next_attempt_at <= now


@each
def reschedule(connection: Connection, wanted: Rescue) -> int:
    """A bounded number; returns how many."""
    now = wanted.now
    columns = (deliveries.c.delivery_id, deliveries.c.state, deliveries.c.attempts, deliveries.c.claimed_at)
    lapsed = select(*columns).where(*_lapsed(now)).order_by(deliveries.c.lease_until)
    unreceipted = select(*columns).where(*_unreceipted(now)).order_by(deliveries.c.next_attempt_at)
    rows = [row for left in (lapsed, unreceipted) for row in _locked(connection, left)]
    if rows:
        lost = [row for row in rows if row.state is DeliveryState.IN_FLIGHT]
        add_proven(connection, attempts, [_unheard(row, now) for row in lost])
        due = {"state": DeliveryState.RETRY_SCHEDULED, "next_attempt_at": now, "lease_until": None}
        ids = [row.delivery_id for row in rows]
        connection.execute(update(deliveries).where(deliveries.c.delivery_id.in_(ids)).values(due))
        note_work(connection)
    return len(rows)


def _locked(connection: Connection, statement: AnySelect) -> Sequence[AnyRow]:
    return connection.execute(statement.limit(_RESCUED_AT_ONCE).with_for_update(skip_locked=True)).all()


def _unheard(row: AnyRow, now: datetime) -> Values:
    return {
        "delivery_id": row.delivery_id,
        "number": row.attempts,
        "started_at": row.claimed_at,
        "finished_at": now,
        "outcome": "Unknown",
        "detail": "the lease ended and no outcome was recorded",
    }


def _message_row(message: OutgoingMessage, exchange: PartyId) -> Values:
    return {
        "sender": exchange,
        "message_id": message.message_id,
        "recipient": message.recipient,
        "conversation_id": message.conversation_id,
        "ref_to_message_id": message.ref_to_message_id,
        "action": message.action,
        "outgoing": True,
        "digest": message.digest,
        "operation": message.operation,
        "at": message.created_at,
    }


def _delivery_row(message: OutgoingMessage, exchange: PartyId, channels: dict[PartyId, Channel]) -> Values:
    return {
        "conversation_id": message.conversation_id,
        "sender": exchange,
        "message_id": message.message_id,
        "recipient": message.recipient,
        "action": message.action,
        "channel": (channel := _channel(message, channels)),
        "is_called": channel.is_called,
        "priority": message.priority,
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "next_attempt_at": message.created_at,
        "fence": 0,
        "created_at": message.created_at,
        "trace": message.trace,
    }


def _channel(message: OutgoingMessage, channels: dict[PartyId, Channel]) -> Channel:
    """The recipient's. One in no registry counts as called: the relay finds that out and sets the delivery aside."""
    return channels.get(message.recipient, _UNKNOWN)


def _grants(outgoing: Sequence[OutgoingMessage]) -> Iterator[Values]:
    named = {
        (document_id, message.recipient): message.created_at
        for message in outgoing
        for document_id in message.documents
    }
    for (document_id, party_id), at in named.items():
        yield {"document_id": document_id, "party_id": party_id, "granted_at": at}
