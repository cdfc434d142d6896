"""Deliveries as the console looks for them: by any number, by state, party and age, a page at a time.

Every page is read off an index in the order of delivery_id, so that it costs the same whatever lies before it. Several
states are several such walks, merged. For age there is no index: delivery_id grows with time but for the clocks of
different nodes, so a search by halves finds where to begin, and the exact instant decides from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from contracts.header import ConversationId
from contracts.party import PartyId
from gateway.domain.delivery import DeliveryState
from gateway.ports.console import Looked
from gateway.ports.deliveries import DeliveryRow
from gateway.store.delivery_rows import rows
from gateway.store.statements import AnySelect, select_among
from gateway.store.tables import conversations, deliveries, messages, parties
from gateway.store.tables.base import is_any
from gateway.store.tables.delivery import IS_UNACKNOWLEDGED

CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of nodes may differ; a signed message that is older than that is refused, too."""

_BIGGEST: Final = 2**63 - 1
Conditions = tuple[ColumnElement[bool], ...]


def look_for(connection: Connection, looked: Looked) -> tuple[DeliveryRow, ...]:
    """One page. No state named: all of them."""
    named = _named(connection, looked.number)
    if named is None:
        return ()
    conditions = (*named, *_narrowed(connection, looked))
    walks = [_walk(connection, looked, (*conditions, *of)) for of in _by_state(looked)]
    merged = merge(*walks, key=lambda row: row.delivery_id, reverse=not looked.oldest_first)
    return tuple(islice(merged, looked.limit))


def oldest_open(connection: Connection, states: frozenset[DeliveryState]) -> DeliveryRow | None:
    """The first of them that was made."""
    found = look_for(connection, Looked(states=states, oldest_first=True, limit=1))
    return found[0] if found else None


def _walk(connection: Connection, looked: Looked, conditions: Conditions) -> Sequence[DeliveryRow]:
    key = deliveries.c.delivery_id
    statement: AnySelect = rows().where(*conditions).limit(looked.limit)
    if looked.after is not None:
        statement = statement.where(key > looked.after if looked.oldest_first else key < looked.after)
    ordered = statement.order_by(key if looked.oldest_first else key.desc())
    return [DeliveryRow(*row) for row in connection.execute(ordered)]


def _by_state(looked: Looked) -> list[Conditions]:
    """One walk for each state, through the index that has the party in front where there is one."""
    if not looked.states:
        return [()]
    walks: list[Conditions] = []
    for state in sorted(looked.states):
        of: Conditions = (is_any(deliveries.c.state, [state]),)
        if looked.recipient is not None and state is not DeliveryState.ACKNOWLEDGED:
            of = (*of, IS_UNACKNOWLEDGED)
        walks.append(of)
    return walks


def _narrowed(connection: Connection, looked: Looked) -> Iterator[ColumnElement[bool]]:
    if looked.recipient is not None:
        yield deliveries.c.recipient == looked.recipient
    if looked.made_before is not None:
        yield deliveries.c.created_at <= looked.made_before
        yield deliveries.c.delivery_id <= _newest_made_by(connection, looked.made_before + CLOCKS_APART)


def _newest_made_by(connection: Connection, instant: datetime) -> int:
    """About the last delivery that was made by then: some twenty looks at the primary key among a million."""
    low = 0
    high: int = connection.execute(select(func.coalesce(func.max(deliveries.c.delivery_id), 0))).scalar_one()
    while low < high:
        middle = (low + high + 1) // 2
        there = select(deliveries.c.created_at).where(deliveries.c.delivery_id >= middle)
        made: datetime | None = connection.scalar(there.order_by(deliveries.c.delivery_id).limit(1))
        if made is not None and made <= instant:
            low = middle
        else:
            high = middle - 1
    return low


# --- numbers --------------------------------------------------------------------------------------------------------


def _named(connection: Connection, number: str) -> Conditions | None:
    """What the number says of deliveries; () for no number, None for one that nothing has."""
    if not number:
        return ()
    if number.isascii() and number.isdigit():
        return (deliveries.c.delivery_id == int(number),) if int(number) <= _BIGGEST else None
    of_appeal = select(conversations.c.conversation_id).where(conversations.c.appeal_number == number)
    if (conversation := connection.scalar(of_appeal)) is not None:
        return (deliveries.c.conversation_id == conversation,)
    return _of_message(connection, number) or _of_conversation(connection, ConversationId(number))


def conversation_of(connection: Connection, number: str) -> ConversationId | None:
    """The appeal that a number is of, or that the message or delivery with it belongs to."""
    conditions = _named(connection, number)
    if conditions:
        of = select(deliveries.c.conversation_id).where(*conditions).limit(1)
        if (found := connection.scalar(of)) is not None:
            return ConversationId(found)
    own = (conversations.c.appeal_number == number, conversations.c.conversation_id == number)
    for is_own in own:
        if (conversation := connection.scalar(select(conversations.c.conversation_id).where(is_own))) is not None:
            return ConversationId(conversation)
    return None


def _of_message(connection: Connection, number: str) -> Conditions | None:
    """The deliveries of a message of ours, or those of the appeal that a message to us was about.

    Asked for every party that there ever was, since keys begin with the recipient or the sender.
    """
    known = connection.scalars(select(parties.c.party_id).distinct()).all()
    keys = [(PartyId(party), number) for party in known]
    ours = select(deliveries.c.delivery_id)
    found = list(select_among(connection, ours, [deliveries.c.recipient, deliveries.c.message_id], keys))
    if found:
        return (deliveries.c.delivery_id.in_([row.delivery_id for row in found]),)
    theirs = select(messages.c.conversation_id).where(messages.c.conversation_id.is_not(None))
    for row in select_among(connection, theirs, [messages.c.sender, messages.c.message_id], keys):
        return (deliveries.c.conversation_id == row.conversation_id,)
    return None


def _of_conversation(connection: Connection, number: ConversationId) -> Conditions | None:
    of = select(conversations.c.conversation_id).where(conversations.c.conversation_id == number)
    return (deliveries.c.conversation_id == number,) if connection.scalar(of) else None
