"""Open notes about a thing, on the page of that thing: the newest few, with a link to the others and to writing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.lists.notes import place_of
from gateway.ports.operations import Reads
from gateway.ports.people.desk import Note, NoteQuery, NoteSubject

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class OpenNotes:
    """``has_more``: whether further ones are open. ``place``: of all of them, below the prefix."""

    newest: tuple[Note, ...]
    has_more: bool
    place: str


async def noted_on(reads: Reads, subject: NoteSubject) -> OpenNotes:
    """One look into an index, however many notes are about it."""
    found = await reads.run(NoteQuery(subject, limit=MOST + 1))
    return OpenNotes(found[:MOST], len(found) > MOST, place_of(subject))
