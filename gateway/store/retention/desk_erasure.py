"""Erasing the words of incidents and notes that are closed: a few rows in a commit, with a proven line for each.

That there was one, its numbers, its times and who did what stay. What a party added to its incident goes with it, also
where nobody has closed these notes. Progress is ``erased_at``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, literal, select, update

from gateway.domain.people.desk import About
from gateway.ports.case import EraseRows
from gateway.store.engine.statements import AnyRow
from gateway.store.ledger.erasures import record_erased
from gateway.store.tables import incidents, notes
from gateway.store.tables.desk import IS_KEPT_INCIDENT, IS_KEPT_NOTE

ROWS_AT_ONCE: Final = 200


def count_old_words(connection: Connection, before: datetime) -> int:
    """Incidents and notes whose words are to be erased."""
    return sum(
        connection.execute(select(func.count()).select_from(table).where(*of)).scalar_one()
        for table, of in ((incidents, _old_incidents(before)), (notes, _old_notes(before)))
    )


def erase_words(connection: Connection, job: EraseRows) -> int:
    """The next ones; what was added to an incident before the incident itself, which then is found no more."""
    found = _next_incidents(connection, job.before)
    added = _added(connection, [row.number for row in found])
    if added:
        return _blank_notes(connection, added, job)
    if found:
        return _blank_incidents(connection, found, job)
    ids = select(notes.c.note_id).where(*_old_notes(job.before)).order_by(notes.c.closed_at, notes.c.note_id)
    return _blank_notes(connection, list(connection.scalars(ids.limit(ROWS_AT_ONCE).with_for_update())), job)


def _old_incidents(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return IS_KEPT_INCIDENT, incidents.c.moved_at < before  # closed is final, so it moved last when it was closed


def _old_notes(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return IS_KEPT_NOTE, notes.c.closed_at < before


def _next_incidents(connection: Connection, before: datetime) -> Sequence[AnyRow]:
    of = select(incidents.c.incident_id, incidents.c.number).where(*_old_incidents(before))
    ordered = of.order_by(incidents.c.moved_at, incidents.c.incident_id).limit(ROWS_AT_ONCE)
    return connection.execute(ordered.with_for_update()).all()


def _added(connection: Connection, numbers: Sequence[str]) -> list[int]:
    """Words that the parties added to these; what colleagues noted is theirs to close."""
    if not numbers:
        return []
    of = (notes.c.about == About.INCIDENT, notes.c.key.in_(numbers), notes.c.author.startswith("party:"))
    kept = select(notes.c.note_id).where(*of, notes.c.erased_at.is_(None)).order_by(notes.c.note_id)
    return list(connection.scalars(kept.limit(ROWS_AT_ONCE).with_for_update()))


def _blank_notes(connection: Connection, ids: Sequence[int], why: EraseRows) -> int:
    """One that nobody closed waits for nobody any more."""
    closed = {
        "closed_at": func.coalesce(notes.c.closed_at, literal(why.at, notes.c.closed_at.type)),
        "closed_by": func.coalesce(notes.c.closed_by, why.by),
    }
    blank: dict[str, Any] = {"text": "", "erased_at": why.at, **closed}
    connection.execute(update(notes).where(notes.c.note_id.in_(ids)).values(blank))
    return record_erased(connection, [f"note {one}" for one in ids], why)


def _blank_incidents(connection: Connection, found: Sequence[AnyRow], why: EraseRows) -> int:
    of = incidents.c.incident_id.in_([row.incident_id for row in found])
    blank = {"text": "", "contact": "", "words": None, "severity_why": None, "erased_at": why.at}
    connection.execute(update(incidents).where(of).values(blank))
    return record_erased(connection, [f"incident {row.number}" for row in found], why)
