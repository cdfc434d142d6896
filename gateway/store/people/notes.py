"""Notes: written, handed on, closed, each with its line in the audit log; and found by whom they wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, insert, select, update

from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.people.desk import NoteHolder
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.people.desk import FindNote, ListNotesAbout, Note, NoteChange, NoteQuery, NoteSubject, NoteWrite
from gateway.ports.people.users import AuditNote
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.paging import in_order
from gateway.store.people.accounts import note as audit
from gateway.store.tables import notes
from gateway.store.tables.base import is_any
from gateway.store.tables.desk import IS_DONE, IS_UNDONE

MOST_ABOUT: Final = 100


@serves(NoteQuery)
def list_notes(connection: Connection, query: NoteQuery) -> tuple[Note, ...]:
    """One page."""
    statement = in_order(_rows().where(*_narrowed(query)), notes.c.note_id, query)
    return tuple(Note(*row) for row in connection.execute(statement))


@serves(ListNotesAbout)
def notes_about(connection: Connection, wanted: ListNotesAbout) -> tuple[Note, ...]:
    """Newest first."""
    of = (notes.c.about == wanted.subject.about, notes.c.key == wanted.subject.key)
    statement = _rows().where(*of).order_by(notes.c.note_id.desc()).limit(MOST_ABOUT)
    return tuple(Note(*row) for row in connection.execute(statement))


@serves(FindNote)
def note_of(connection: Connection, wanted: FindNote) -> Note | None:
    """The one with that number."""
    row = connection.execute(_rows().where(notes.c.note_id == wanted.note_id)).first()
    return None if row is None else Note(*row)


@writes(NoteWrite)
@each
def write_notes(connection: Connection, job: NoteWrite) -> int:
    """With its line; returns its number."""
    values = {
        "at": job.at,
        "about": job.subject.about,
        "key": job.subject.key,
        "text": job.text,
        "author": job.author,
        "to_role": job.to.role,
        "to_user": job.to.user,
    }
    number: int = connection.execute(insert(notes).values(values).returning(notes.c.note_id)).scalar_one()
    _audit(connection, job, job.subject, "note.written", "", f"note {number}, {hand_key(job.to)}")
    return number


@writes(NoteChange)
@each
def change_notes(connection: Connection, job: NoteChange) -> ActRefusal | None:
    """Hand it on, or close it, or say what stands against it."""
    found = connection.execute(_rows().where(notes.c.note_id == job.note_id).with_for_update()).first()
    if found is None:
        return refusal_of(RefusalReason.NO_NOTE)
    one = Note(*found)
    against = refusal_of(RefusalReason.NOTE_CLOSED) if one.closed_at else None
    if against is None:
        closed = {"closed_at": job.at, "closed_by": job.name}
        values = closed if job.to is None else {"to_role": job.to.role, "to_user": job.to.user}
        connection.execute(update(notes).where(notes.c.note_id == job.note_id).values(values))
    act = "note.closed" if job.to is None else "note.handed_on"
    done = "closed" if job.to is None else hand_key(job.to)
    result = f"note {job.note_id}, {done}" if against is None else refused_line(against.line)
    _audit(connection, job, one.subject, act, job.reason, result)
    return against


def hand_key(to: NoteHolder) -> str:
    """Whom it is handed to, as the audit log says it."""
    if to.role:
        return f"to the role {to.role}"
    return f"to {to.user}" if to.user else "to nobody"


def _audit(
    connection: Connection, job: NoteWrite | NoteChange, subject: NoteSubject, act: str, reason: str, result: str
) -> None:
    audit(connection, [AuditNote(job.by, act, f"{subject.about} {subject.key}", reason, result, job.at)])


def _rows() -> Select[*tuple[Any, ...]]:
    return select(*(notes.c[name] for name in Note.__dataclass_fields__))


def _narrowed(query: NoteQuery) -> Iterator[ColumnElement[bool]]:
    yield IS_DONE if query.closed else IS_UNDONE
    if query.subject is not None:
        yield notes.c.about == query.subject.about
        yield notes.c.key == query.subject.key
    if query.to_role is not None:
        yield is_any(notes.c.to_role, [query.to_role])
    if query.to_user is not None:
        yield notes.c.to_user == query.to_user
    if query.author is not None:
        yield notes.c.author == query.author
