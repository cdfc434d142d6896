"""Deliveries as the console looks for them: by any number, by state, party, operation, cause and time, page by page.

The numbers of a page come from a walk through an index (``walk_rows``); its rows are then read by their keys. For the
time of making there is no index: delivery_id grows with time but for the clocks of different nodes, so a search by
halves finds where to begin, and the exact instant decides from there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, false, select

from contracts.header import ConversationId
from contracts.party import PartyId
from gateway.domain.delivery.states import OPEN, DeliveryState
from gateway.ports.console import DeliveryQuery, FindOldestOpen, FoundDeliveries, InstantPeriod
from gateway.ports.deliveries import DeliveryRow
from gateway.store.deliveries.rows import rows
from gateway.store.deliveries.walk import Conditions, IndexRoute, Predicate, by_end, by_number, conditions_of, walked
from gateway.store.engine.by_time import CLOCKS_APART, newest_by
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import select_among
from gateway.store.tables import conversations, deliveries, listed_appeals, messages, parties

_BIGGEST: Final = 2**63 - 1
_MOST_APPEALS: Final = 50


@serves(DeliveryQuery)
def list_deliveries(connection: Connection, query: DeliveryQuery) -> FoundDeliveries:
    """One page. No state named: all of them."""
    named = _named(connection, query.number)
    if named is None:
        return FoundDeliveries((), None)
    if query.conversations:
        named = (*named, deliveries.c.conversation_id.in_(query.conversations))
    if query.ids:
        named = (*named, deliveries.c.delivery_id.in_(query.ids))
    bounds, exactly = _made(connection, query)
    if query.ended is not None:
        found, go_on_after = walked(connection, query, by_end(connection, query, named, exactly))
    elif named:
        route = IndexRoute((*named, *bounds), (*exactly, *conditions_of(query)), is_short=True)
        found, go_on_after = walked(connection, query, [route])
    else:
        found, go_on_after = walked(connection, query, by_number(query, bounds, exactly))
    return FoundDeliveries(_rows(connection, found), go_on_after)


@serves(FindOldestOpen)
def oldest_open(connection: Connection, _: FindOldestOpen) -> DeliveryRow | None:
    """The first of them that was made."""
    found = list_deliveries(
        connection, DeliveryQuery(states=OPEN - {DeliveryState.PARKED}, oldest_first=True, limit=1)
    ).rows
    return found[0] if found else None


def _rows(connection: Connection, ids: list[int]) -> tuple[DeliveryRow, ...]:
    """In the order of ``ids``."""
    if not ids:
        return ()
    found = {row[0]: DeliveryRow(*row) for row in connection.execute(rows().where(deliveries.c.delivery_id.in_(ids)))}
    return tuple(found[one] for one in ids if one in found)


# --- time of making -------------------------------------------------------------------------------------------------


def _made(connection: Connection, query: DeliveryQuery) -> tuple[Conditions, tuple[Predicate, ...]]:
    """Bounds of the number, and what is exact."""
    bounds: list[ColumnElement[bool]] = []
    exactly: list[Predicate] = []
    made = query.made or InstantPeriod()
    start, end, until = made.start, made.end, query.made_before
    if start is not None:
        exactly.append(lambda c: c.created_at >= start)
        bounds.append(deliveries.c.delivery_id > _newest_made_by(connection, start - CLOCKS_APART))
    if end is not None:
        exactly.append(lambda c: c.created_at < end)
    if until is not None:
        exactly.append(lambda c: c.created_at <= until)
    ends = [one for one in (end, until) if one is not None]
    if ends:
        bounds.append(deliveries.c.delivery_id <= _newest_made_by(connection, min(ends) + CLOCKS_APART))
    return tuple(bounds), tuple(exactly)


def _newest_made_by(connection: Connection, instant: datetime) -> int:
    return newest_by(connection, deliveries.c.delivery_id, deliveries.c.created_at, instant)


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
    return (
        _of_message(connection, number)
        or _of_conversation(connection, ConversationId(number))
        or _of_court_case(connection, number)
    )


def conversation_of(connection: Connection, number: str) -> ConversationId | None:
    """The appeal that a number is of, or that the message or delivery with it belongs to.

    None for a court's case: it may be that of several.
    """
    for is_own in (conversations.c.appeal_number == number, conversations.c.conversation_id == number):
        if (own := connection.scalar(select(conversations.c.conversation_id).where(is_own))) is not None:
            return ConversationId(own)
    is_delivery = number.isascii() and number.isdigit()
    conditions = _named(connection, number) if is_delivery else _of_message(connection, number)
    of = select(deliveries.c.conversation_id).where(*(conditions or (false(),))).limit(1)
    found = connection.scalar(of)
    return None if found is None else ConversationId(found)


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


def _of_court_case(connection: Connection, number: str) -> Conditions | None:
    """A court's case may stand for several appeals; fifty of them are enough for a page."""
    of = select(listed_appeals.c.conversation_id).where(listed_appeals.c.case_number == number)
    found = connection.scalars(of.limit(_MOST_APPEALS)).all()
    return (deliveries.c.conversation_id.in_(found),) if found else None
