"""Documents and dossiers that the events of an appeal name."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.header import DocumentId
from dossier.case.events import DossierFiled, Event


def papers_named(events: Sequence[Event]) -> dict[DocumentId, Event]:
    """Whatever an event commits to, by the first event that does: documents among messages, which are none."""
    named: dict[DocumentId, Event] = {}
    for event in events:
        for commitment in event.commitments:
            if commitment.subject != event.message_id:
                named.setdefault(DocumentId(commitment.subject), event)
    return named


def filed_of(events: Sequence[Event]) -> dict[int, tuple[Event, DossierFiled]]:
    """Dossiers that are assembled, by number, with the event that says so."""
    return {event.fact.dossier_no: (event, event.fact) for event in events if isinstance(event.fact, DossierFiled)}
