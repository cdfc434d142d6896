"""One appeal as its page tells it: what happened in words, terms, the drawing, the roads, papers, dossiers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.header import DocumentId
from contracts.party import LocalText, Party, PartyId
from dossier.case.appeal import Appeal, DossierRecord, Status
from dossier.case.event_form import fact_kind
from dossier.case.events import Event
from dossier.case.history import fold
from dossier.case.narration import narrate_all
from dossier.case.own_answers import road_entries
from dossier.case.papers import papers_named
from dossier.case.record import KeptMessage
from dossier.case.term_entries import late_deeds, term_entries
from dossier.packaging.describe import event_entry
from dossier.packaging.description import EventEntry, RoadEntry, TermEntry
from dossier.print.chart import chart_pages
from gateway.ports.case import Case
from gateway.ports.documents import StoredDocument

BAD_KINDS: Final = frozenset({"term_breached", "default_recorded", "message_rejected", "appeal_unrouted"})
"""What a reader should not overlook in a long history."""


@dataclass(frozen=True, slots=True)
class StoryDocument:
    """A document that the case rests on. ``seq``: the event that it came with."""

    document_id: DocumentId
    seq: int
    at: datetime
    by: PartyId
    document: StoredDocument


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history."""

    entry: EventEntry
    is_bad: bool

    @property
    def took_place_at(self) -> datetime:
        return self.entry.happened_at or self.entry.at


@dataclass(frozen=True, slots=True)
class StoryChart:
    """What the drawing is made of."""

    parties: tuple[Party, ...]
    timeline: tuple[EventEntry, ...]
    terms: tuple[TermEntry, ...]
    assembled_at: datetime


@dataclass(frozen=True, slots=True)
class AppealStory:
    """Everything that the page shows and that no citizen wrote. ``deeds``: by term the event that met it late."""

    case: Case
    appeal: Appeal
    history: tuple[HistoryLine, ...]
    terms: tuple[TermEntry, ...]
    roads: tuple[RoadEntry, ...]
    drawing: tuple[Mapping[str, object], ...]
    deeds: Mapping[str, Event]

    @property
    def status(self) -> Status:
        return self.appeal.status

    @property
    def dossiers(self) -> tuple[DossierRecord, ...]:
        """In the order of their numbers."""
        return tuple(self.appeal.dossiers.values())

    @property
    def term_numbers(self) -> Mapping[str, int]:
        """By which the drawing and the table name the same term."""
        return {term.term_id: number for number, term in enumerate(self.terms, 1)}

    @property
    def term_of(self) -> Mapping[str, TermEntry]:
        return {term.term_id: term for term in self.terms}


def tell(
    case: Case,
    messages: Sequence[KeptMessage],
    parties: Sequence[Party],
    names: Mapping[PartyId, LocalText],
    *,
    now: datetime,
) -> AppealStory:
    """As the history stands. ``messages``: for why a road was taken; none, once they are erased."""
    notes = narrate_all(case.events, names)
    entries = tuple(event_entry(event, note) for event, note in zip(case.events, notes, strict=True))
    terms = term_entries(case.events)
    return AppealStory(
        case,
        fold(case.events),
        tuple(HistoryLine(entry, entry.kind in BAD_KINDS) for entry in entries),
        terms,
        road_entries(case.events, messages),
        tuple(chart_pages(StoryChart(tuple(parties), entries, terms, now))),
        late_deeds(case.events),
    )


def papers(events: Sequence[Event], found: Mapping[DocumentId, StoredDocument]) -> tuple[StoryDocument, ...]:
    """Those that are documents and are still there, as they came; dossiers of ours stand for themselves."""
    return tuple(
        StoryDocument(document_id, event.seq, event.took_place_at, event.actor, found[document_id])
        for document_id, event in papers_named(events).items()
        if document_id in found and fact_kind(event.fact) != "dossier_filed"
    )
