"""Terms follow the facts: a row per deadline, so that the clock finds what falls due without reading histories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, bindparam, func, literal, select, update

from dossier.events import DefaultRecorded, Event, TermBreached, TermLapsed, TermMet, TermOpened, TermReminded
from gateway.ports.case import COUNTED_TERMS, DueTerm, OpenTerms
from gateway.store.statements import Values, add
from gateway.store.tables import terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import IS_BREACHED, IS_TO_REMIND, TermState

_NEAR: Final = timedelta(days=1)
_AFTER = {
    TermMet: TermState.MET,
    TermBreached: TermState.BREACHED,
    TermLapsed: TermState.LAPSED,
    DefaultRecorded: TermState.DEFAULTED,
}


def write_terms(connection: Connection, events: Sequence[Event]) -> None:
    """Open what TermOpened opens, then move terms on in the order of events."""
    add(connection, terms, [_opened(event, event.fact) for event in events if isinstance(event.fact, TermOpened)])
    moves = [
        _move(event, event.fact.term_id, _AFTER[type(event.fact)])
        for event in events
        if isinstance(event.fact, TermMet | TermBreached | TermLapsed | DefaultRecorded)
    ]
    if moves:
        of = (terms.c.conversation_id == bindparam("of"), terms.c.term_id == bindparam("term"))
        values: dict[str, Any] = {
            "state": bindparam("to"),
            "breached_at": func.coalesce(terms.c.breached_at, bindparam("breached", type_=terms.c.breached_at.type)),
            "closed_at": bindparam("at"),
        }
        connection.execute(update(terms).where(*of).values(values), moves)
    reminded = [{"of": event.conversation_id, "term": event.fact.term_id} for event in events
                if isinstance(event.fact, TermReminded)]  # fmt: skip
    if reminded:
        of = (terms.c.conversation_id == bindparam("of"), terms.c.term_id == bindparam("term"))
        connection.execute(update(terms).where(*of).values(remind_at=None), reminded)


def terms_after(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The rows that ``write_terms`` leaves behind after these events, each conversation's in their order."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, TermOpened):
            rows[event.conversation_id, fact.term_id] = {**_opened(event, fact), "breached_at": None, "closed_at": None}
        elif isinstance(fact, TermMet | TermBreached | TermLapsed | DefaultRecorded):
            move = _move(event, fact.term_id, _AFTER[type(fact)])
            if (row := rows.get((move["of"], move["term"]))) is not None:
                breached = row["breached_at"] or move["breached"]
                row |= {"state": move["to"], "breached_at": breached, "closed_at": move["at"]}
        elif isinstance(fact, TermReminded) and (row := rows.get((event.conversation_id, fact.term_id))) is not None:
            row |= {"remind_at": None}
    return list(rows.values())


def due_terms(connection: Connection, now: datetime, limit: int) -> tuple[DueTerm, ...]:
    """Open terms whose instant has passed, the longest overdue first; then those to be reminded of."""
    open_ones = is_any(terms.c.state, [TermState.OPEN])
    overdue = _look(connection, terms.c.due_at, (open_ones, terms.c.due_at <= now), limit)
    near = (IS_TO_REMIND, terms.c.remind_at <= now, terms.c.due_at > now)
    return (*overdue, *_look(connection, terms.c.remind_at, near, limit - len(overdue)))


def open_terms(connection: Connection, now: datetime) -> OpenTerms:
    """What is near, overdue, or missed and not met; counted from indexes alone, and no further than anybody reads."""
    is_open = is_any(terms.c.state, [TermState.OPEN])
    return OpenTerms(
        near=_count(connection, is_open, terms.c.due_at > now, terms.c.due_at <= now + _NEAR),
        overdue=_count(connection, is_open, terms.c.due_at <= now),
        breached=_count(connection, IS_BREACHED),
    )


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    some = select(literal(1)).select_from(terms).where(*where).limit(COUNTED_TERMS + 1).subquery()
    counted: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return counted


def _look(
    connection: Connection, by: Column[datetime], where: Sequence[ColumnElement[bool]], limit: int
) -> tuple[DueTerm, ...]:
    statement = (
        select(terms.c.conversation_id, terms.c.term_id)
        .where(*where)
        .order_by(by, terms.c.conversation_id, terms.c.term_id)
        .limit(limit)
    )
    return tuple(DueTerm(row.conversation_id, row.term_id) for row in connection.execute(statement))


def _opened(event: Event, fact: TermOpened) -> Values:
    return {
        "conversation_id": event.conversation_id,
        "term_id": fact.term_id,
        "duty": fact.duty,
        "party": fact.party,
        "due_at": fact.due_at,
        "remind_at": fact.remind_at,
        "state": TermState.OPEN,
    }


def _move(event: Event, term_id: str, state: TermState) -> Values:
    breached = state in {TermState.BREACHED, TermState.DEFAULTED}
    return {
        "of": event.conversation_id,
        "term": term_id,
        "to": state,
        "breached": event.at if breached else None,
        "at": event.at,
    }
