"""Every legal deadline of a history as a dossier shows it: how it stands, whom it binds, and when the duty was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from dossier import events as e
from dossier.description import TermEntry
from dossier.duties import FORWARD_COMPLAINT, HEARING_NOTICE, REVIEW
from dossier.events import Event, Fact
from dossier.history import Term, TermState, fold
from dossier.narration import bound_of, term_wording
from dossier.procedure.rules import Bound

_DONE_BY: Final[Mapping[str, tuple[type[Fact], ...]]] = MappingProxyType(
    {
        "redirect": (e.AppealRedirected,),
        "return": (e.AppealReturned,),
        "consideration": (e.Replied, e.ProcedureTerminated, e.AppealReturned),
        "extension": (e.Replied, e.ProcedureTerminated),
        "extension_notice": (e.TermExtended,),
        HEARING_NOTICE: (e.HearingAnnounced,),
        "materials": (e.MaterialsReceived,),
        "court_materials": (e.MaterialsReceived,),
        "position": (e.PositionReceived,),
        FORWARD_COMPLAINT: (e.ComplaintForwarded, e.MaterialsReceived),
        REVIEW: (e.ComplaintDecided,),
    }
)
"""By duty what does it, also after its term was missed. A duty that is not here is done only as its own fact says."""


def term_entries(events: Sequence[Event]) -> tuple[TermEntry, ...]:
    """Every term of the history as it stands after ``events``."""
    return tuple(_entry(term, events) for term in fold(events).terms.values())


def _entry(term: Term, events: Sequence[Event]) -> TermEntry:
    opened = term.opened
    return TermEntry(
        term_id=opened.term_id,
        duty=opened.duty,
        article=opened.article,
        wording=term_wording(opened),
        party=opened.party,
        started_at=opened.started_at,
        due_on=opened.due_on,
        due_at=opened.due_at,
        zone=opened.zone,
        rules_version=opened.rules_version,
        calendar_version=opened.calendar_version,
        tzdata_version=opened.tzdata_version,
        state=term.state,
        late=term.late,
        closed_at=term.closed_at,
        bound=_value(bound_of(opened)),
        done_at=term.closed_at if term.state is TermState.MET else _done_after(term, events),
    )


def _value(bound: Bound | None) -> str | None:
    return None if bound is None else bound.value


def _done_after(term: Term, events: Sequence[Event]) -> datetime | None:
    if term.closed_at is None or not term.is_missed:
        return None
    doing = _DONE_BY.get(term.opened.duty, ())
    for event in events:
        if event.at >= term.closed_at and isinstance(event.fact, doing) and _doer(event.fact) == term.opened.party:
            return event.took_place_at
    return None


def _doer(fact: Fact) -> object:
    return fact.reviewer if isinstance(fact, e.ComplaintDecided) else getattr(fact, "body", None)
