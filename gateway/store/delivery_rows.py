"""Deliveries as operators see them, and what operators do to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from contracts.header import MessageId
from contracts.party import PartyId
from gateway.domain.delivery import DeliveryState, may_move
from gateway.ports import DeliveryRow
from gateway.store.leaf_rows import add_proven
from gateway.store.statements import AnySelect
from gateway.store.tables import audit_log, conversations, deliveries, messages


@dataclass(frozen=True, slots=True)
class DeliveryQuery:
    """What an operator looks for."""

    state: DeliveryState | None
    recipient: PartyId | None
    appeal: str | None
    limit: int
    before: int | None


@dataclass(frozen=True, slots=True)
class ResendJob:
    """A named person asks for another attempt now."""

    delivery_id: int
    by: str
    reason: str
    at: datetime


def find_delivery(connection: Connection, recipient: PartyId, message_id: MessageId) -> DeliveryRow | None:
    """The delivery of one message to one party."""
    of = (deliveries.c.recipient == recipient, deliveries.c.message_id == message_id)
    return _first(connection, _rows().where(*of))


def list_deliveries(connection: Connection, query: DeliveryQuery) -> tuple[DeliveryRow, ...]:
    """Newest first, paged by key."""
    statement = _rows().order_by(deliveries.c.delivery_id.desc()).limit(query.limit)
    if query.state is not None:
        statement = statement.where(deliveries.c.state == query.state)
    if query.recipient is not None:
        statement = statement.where(deliveries.c.recipient == query.recipient)
    if query.appeal is not None:
        statement = statement.where(conversations.c.appeal_number == query.appeal)
    if query.before is not None:
        statement = statement.where(deliveries.c.delivery_id < query.before)
    return tuple(DeliveryRow(*row) for row in connection.execute(statement))


def resend(connection: Connection, jobs: Sequence[ResendJob]) -> list[DeliveryRow | None]:
    """To PENDING where the table of moves allows it, and a line in the audit log whatever came of it."""
    return [_resend(connection, job) for job in jobs]


def _resend(connection: Connection, job: ResendJob) -> DeliveryRow | None:
    of = deliveries.c.delivery_id == job.delivery_id
    state = connection.scalars(select(deliveries.c.state).where(of).with_for_update()).first()
    result = _may_resend(state)
    if result == "resent":
        to = {"state": DeliveryState.PENDING, "next_attempt_at": job.at, "lease_until": None}
        connection.execute(update(deliveries).where(of).values(to))
    entry = {"at": job.at, "by": job.by, "act": "delivery.resent", "subject": str(job.delivery_id)}
    add_proven(connection, audit_log, [{**entry, "reason": job.reason, "result": result}])
    return _first(connection, _rows().where(of))


def _may_resend(state: DeliveryState | None) -> str:
    if state is None:
        return "no such delivery"
    if state is DeliveryState.PENDING or may_move(state, DeliveryState.PENDING):
        return "resent"
    return f"refused: {state.value}"


def _rows() -> AnySelect:
    joined = deliveries.join(conversations, conversations.c.conversation_id == deliveries.c.conversation_id).join(
        messages, (messages.c.sender == deliveries.c.sender) & (messages.c.message_id == deliveries.c.message_id)
    )
    return select(
        deliveries.c.delivery_id,
        deliveries.c.message_id,
        deliveries.c.conversation_id,
        conversations.c.appeal_number,
        deliveries.c.recipient,
        deliveries.c.action,
        deliveries.c.state,
        deliveries.c.attempts,
        deliveries.c.next_attempt_at,
        deliveries.c.created_at,
        deliveries.c.finished_at,
        deliveries.c.code,
        deliveries.c.detail,
        messages.c.digest,
    ).select_from(joined)


def _first(connection: Connection, statement: AnySelect) -> DeliveryRow | None:
    row = connection.execute(statement).first()
    return None if row is None else DeliveryRow(*row)
