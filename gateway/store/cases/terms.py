"""Terms follow the facts: a row per deadline, so that the clock finds what falls due without reading histories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, bindparam, func, literal, select, update

from dossier.case.events import DefaultRecorded, Event, TermBreached, TermLapsed, TermMet, TermOpened, TermReminded
from dossier.case.term_entries import duties_done_by
from gateway.ports.case import COUNTED_TERMS, CountOpenTerms, DueTerm, ListDueTerms, OpenTerms
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import Values, add
from gateway.store.tables import terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import IS_BREACHED, IS_TO_REMIND, TermRowState

_NEAR: Final = timedelta(days=1)
_AFTER = {
    TermMet: TermRowState.MET,
    TermBreached: TermRowState.BREACHED,
    TermLapsed: TermRowState.LAPSED,
    DefaultRecorded: TermRowState.DEFAULTED,
}
_Closing: Final = tuple(_AFTER)
_MISSED: Final = frozenset({TermRowState.BREACHED, TermRowState.DEFAULTED})


def write_terms(connection: Connection, events: Sequence[Event]) -> None:
    """Open what TermOpened opens, move terms on in the order of events, then mark as met what was done too late."""
    add(connection, terms, [_opened(event, event.fact) for event in events if isinstance(event.fact, TermOpened)])
    moves = [_move(event, event.fact) for event in events if isinstance(event.fact, _Closing)]
    of = (terms.c.conversation_id == bindparam("of"), terms.c.term_id == bindparam("term"))
    if moves:
        values: dict[str, Any] = {
            "state": bindparam("to"),
            "breached_at": func.coalesce(terms.c.breached_at, bindparam("breached", type_=terms.c.breached_at.type)),
            "closed_at": bindparam("at"),
        }
        connection.execute(update(terms).where(*of).values(values), moves)
    _meet_late(connection, events)
    reminded = [{"of": event.conversation_id, "term": event.fact.term_id} for event in events
                if isinstance(event.fact, TermReminded)]  # fmt: skip
    if reminded:
        connection.execute(update(terms).where(*of).values(remind_at=None), reminded)


def _meet_late(connection: Connection, events: Sequence[Event]) -> None:
    """A duty that is done after its term was missed: no fact of the term says so, the deed itself does."""
    deeds = [
        {"of": event.conversation_id, "who": doer, "what": duty, "at": event.took_place_at, "told": event.at}
        for event in events
        for duties, doer in [duties_done_by(event.fact)]
        for duty in sorted(duties)
    ]
    if deeds:
        of = (terms.c.conversation_id == bindparam("of"), terms.c.party == bindparam("who"))
        missed = (terms.c.duty == bindparam("what"), IS_BREACHED, terms.c.breached_at <= bindparam("told"))
        met = {"state": literal(TermRowState.MET, terms.c.state.type), "closed_at": bindparam("at")}
        connection.execute(update(terms).where(*of, *missed).values(met), deeds)


def terms_after(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The rows that ``write_terms`` leaves behind after these events, each conversation's in their order."""
    cases: dict[str, dict[str, dict[str, Any]]] = {}
    lately: list[Event] = []
    for event in events:
        fact, rows = event.fact, cases.setdefault(event.conversation_id, {})
        lately = [one for one in lately if (one.conversation_id, one.at) == (event.conversation_id, event.at)]
        lately.append(event)
        row = rows.get(getattr(fact, "term_id", ""))
        if isinstance(fact, TermOpened):
            rows[fact.term_id] = {**_opened(event, fact), "breached_at": None, "closed_at": None}
        elif isinstance(fact, _Closing) and row is not None:
            move = _move(event, fact)
            row |= {"state": move["to"], "breached_at": row["breached_at"] or move["breached"], "closed_at": move["at"]}
            for deed in lately:  # which a decision may tell before the breach that it brings to light
                _done_in([row], deed)
        elif isinstance(fact, TermReminded) and row is not None:
            row |= {"remind_at": None}
        else:
            _done_in(rows.values(), event)
    return [row for rows in cases.values() for row in rows.values()]


def _done_in(rows: Iterable[dict[str, Any]], deed: Event) -> None:
    duties, doer = duties_done_by(deed.fact)
    for row in rows if duties else ():
        is_missed = row["state"] in _MISSED and row["breached_at"] <= deed.at
        if is_missed and row["duty"] in duties and row["party"] == doer:
            row |= {"state": TermRowState.MET, "closed_at": deed.took_place_at}


@serves(ListDueTerms)
def due_terms(connection: Connection, wanted: ListDueTerms) -> tuple[DueTerm, ...]:
    """Open terms whose instant has passed, the longest overdue first; then those to be reminded of."""
    open_ones = is_any(terms.c.state, [TermRowState.OPEN])
    overdue = _look(connection, terms.c.due_at, (open_ones, terms.c.due_at <= wanted.now), wanted.limit)
    near = (IS_TO_REMIND, terms.c.remind_at <= wanted.now, terms.c.due_at > wanted.now)
    return (*overdue, *_look(connection, terms.c.remind_at, near, wanted.limit - len(overdue)))


@serves(CountOpenTerms)
def open_terms(connection: Connection, wanted: CountOpenTerms) -> OpenTerms:
    """What is near, overdue, or missed and not met; counted from indexes alone, and no further than anybody reads."""
    is_open = is_any(terms.c.state, [TermRowState.OPEN])
    return OpenTerms(
        near=_count(connection, is_open, terms.c.due_at > wanted.now, terms.c.due_at <= wanted.now + _NEAR),
        overdue=_count(connection, is_open, terms.c.due_at <= wanted.now),
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
        "state": TermRowState.OPEN,
    }


def _move(event: Event, fact: Any) -> Values:  # noqa: ANN401 - one of _Closing
    """``breached``: when it is known that the term was missed, of a duty done too late when it was done."""
    state = _AFTER[type(fact)]
    is_late = isinstance(fact, TermMet) and fact.late
    return {
        "of": event.conversation_id,
        "term": fact.term_id,
        "to": state,
        "breached": event.at if is_late or state in _MISSED else None,
        "at": event.took_place_at if is_late else event.at,
    }
