"""Deliveries as operators see them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from gateway.ports.deliveries import DeliveryPageQuery, DeliveryRow, FindDelivery
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect
from gateway.store.tables import conversations, deliveries, messages


@serves(FindDelivery)
def find_delivery(connection: Connection, wanted: FindDelivery) -> DeliveryRow | None:
    """The delivery of one message to one party."""
    of = (deliveries.c.recipient == wanted.recipient, deliveries.c.message_id == wanted.message_id)
    return _first(connection, rows().where(*of))


@serves(DeliveryPageQuery)
def list_deliveries(connection: Connection, query: DeliveryPageQuery) -> tuple[DeliveryRow, ...]:
    """Newest first, paged by key."""
    statement = rows().order_by(deliveries.c.delivery_id.desc()).limit(query.limit)
    if query.state is not None:
        statement = statement.where(deliveries.c.state == query.state)
    if query.recipient is not None:
        statement = statement.where(deliveries.c.recipient == query.recipient)
    if query.appeal is not None:
        statement = statement.where(conversations.c.appeal_number == query.appeal)
    if query.before is not None:
        statement = statement.where(deliveries.c.delivery_id < query.before)
    return tuple(DeliveryRow(*row) for row in connection.execute(statement))


def rows() -> AnySelect:
    """All deliveries, with the columns of ``DeliveryRow`` in their order."""
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
        deliveries.c.trace,
    ).select_from(joined)


def _first(connection: Connection, statement: AnySelect) -> DeliveryRow | None:
    row = connection.execute(statement).first()
    return None if row is None else DeliveryRow(*row)
