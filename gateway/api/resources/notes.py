"""Notes that the support desk hands over: by whom they wait for, those about one thing, writing and closing them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from gateway.api.listed import list_operation, list_reader
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.persons import require_none_written
from gateway.api.problems import NO_HAND, FieldProblem, ProblemType, RequestRefusal
from gateway.domain.people.access import Right, UserRole
from gateway.domain.people.desk import About, NoteHolder
from gateway.lists.models import EmptyParams, Line, Number, RequestModel, ResponseModel
from gateway.lists.notes import NOTES, NoteModel
from gateway.ports.people.desk import FindNote, ListNotesAbout, Note, NoteSubject
from gateway.reading.notes import LONGEST, hands, is_there
from gateway.service.people.desk import change_note, write_note

TAG: Final = "notes"


def _readable(words: str) -> str:
    if not all(one.isprintable() or one == "\n" for one in words):
        raise ValueError("letters that are printed, and new lines")
    return words


class NotePath(RequestModel):
    """Which note."""

    note_id: Number


class AboutPath(RequestModel):
    """What notes are about."""

    about: About
    key: Line = Field(description="Number of the appeal, delivery or incident; id of the party.")


class NoteRecipient(RequestModel):
    """Whom a note is handed to: a role, or one user; to nobody when neither is said."""

    to_role: UserRole | None = None
    to_user: Line | None = None

    @model_validator(mode="after")
    def _one_way(self) -> NoteRecipient:
        if self.to_role is not None and self.to_user is not None:
            raise ValueError("to_role or to_user, not both")
        return self


class AddNoteBody(NoteRecipient):
    """A note to be written. It names no citizen."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST), AfterValidator(_readable)]


class HandNoteBody(NoteRecipient, ReasonBody):
    """Whom it waits for from now on, and why."""


class NotesAbout(ResponseModel):
    """Notes about one thing, open and closed: the newest hundred."""

    notes: tuple[NoteModel, ...]


def note_of_row(call: ApiCall[Any, Any, Any], note: Note) -> NoteModel:
    """As a role of that token reads it; parties' words may quote what a citizen wrote."""
    return NOTES.item_of(note, list_reader(call))


async def list_notes_about(call: ApiCall[AboutPath, EmptyParams, EmptyParams]) -> NotesAbout:
    """Refuses what is not there, as writing does."""
    found = await call.context.serving.reads.run(ListNotesAbout(await _subject(call)))
    return NotesAbout(notes=tuple(note_of_row(call, note) for note in found))


async def show_note(call: ApiCall[NotePath, EmptyParams, EmptyParams]) -> NoteModel:
    """By its number."""
    return await _note(call, call.path.note_id)


async def add_note(call: ApiCall[AboutPath, EmptyParams, AddNoteBody]) -> NoteModel:
    """Only about what there is: notes about nothing would be found by nobody."""
    body = call.body
    require_none_written(text=body.text)
    subject, to = await _subject(call), await _hand(call)
    return await _note(call, await write_note(call.context.serving.exchange, call.token, subject, body.text, to))


async def hand_note(call: ApiCall[NotePath, EmptyParams, HandNoteBody]) -> NoteModel:
    """To another role or user, or to nobody."""
    return await _change(call, await _hand(call))


async def close_note(call: ApiCall[NotePath, EmptyParams, ReasonBody]) -> NoteModel:
    """It waits for nobody any more."""
    return await _change(call, None)


async def _change(call: ApiCall[NotePath, Any, Any], to: NoteHolder | None) -> NoteModel:
    number, reason = call.path.note_id, call.body.reason
    require_none_written(reason=reason)
    await _note(call, number)  # which refuses what is not there
    against = await change_note(call.context.serving.exchange, call.token, number, to, reason=reason)
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against.text.en)
    return await _note(call, number)


async def _note(call: ApiCall[Any, Any, Any], number: int) -> NoteModel:
    found = await call.context.serving.reads.run(FindNote(number))
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return note_of_row(call, found)


async def _subject(call: ApiCall[AboutPath, Any, Any]) -> NoteSubject:
    serving, subject = call.context.serving, NoteSubject(call.path.about, call.path.key)
    if not await is_there(serving.reads, serving.exchange.directory(), subject):
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return subject


async def _hand(call: ApiCall[Any, Any, Any]) -> NoteHolder:
    """Whoever is not there is not handed anything."""
    to: NoteRecipient = call.body
    if to.to_user is not None and to.to_user not in await hands(call.context.serving.reads):
        raise RequestRefusal(ProblemType.INVALID, (FieldProblem("body", "to_user", NO_HAND),))
    return NoteHolder(role=to.to_role, user=to.to_user)


_THERE: Final = frozenset({ProblemType.NOT_FOUND})
_ACT: Final = frozenset({ProblemType.NOT_FOUND, ProblemType.REFUSED})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(NOTES),
    ApiOperation(
        "GET", "/notes/{note_id}", "show_note", TAG, "Show one note.", Right.SEE,
        NoteModel, NotePath, EmptyParams, EmptyParams, show_note, _THERE,
    ),
    ApiOperation(
        "POST", "/notes/{note_id}/hand", "hand_note", TAG, "Hand it on: to a role, a user, or nobody.", Right.HANDLE,
        NoteModel, NotePath, EmptyParams, HandNoteBody, hand_note, _ACT, "note.handed_on", is_once=True,
    ),
    ApiOperation(
        "POST", "/notes/{note_id}/close", "close_note", TAG, "Close it: it waits for nobody any more.", Right.HANDLE,
        NoteModel, NotePath, EmptyParams, ReasonBody, close_note, _ACT, "note.closed", is_once=True,
    ),
    ApiOperation(
        "GET", "/notes/about/{about}/{key}", "list_notes_about", TAG,
        "List notes about an appeal, a delivery, a party or an incident.", Right.SEE,
        NotesAbout, AboutPath, EmptyParams, EmptyParams, list_notes_about, _THERE,
    ),
    ApiOperation(
        "POST", "/notes/about/{about}/{key}", "add_note", TAG, "Write a note, and say whom it waits for.", Right.HANDLE,
        NoteModel, AboutPath, EmptyParams, AddNoteBody, add_note, _THERE, "note.written", is_once=True,
    ),
)  # fmt: skip
