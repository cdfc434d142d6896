"""Appeals as the console lists and finds them: page by page off an index in the order of opening, and by any number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, FromClause, func, select, tuple_

from contracts.header import ConversationId
from gateway.ports.appeals import (
    AppealQuery,
    AppealRow,
    FindConversations,
    FindConversationsOfPerson,
    ListAppeals,
    LoadAppealVersion,
    LoadListing,
    LoadPersonsKey,
)
from gateway.store.cases.listing import listing
from gateway.store.deliveries.search import conversation_of
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect
from gateway.store.tables import appeal_persons, conversations, deliveries, listed_appeals, terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import TermRowState
from gateway.store.tables.listing import HAS_DISAGREED, HAS_MISSED, ORDER

MOST_OF_PERSON: Final = 200
"""Whoever appealed more often is looked for by another number."""

_OF_ALL: Final = conversations.c.conversation_id
_OF_LISTED: Final = listed_appeals.c.conversation_id


@serves(AppealQuery)
def list_appeals(connection: Connection, query: AppealQuery) -> tuple[AppealRow, ...]:
    """One page; several states are several walks through the index, merged."""
    narrowed = list(_narrowed(connection, query))
    walks = [_walk(connection, query, [*narrowed, *of]) for of in _by_status(query)]
    merged = merge(*walks, key=lambda row: (row.opened_at, row.conversation_id), reverse=not query.oldest_first)
    return tuple(islice(merged, query.limit))


@serves(ListAppeals)
def appeals_of(connection: Connection, wanted: ListAppeals) -> tuple[AppealRow, ...]:
    """Newest first, also those that have no line yet."""
    joined = conversations.outerjoin(listed_appeals, _OF_LISTED == _OF_ALL)
    order = (conversations.c.opened_at.desc(), _OF_ALL.desc())
    statement = _columns(joined).where(_OF_ALL.in_(wanted.ids)).order_by(*order)
    return tuple(_row(row) for row in connection.execute(statement))


@serves(FindConversations)
def conversations_by(connection: Connection, wanted: FindConversations) -> tuple[ConversationId, ...]:
    """Whatever the number is of. A court that was asked twice about one matter may have given two cases one number."""
    if not wanted.number:
        return ()
    found = conversation_of(connection, wanted.number)
    if found is not None:
        return (found,)
    of_case = (
        select(_OF_LISTED)
        .where(listed_appeals.c.case_number == wanted.number)
        .order_by(*_newest())
        .limit(MOST_OF_PERSON)
    )
    return tuple(connection.scalars(of_case))


@serves(FindConversationsOfPerson)
def conversations_of_person(connection: Connection, wanted: FindConversationsOfPerson) -> tuple[ConversationId, ...]:
    """Newest first."""
    joined = appeal_persons.join(listed_appeals, appeal_persons.c.conversation_id == _OF_LISTED)
    statement = select(_OF_LISTED).select_from(joined).where(appeal_persons.c.digest == wanted.digest)
    return tuple(connection.scalars(statement.order_by(*_newest()).limit(MOST_OF_PERSON)))


@serves(LoadPersonsKey)
def persons_key(connection: Connection, _: LoadPersonsKey) -> str | None:
    """Which key whoever lists makes digests with."""
    return listing(connection, LoadListing()).persons_key


@serves(LoadAppealVersion)
def appeal_version(connection: Connection, wanted: LoadAppealVersion) -> str | None:
    """By the last event, and by what moves each of its deliveries."""
    seq = connection.scalar(
        select(conversations.c.seq).where(conversations.c.conversation_id == wanted.conversation_id)
    )
    if seq is None:
        return None
    moving = (deliveries.c.delivery_id, deliveries.c.state, deliveries.c.attempts, deliveries.c.fence)
    of = (
        select(*moving).where(deliveries.c.conversation_id == wanted.conversation_id).order_by(deliveries.c.delivery_id)
    )
    steps = "".join("|".join(map(str, row)) for row in connection.execute(of))
    return f"{seq}-{hashlib.sha256(steps.encode()).hexdigest()[:16]}"


def _walk(connection: Connection, query: AppealQuery, conditions: list[ColumnElement[bool]]) -> list[AppealRow]:
    joined = listed_appeals.join(conversations, _OF_LISTED == _OF_ALL)
    ordered = ORDER if query.oldest_first else _newest()
    statement = _columns(joined).where(*conditions).order_by(*ordered).limit(query.limit)
    return [_row(row) for row in connection.execute(statement)]


def _newest() -> tuple[ColumnElement[Any], ...]:
    return tuple(column.desc() for column in ORDER)


def _narrowed(connection: Connection, query: AppealQuery) -> Iterator[ColumnElement[bool]]:
    if query.body is not None:
        yield listed_appeals.c.body == query.body
    if query.missed:
        yield HAS_MISSED
    if query.disagreed:
        yield HAS_DISAGREED
    if query.opened_before is not None:
        yield listed_appeals.c.opened_at <= query.opened_before
    if query.after is not None:
        joined = listed_appeals.join(conversations, _OF_LISTED == _OF_ALL)
        of = select(*ORDER).select_from(joined).where(conversations.c.appeal_number == query.after)
        if (place := connection.execute(of).first()) is not None:
            here = tuple_(*ORDER)
            yield here > tuple(place) if query.oldest_first else here < tuple(place)


def _by_status(query: AppealQuery) -> list[list[ColumnElement[bool]]]:
    if not query.statuses:
        return [[]]
    return [[is_any(listed_appeals.c.status, [status])] for status in sorted(query.statuses)]


def _columns(of: FromClause) -> AnySelect:
    is_open = is_any(terms.c.state, [TermRowState.OPEN])
    next_due = select(func.min(terms.c.due_at)).where(terms.c.conversation_id == _OF_ALL, is_open)
    return select(
        conversations.c.appeal_number,
        _OF_ALL,
        conversations.c.opened_at,
        conversations.c.erased_at,
        listed_appeals.c.status,
        func.coalesce(listed_appeals.c.subject, "").label("subject"),
        listed_appeals.c.body,
        listed_appeals.c.case_number,
        listed_appeals.c.disagreed,
        listed_appeals.c.missed,
        next_due.correlate(conversations).scalar_subquery().label("next_due_at"),
    ).select_from(of)


def _row(row: Any) -> AppealRow:  # noqa: ANN401 - a row
    return AppealRow(**{**row._asdict(), "disagreed": bool(row.disagreed), "missed": row.missed or 0})
