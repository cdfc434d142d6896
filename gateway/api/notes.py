"""Notes that the support desk hands over: by whom they wait for, those about one thing, writing and closing them."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from gateway.api.models import Answer, Asking, Line, Nothing, Number, PageOf, Paging, Reasoned
from gateway.api.operation import Asked, Operation
from gateway.api.paging import paged
from gateway.api.persons import require_none_asked, require_none_written
from gateway.api.problems import NO_HAND, Problem, Refusal, Wrong
from gateway.console.desk.notes import LONGEST, hands, is_there
from gateway.console.masking import blotted_for
from gateway.domain.access import Right, Role
from gateway.domain.desk import About, Hand
from gateway.ports.desk import Note as KeptNote
from gateway.ports.desk import NotesLooked, Subject
from gateway.service.desk import change_note, write_note

TAG: Final = "notes"


def _readable(words: str) -> str:
    if not all(one.isprintable() or one == "\n" for one in words):
        raise ValueError("letters that are printed, and new lines")
    return words


class NotePath(Asking):
    """Which note."""

    note_id: Number


class AboutPath(Asking):
    """What notes are about."""

    about: About
    key: Line = Field(description="Number of the appeal, delivery or incident; id of the party.")


class NoteQuery(Paging):
    """Which notes; newest first. One of the three at most, and only of those that are open."""

    is_open: bool = Field(default=True, description="Those that wait for somebody, or those that are closed.")
    to_role: Role | None = Field(default=None, description="Handed to that role.")
    to_user: Line | None = Field(default=None, description="Handed to that user.")
    author: Line | None = Field(default=None, description="Written by them: a user, `token:NAME`, `party:ID`.")
    after: Number | None = Field(default=None, description="The note at which the page before ended.")

    @model_validator(mode="after")
    def _one_way(self) -> NoteQuery:
        narrowing = [self.to_role is not None, self.to_user is not None, self.author is not None].count(True)
        if narrowing > 1 or (narrowing and not self.is_open):
            raise ValueError("to_role, to_user or author, one at most, of notes that are open")
        return self


class Handing(Asking):
    """Whom a note is handed to: a role, or one user; to nobody when neither is said."""

    to_role: Role | None = None
    to_user: Line | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Handing:
        if self.to_role is not None and self.to_user is not None:
            raise ValueError("to_role or to_user, not both")
        return self


class NoteAsked(Handing):
    """A note to be written. It names no citizen."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST), AfterValidator(_readable)]


class HandAsked(Handing, Reasoned):
    """Whom it waits for from now on, and why."""


class Note(Answer):
    """As it stands now. ``author``: a user, `token:NAME` or `party:ID`."""

    note_id: int
    at: AwareDatetime
    about: About
    key: str
    text: str
    author: str
    to_role: Role | None
    to_user: str | None
    closed_at: AwareDatetime | None
    closed_by: str | None
    erased_at: AwareDatetime | None = Field(description="When retention took its words.")


class NotePage(PageOf[Note]):
    """Notes by their number."""


class NotesAbout(Answer):
    """Notes about one thing, open and closed: the newest hundred."""

    notes: tuple[Note, ...]


def note_told(asked: Asked[Any, Any, Any], note: KeptNote) -> Note:
    """As a role of that token reads it; parties' words may quote what a citizen wrote."""
    told = Note.model_validate(note)
    return told.model_copy(update={"text": blotted_for(asked.token.role)(note.text)})


async def list_notes(asked: Asked[Nothing, NoteQuery, Nothing]) -> NotePage:
    """A page off an index."""
    query = asked.query
    require_none_asked(to_user=query.to_user, author=query.author)
    looked = NotesLooked(
        to_role=query.to_role,
        to_user=query.to_user,
        author=query.author,
        closed=not query.is_open,
        after=query.after,
        limit=query.limit + 1,
    )
    found = await asked.behind.around.reads.look_for_notes(looked)
    return paged(
        NotePage, "/notes", query, found, told=lambda note: note_told(asked, note), place=lambda note: note.note_id
    )


async def list_notes_about(asked: Asked[AboutPath, Nothing, Nothing]) -> NotesAbout:
    """Refuses what is not there, as writing does."""
    found = await asked.behind.around.reads.notes_about(await _subject(asked))
    return NotesAbout(notes=tuple(note_told(asked, note) for note in found))


async def show_note(asked: Asked[NotePath, Nothing, Nothing]) -> Note:
    """By its number."""
    return await _note(asked, asked.path.note_id)


async def add_note(asked: Asked[AboutPath, Nothing, NoteAsked]) -> Note:
    """Only about what there is: notes about nothing would be found by nobody."""
    body = asked.body
    require_none_written(text=body.text)
    subject, to = await _subject(asked), await _hand(asked)
    return await _note(asked, await write_note(asked.behind.around.exchange, asked.token, subject, body.text, to))


async def hand_note(asked: Asked[NotePath, Nothing, HandAsked]) -> Note:
    """To another role or user, or to nobody."""
    return await _change(asked, await _hand(asked))


async def close_note(asked: Asked[NotePath, Nothing, Reasoned]) -> Note:
    """It waits for nobody any more."""
    return await _change(asked, None)


async def _change(asked: Asked[NotePath, Any, Any], to: Hand | None) -> Note:
    number, reason = asked.path.note_id, asked.body.reason
    require_none_written(reason=reason)
    await _note(asked, number)  # which refuses what is not there
    against = await change_note(asked.behind.around.exchange, asked.token, number, to, reason=reason)
    if against is not None:
        raise Refusal(Problem.REFUSED, reason=against)
    return await _note(asked, number)


async def _note(asked: Asked[Any, Any, Any], number: int) -> Note:
    found = await asked.behind.around.reads.note_of(number)
    if found is None:
        raise Refusal(Problem.NOT_FOUND)
    return note_told(asked, found)


async def _subject(asked: Asked[AboutPath, Any, Any]) -> Subject:
    subject = Subject(asked.path.about, asked.path.key)
    if not await is_there(asked.behind.around, subject):
        raise Refusal(Problem.NOT_FOUND)
    return subject


async def _hand(asked: Asked[Any, Any, Any]) -> Hand:
    """Whoever is not there is not handed anything."""
    to: Handing = asked.body
    if to.to_user is not None and to.to_user not in await hands(asked.behind.around):
        raise Refusal(Problem.INVALID, (Wrong("body", "to_user", NO_HAND),))
    return Hand(role=to.to_role, user=to.to_user)


_THERE: Final = frozenset({Problem.NOT_FOUND})
_ACT: Final = frozenset({Problem.NOT_FOUND, Problem.REFUSED})
OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/notes", "list_notes", TAG, "List notes, by whom they wait for.", Right.SEE,
        NotePage, Nothing, NoteQuery, Nothing, list_notes,
    ),
    Operation(
        "GET", "/notes/{note_id}", "show_note", TAG, "Show one note.", Right.SEE,
        Note, NotePath, Nothing, Nothing, show_note, _THERE,
    ),
    Operation(
        "POST", "/notes/{note_id}/hand", "hand_note", TAG, "Hand it on: to a role, a user, or nobody.", Right.HANDLE,
        Note, NotePath, Nothing, HandAsked, hand_note, _ACT, "note.handed_on", is_once=True,
    ),
    Operation(
        "POST", "/notes/{note_id}/close", "close_note", TAG, "Close it: it waits for nobody any more.", Right.HANDLE,
        Note, NotePath, Nothing, Reasoned, close_note, _ACT, "note.closed", is_once=True,
    ),
    Operation(
        "GET", "/notes/about/{about}/{key}", "list_notes_about", TAG,
        "List notes about an appeal, a delivery, a party or an incident.", Right.SEE,
        NotesAbout, AboutPath, Nothing, Nothing, list_notes_about, _THERE,
    ),
    Operation(
        "POST", "/notes/about/{about}/{key}", "add_note", TAG, "Write a note, and say whom it waits for.", Right.HANDLE,
        Note, AboutPath, Nothing, NoteAsked, add_note, _THERE, "note.written", is_once=True,
    ),
)  # fmt: skip
