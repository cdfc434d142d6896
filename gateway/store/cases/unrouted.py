"""Appeals that no route fitted, by their events: what tells an operator which route is missing."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, tuple_

from contracts.header import ConversationId
from dossier.case.event_form import event_from_bytes
from dossier.case.events import AppealRegistered, AppealUnrouted, Event
from gateway.ports.case import ListUnrouted, UnroutedRow
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import select_among
from gateway.store.tables import events
from gateway.store.tables.case import IS_UNROUTED

_ORDER = (events.c.at, events.c.conversation_id)


@serves(ListUnrouted)
def unrouted(connection: Connection, wanted: ListUnrouted) -> tuple[UnroutedRow, ...]:
    """Newest first, at most ``limit``; ``before``: older ones than this conversation's, none where it is not listed."""
    statement = select(events.c.content).where(IS_UNROUTED).order_by(*(column.desc() for column in _ORDER))
    if wanted.before is not None:
        of = select(*_ORDER).where(IS_UNROUTED, events.c.conversation_id == wanted.before).limit(1)
        place = connection.execute(of).one_or_none()
        if place is None:
            return ()
        statement = statement.where(tuple_(*_ORDER) < tuple(place))
    fell = [event_from_bytes(content) for content in connection.execute(statement.limit(wanted.limit)).scalars()]
    registered = _registered(connection, (event.conversation_id for event in fell))
    return tuple(_row(event, registered[event.conversation_id]) for event in fell)


def _registered(connection: Connection, of: Iterable[ConversationId]) -> dict[ConversationId, AppealRegistered]:
    statement = select(events.c.content).where(events.c.kind == "appeal_registered")
    rows = select_among(connection, statement, [events.c.conversation_id], of)
    found = (event_from_bytes(row.content) for row in rows)
    return {event.conversation_id: event.fact for event in found if isinstance(event.fact, AppealRegistered)}


def _row(event: Event, registered: AppealRegistered) -> UnroutedRow:
    if not isinstance(event.fact, AppealUnrouted):  # its kind said so
        raise TypeError(event.fact)
    registration = registered
    return UnroutedRow(
        registration.appeal_number, event.at, registration.subject, registration.kato, event.fact.duty_body
    )
