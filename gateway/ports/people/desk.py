"""Notes and incidents as values: what is written, what is looked for, what is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import About, IncidentAct, IncidentState, NoteHolder, Severity
from gateway.domain.refusal import ActRefusal
from gateway.ports.operations import Read, Write


@dataclass(frozen=True, slots=True)
class NoteSubject:
    """What a note is about. ``key``: the number or id that people know it by."""

    about: About
    key: str


@dataclass(frozen=True, slots=True)
class NoteWrite(Write[int]):
    """``author``: name of a user, ``token:<name>``, or ``party:<id>`` for words that a party adds to its incident.

    Returns the number of the note. It has its line in the audit log, as all that is done at the desk.
    """

    subject: NoteSubject
    text: str
    author: str
    to: NoteHolder
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteChange(Write[ActRefusal | None]):
    """Hand a note on, or close it (``to`` is None). ``by``: as the audit log names who does; ``name``: as the note.

    Returns what stands against it, in words; None when it is done.
    """

    note_id: int
    to: NoteHolder | None
    reason: str
    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """As it stands now. ``erased_at``: since when it has no words any more."""

    note_id: int
    at: datetime
    about: About
    key: str
    text: str
    author: str
    to_role: UserRole | None
    to_user: str | None
    closed_at: datetime | None
    closed_by: str | None
    erased_at: datetime | None

    @property
    def subject(self) -> NoteSubject:
        return NoteSubject(self.about, self.key)


@dataclass(frozen=True, slots=True)
class IncidentWrite:
    """An incident as its report opens it. ``message_id``: of the report; ``conversation_id``: of the appeal."""

    thread: ConversationId
    number: str
    party: PartyId
    message_id: MessageId
    about_message_id: MessageId | None
    conversation_id: ConversationId | None
    code: str | None
    severity: Severity
    text: str
    contact: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """As it stands now. ``appeal_number``: of the appeal concerned. ``words``: what was found, once it is closed.

    ``severity_by``, ``severity_at``, ``severity_why``: of whoever changed it last; None while it follows from the code.
    ``erased_at``: since when all words are empty.
    """

    incident_id: int
    thread: ConversationId
    number: str
    party: PartyId
    message_id: MessageId
    about_message_id: MessageId | None
    conversation_id: ConversationId | None
    appeal_number: str | None
    code: str | None
    severity: Severity
    text: str
    contact: str
    reported_at: datetime
    state: IncidentState
    moved_by: str | None
    moved_at: datetime | None
    words: str | None
    severity_by: str | None
    severity_at: datetime | None
    severity_why: str | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeverityJob(Write[ActRefusal | None]):
    """Another severity, by hand. ``by``: as the audit log names who acts; ``name``: as the incident.

    Returns what stands against it, in words; None when it is done.
    """

    number: str
    to: Severity
    reason: str
    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentJob(Write[ActRefusal | None]):
    """An act on an incident. ``by``: as the audit log names who acts; ``name``: as the incident.

    Returns what stands against it, in words; None when it is done.
    """

    act: IncidentAct
    number: str
    reason: str
    by: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteQuery(Read[tuple[Note, ...]]):
    """Open notes, unless ``closed``; what is None narrows nothing. ``after``: where the page before ended.

    A page, the newest first but for ``oldest_first``.
    """

    subject: NoteSubject | None = None
    to_role: UserRole | None = None
    to_user: str | None = None
    author: str | None = None
    closed: bool = False
    after: int | None = None
    limit: int = 50
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class ListNotesAbout(Read[tuple[Note, ...]]):
    """The newest hundred, open and closed."""

    subject: NoteSubject


@dataclass(frozen=True, slots=True)
class FindNote(Read[Note | None]):
    """One note; None when there is none."""

    note_id: int


@dataclass(frozen=True, slots=True)
class IncidentQuery(Read[tuple[Incident, ...]]):
    """What is None narrows nothing. ``after``: incident_id at which the page before ended.

    A page, the newest first but for ``oldest_first``.
    """

    state: IncidentState | None = None
    party: PartyId | None = None
    severity: Severity | None = None
    after: int | None = None
    limit: int = 50
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class FindIncidents(Read[tuple[Incident, ...]]):
    """By its number, its thread, or the message that reported it or that it is about; the newest ten."""

    number: str
