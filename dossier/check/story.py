"""Whether ``dossier.xml`` tells the story of the events: timeline, terms, acts of silence, roads, marks, supplements.

Everything is derived again from ``evidence/events.jsonl``. Words are not compared: they may come from another release
of ours, and only those of the acts are kept for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contracts.errors import ContractError
from contracts.payloads import FilingPurpose
from dossier.case.earlier import document_paths, filed_before, held_before
from dossier.case.event_form import event_bytes, fact_kind, leaf_digest
from dossier.case.events import Event, PositionReceived
from dossier.case.grounds import Relation
from dossier.case.history import fold
from dossier.case.marks import mark_entries
from dossier.case.own_answers import road_entries
from dossier.case.term_entries import term_entries
from dossier.check.report import InspectionFinding, SubIndication
from dossier.check.wording import failed
from dossier.packaging import layout
from dossier.packaging.container import Container
from dossier.packaging.description import DossierDescription, EventEntry, TermEntry
from dossier.packaging.silence import act_bytes, default_acts, default_entries


def check_story(
    container: Container, description: DossierDescription, events: list[Event]
) -> tuple[InspectionFinding, ...]:
    """All that ``dossier.xml`` tells and the events do not say. Never raises for what a forger put into either."""
    found: list[InspectionFinding] = []
    try:
        found.extend(_check_events(description, events))
        if not found:  # what else is told is derived from both
            found.extend(_check_derived(container, description, events))
    except (ArithmeticError, ContractError, LookupError, ValueError) as error:
        found.append(_failed(layout.EVENTS, "unreadable", detail=type(error).__name__))
    return tuple(found)


def _check_events(description: DossierDescription, events: list[Event]) -> Iterator[InspectionFinding]:
    numbered = [event.seq for event in events] == list(range(1, len(events) + 1))
    of_this_case = all(event.conversation_id == description.conversation_id for event in events)
    if not numbered or not of_this_case or len(events) != len(description.timeline):
        yield _failed(layout.EVENTS, "events_count")
        return
    for event, entry in zip(events, description.timeline, strict=True):
        if not _tells(entry, event):
            yield _failed(layout.EVENTS, "event_differs", seq=event.seq)


def _check_derived(
    container: Container, description: DossierDescription, events: list[Event]
) -> Iterator[InspectionFinding]:
    yield from _check_terms(description, events)
    yield from _check_earlier(description, events)
    yield from _check_acts(container, description, events)
    if description.purpose is not None:  # dossiers of before told none of it
        yield from _check_facts(description, events)


def _check_earlier(description: DossierDescription, events: list[Event]) -> Iterator[InspectionFinding]:
    """Which dossiers came before, and which documents they hold, follows from the events alone."""
    if description.supplements != filed_before(events, description.dossier_no) and description.purpose is not None:
        yield _failed(layout.DESCRIPTION, "supplements_differ")
    if any(entry.in_dossier is not None for entry in description.documents):
        placed = document_paths(description.documents, held_before(events, description.dossier_no))
        for entry, expected in zip(description.documents, placed, strict=True):
            if entry != expected:
                yield _failed(entry.file, "document_elsewhere")


def _check_acts(
    container: Container, description: DossierDescription, events: list[Event]
) -> Iterator[InspectionFinding]:
    """Every act of silence is made again, and must be the same to the byte; dossiers without a purpose had none."""
    if description.purpose is None and not description.defaults:
        return
    acts = default_acts(description, events)
    if description.defaults != default_entries(description, events):
        yield _failed(layout.DESCRIPTION, "acts_differ")
    for entry, act in zip(description.defaults, acts, strict=False):
        expected = act_bytes(act)
        if not container.holds(entry.file):
            continue  # said already
        if container.size_of(entry.file) != len(expected) or b"".join(container.chunks(entry.file)) != expected:
            yield _failed(entry.file, "act_differs")


def _tells(entry: EventEntry, event: Event) -> bool:
    """Whether the timeline's entry is about this event; its words may come from another release of ours."""
    return (
        entry.leaf == leaf_digest(event_bytes(event)).hex()
        and (entry.seq, entry.at, entry.actor) == (event.seq, event.at, event.actor)
        and (entry.message_id, entry.kind) == (event.message_id, fact_kind(event.fact))
        and entry.happened_at == event.happened_at
        and entry.commitments == event.commitments
    )


def _check_terms(description: DossierDescription, events: list[Event]) -> Iterator[InspectionFinding]:
    derived = {entry.term_id: entry for entry in term_entries(events)}
    stated = {entry.term_id: entry for entry in description.terms}
    for term_id in derived.keys() | stated.keys():
        if not _same_term(derived.get(term_id), stated.get(term_id)):
            yield _failed(layout.DESCRIPTION, "terms_differ", term=term_id)


def _same_term(derived: TermEntry | None, stated: TermEntry | None) -> bool:
    """Words and whom the duty binds come from the rules of the release that wrote them; the first ones told less."""
    if derived is None or stated is None:
        return False
    done_at = derived.done_at if stated.done_at else None
    return replace(derived, wording=stated.wording, bound=stated.bound, done_at=done_at) == stated


def _check_facts(description: DossierDescription, events: list[Event]) -> Iterator[InspectionFinding]:
    """Purpose, roads, marks and counts of new grounds: what they say in words may come from another release."""
    if description.purpose is not _purpose(description.dossier_no, events):
        yield _failed(layout.DESCRIPTION, "story_differs", what="purpose")
    roads = road_entries(events, ())
    if [replace(road, why=None) for road in description.roads] != list(roads):
        yield _failed(layout.DESCRIPTION, "story_differs", what="roads")
    marks = [(mark.kind, mark.seq) for mark in description.marks]
    if marks != [(mark.kind, mark.seq) for mark in mark_entries(events)]:
        yield _failed(layout.DESCRIPTION, "story_differs", what="marks")
    counted = {event.message_id: event.fact.new_grounds for event in events if isinstance(event.fact, PositionReceived)}
    for entry in description.positions:
        new = sum(one.standing is Relation.NEW for one in entry.standings)
        if counted.get(entry.message_id, new) != new:
            yield _failed(layout.DESCRIPTION, "story_differs", what="positions")


def _purpose(dossier_no: int, events: list[Event]) -> FilingPurpose:
    dossier = fold(events).dossiers.get(dossier_no)
    return dossier.purpose if dossier else FilingPurpose.CLAIM


def _failed(part: str, key: str, **values: object) -> InspectionFinding:
    return failed(part, SubIndication.FORMAT_FAILURE, key, **values)
