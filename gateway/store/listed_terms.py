"""Terms as the console lists them: those that run by their due instant, those that were missed newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, select, tuple_

from dossier.eventform import event_from_bytes
from dossier.events import TermOpened
from gateway.ports.appeals import TermRow, TermsLooked
from gateway.store.statements import AnyRow, select_among
from gateway.store.tables import conversations, events, terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import IS_BREACHED, IS_MET_LATE, TermState

_IS_OPEN: Final = is_any(terms.c.state, [TermState.OPEN])


def look_for_terms(connection: Connection, looked: TermsLooked) -> tuple[TermRow, ...]:
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
    order = _order(looked)
    ordered = [column.desc() for column in order] if looked.breached else list(order)
    statement = columns.where(*_narrowed(connection, looked)).order_by(*ordered).limit(looked.limit)
    rows = connection.execute(statement).all()
    opened = _opened(connection, rows)
    return tuple(_row(row, opened.get((row.conversation_id, row.term_id))) for row in rows)


def _order(looked: TermsLooked) -> tuple[ColumnElement[Any], ...]:
    by = terms.c.breached_at if looked.breached else terms.c.due_at
    return (by, terms.c.conversation_id, terms.c.term_id)


def _narrowed(connection: Connection, looked: TermsLooked) -> Iterator[ColumnElement[bool]]:
    if looked.breached:
        yield IS_MET_LATE if looked.met else IS_BREACHED
    else:
        yield _IS_OPEN
    if looked.party is not None:
        yield terms.c.party == looked.party
    if looked.duty is not None:
        yield terms.c.duty == looked.duty
    if looked.until is not None:
        yield terms.c.due_at <= looked.until
    if looked.since is not None:
        yield terms.c.breached_at >= looked.since
    if looked.after is not None:
        order, (conversation_id, term_id) = _order(looked), looked.after
        of = (terms.c.conversation_id == conversation_id, terms.c.term_id == term_id)
        if (place := connection.execute(select(*order).where(*of)).first()) is not None and place[0] is not None:
            here = tuple_(*order)
            yield here < tuple(place) if looked.breached else here > tuple(place)


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
