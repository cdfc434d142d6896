"""Every legal deadline of a history as a dossier shows it: how it stands, whom it binds, and when the duty was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from contracts.party import PartyId
from dossier.case import events as e
from dossier.case.duties import FORWARD_COMPLAINT, HEARING_NOTICE, REVIEW
from dossier.case.events import Event, Fact
from dossier.case.history import Term, TermState, fold
from dossier.case.narration import bound_of, term_wording
from dossier.packaging.description import TermEntry
from dossier.procedure.law.rules import Bound

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


_BY_DEED: Final[Mapping[type[Fact], frozenset[str]]] = MappingProxyType(
    {
        deed: frozenset(duty for duty, deeds in _DONE_BY.items() if deed in deeds)
        for deed in {deed for deeds in _DONE_BY.values() for deed in deeds}
    }
)


def duties_done_by(fact: Fact) -> tuple[frozenset[str], PartyId | None]:
    """What duties the fact does and whose, also after they were missed; none for a fact that does no duty."""
    return _BY_DEED.get(type(fact), frozenset()), _doer(fact)


def late_deeds(events: Sequence[Event]) -> Mapping[str, Event]:
    """By term the event that did its duty after the due instant; none for a term that was met in time or not at all."""
    found = {term_id: _late_deed(term, events) for term_id, term in fold(events).terms.items()}
    return {term_id: event for term_id, event in found.items() if event is not None}


def _late_deed(term: Term, events: Sequence[Event]) -> Event | None:
    if term.state is not TermState.MET:
        return _deed_after(term, events)
    if not term.late:
        return None
    deeds = (one for one in events if isinstance(one.fact, e.TermMet) and one.fact.term_id == term.opened.term_id)
    met = next(deeds, None)
    return met and next((one for one in reversed(events[: met.seq]) if _did(one, term) and one.at == met.at), met)


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
    deed = _deed_after(term, events)
    return None if deed is None else deed.took_place_at


def _deed_after(term: Term, events: Sequence[Event]) -> Event | None:
    if term.closed_at is None or not term.is_missed:
        return None
    closed_at = term.closed_at
    return next((event for event in events if event.at >= closed_at and _did(event, term)), None)


def _did(event: Event, term: Term) -> bool:
    duties, doer = duties_done_by(event.fact)
    return term.opened.duty in duties and doer == term.opened.party


def _doer(fact: Fact) -> PartyId | None:
    return fact.reviewer if isinstance(fact, e.ComplaintDecided) else getattr(fact, "body", None)
