"""Notes that the support desk hands over, by whom they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field, model_validator

from gateway.domain.people.access import Right, UserRole
from gateway.domain.people.desk import About
from gateway.lists.cell import ERASED, Cell, Link, Local, Phrase, Words, shortened
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Number, OrderedPaging, ResponseModel, SortOrder
from gateway.lists.reader import Reader
from gateway.ports.people.desk import Note, NoteQuery, NoteSubject
from gateway.texts.codes import ROLES
from gateway.texts.language import marked


class NotesOf(StrEnum):
    """Which of them, as whoever looks sees it."""

    ME = "me"
    ROLE = "role"
    WRITTEN = "written"
    OPEN = "open"
    CLOSED = "closed"


_WHICH: Final[Mapping[NotesOf, str]] = {
    NotesOf.ME: marked("handed to me"),
    NotesOf.ROLE: marked("handed to my role"),
    NotesOf.WRITTEN: marked("written by me"),
    NotesOf.OPEN: marked("all that are open"),
    NotesOf.CLOSED: marked("closed"),
}
ABOUTS: Final[Mapping[About, str]] = {
    About.APPEAL: marked("Appeal"),
    About.DELIVERY: marked("Delivery"),
    About.PARTY: marked("Party"),
    About.INCIDENT: marked("Incident"),
}


class NoteParams(OrderedPaging):
    """Which notes. One way to say it, and but for ``which`` only of those that are open."""

    which: NotesOf | None = Field(default=None, description="As the one who asks sees it: `me` is its own name.")
    is_open: bool = Field(default=True, description="Those that wait for somebody, or those that are closed.")
    to_role: UserRole | None = Field(default=None, description="Handed to that role.")
    to_user: Line | None = Field(default=None, description="Handed to that user.")
    author: Line | None = Field(default=None, description="Written by them: a user, `token:NAME`, `party:ID`.")
    after: Number | None = Field(default=None, description="The note at which the page before ended.")

    @model_validator(mode="after")
    def _one_way(self) -> NoteParams:
        ways = [one is not None for one in (self.which, self.to_role, self.to_user, self.author)].count(True)
        if ways > 1 or (ways and not self.is_open):
            raise ValueError("which, to_role, to_user or author, one at most, of notes that are open")
        return self


async def _find(source: ListSource, params: NoteParams, reader: Reader) -> ListPage[Note]:
    query = NoteQuery(
        to_role=params.to_role, to_user=params.to_user, author=params.author, closed=not params.is_open,
        after=params.after, limit=params.limit, oldest_first=params.order is SortOrder.OLDEST,
    )  # fmt: skip
    match params.which:
        case NotesOf.ME:
            query = replace(query, to_user=reader.name)
        case NotesOf.ROLE:
            query = replace(query, to_role=reader.role)
        case NotesOf.WRITTEN:
            query = replace(query, author=reader.name)
        case NotesOf.CLOSED:
            query = replace(query, closed=True)
        case NotesOf.OPEN | None:
            pass
    return ListPage(await source.reads.run(query))


def place_of(subject: NoteSubject | Note) -> str:
    """Where the notes about it are, below the prefix. An incident has them on its own page."""
    key = quote(subject.key, safe="")
    return f"/incidents/{key}" if subject.about is About.INCIDENT else f"/notes/{subject.about}/{key}"


def _about(row: Note, _: Reader) -> Cell:
    return Link(place_of(row), (Phrase(ABOUTS[row.about]), Words(f" {row.key}")))


def _holder(row: Note, _: Reader) -> Cell:
    return Local(ROLES[row.to_role]) if row.to_role else Words(row.to_user or "")


NOTES: Final = Listing(
    key="notes",
    name=marked("Notes"),
    right=Right.SEE,
    params=NoteParams,
    find=_find,
    place=lambda row: row.note_id,
    columns=(
        Column(key="note_id", json=int, file="note"),
        Column(key="about", json=About, label=marked("About"), cell=_about, file="about"),
        Column(key="key", json=str, file="key"),
        Column(key="at", json=AwareDatetime, label=marked("When"), turns=True, file="at_almaty"),
        Column(key="author", json=str, label=marked("By"), file="by"),
        Column(key="to_role", json=UserRole | None, label=marked("Hand to"), cell=_holder, file="to_role"),
        Column(key="to_user", json=str | None, file="to_user"),
        Column(
            key="text", json=str, label=marked("Words"), css="words", file="text",
            of=lambda row, reader: reader.blotted(row.text),
            cell=lambda row, reader: ERASED if row.erased_at else Words(shortened(reader.blotted(row.text))),
        ),
        Column(key="closed_at", json=AwareDatetime | None, file="closed_almaty"),
        Column(key="closed_by", json=str | None, file="closed_by"),
        Column(key="erased_at", json=AwareDatetime | None, about="When retention took its words."),
    ),
    answers=ListAnswers(
        "/notes", "list_notes", "notes", "List notes, by whom they wait for.",
        ("NoteModel", "As it stands now. ``author``: a user, `token:NAME` or `party:ID`."),
        ("NotePage", "Notes by their number."),
    ),
    empty=marked("No note here. One is written on the page of an appeal, a delivery, a party or an incident."),
    fields=(
        FormField("which", marked("Which"), Widget.TABS, choices={one: Phrase(words) for one, words in _WHICH.items()}),
    ),
)  # fmt: skip
if TYPE_CHECKING:
    NoteModel = ResponseModel
else:
    NoteModel = NOTES.item
