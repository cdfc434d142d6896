"""Terms as the console lists them: those that run by their due instant, those that were missed newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, select, tuple_

from dossier.case.event_form import event_from_bytes
from dossier.case.events import TermOpened
from gateway.ports.appeals import TermQuery, TermRow
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnyRow, select_among
from gateway.store.tables import conversations, events, terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import IS_BREACHED, IS_MET_LATE, TermRowState

_IS_OPEN: Final = is_any(terms.c.state, [TermRowState.OPEN])


@serves(TermQuery)
def list_terms(connection: Connection, query: TermQuery) -> tuple[TermRow, ...]:
    """A page. A duty has no index of its own: it is looked for among what the rest has left."""
    joined = terms.join(conversations, terms.c.conversation_id == conversations.c.conversation_id)
    columns = select(
        terms.c.conversation_id,
        terms.c.term_id,
        conversations.c.appeal_number,
        terms.c.duty,
        terms.c.party,
        terms.c.due_at,
        terms.c.breached_at,
        case((IS_MET_LATE, terms.c.closed_at)).label("met_at"),
    ).select_from(joined)
    order = _order(query)
    ordered = [column.desc() for column in order] if query.breached else list(order)
    statement = columns.where(*_narrowed(connection, query)).order_by(*ordered).limit(query.limit)
    rows = connection.execute(statement).all()
    opened = _opened(connection, rows)
    return tuple(_row(row, opened.get((row.conversation_id, row.term_id))) for row in rows)


def _order(query: TermQuery) -> tuple[ColumnElement[Any], ...]:
    by = terms.c.breached_at if query.breached else terms.c.due_at
    return (by, terms.c.conversation_id, terms.c.term_id)


def _narrowed(connection: Connection, query: TermQuery) -> Iterator[ColumnElement[bool]]:
    if query.breached:
        yield IS_MET_LATE if query.met else IS_BREACHED
    else:
        yield _IS_OPEN
    if query.party is not None:
        yield terms.c.party == query.party
    if query.duty is not None:
        yield terms.c.duty == query.duty
    if query.until is not None:
        yield terms.c.due_at <= query.until
    if query.since is not None:
        yield terms.c.breached_at >= query.since
    if query.after is not None:
        order, (conversation_id, term_id) = _order(query), query.after
        of = (terms.c.conversation_id == conversation_id, terms.c.term_id == term_id)
        if (place := connection.execute(select(*order).where(*of)).first()) is not None and place[0] is not None:
            here = tuple_(*order)
            yield here < tuple(place) if query.breached else here > tuple(place)


def _opened(connection: Connection, rows: Sequence[AnyRow]) -> dict[tuple[str, str], TermOpened]:
    """The events that opened them: by which article, by which rules."""
    statement = select(events.c.content).where(events.c.kind == "term_opened")
    ids = {row.conversation_id for row in rows}
    found = (event_from_bytes(row.content) for row in select_among(connection, statement, [_OF], ids))
    return {
        (event.conversation_id, event.fact.term_id): event.fact for event in found if isinstance(event.fact, TermOpened)
    }


_OF: Final = events.c.conversation_id


def _row(row: AnyRow, opened: TermOpened | None) -> TermRow:
    values: list[Any] = [*row, *((opened.article, opened.rules_version) if opened else ("", ""))]
    return TermRow(*values)
