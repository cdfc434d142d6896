"""What a disagreement is about: the act of one body, or its silence, and since when the applicant knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.party import PartyId
from contracts.payloads import ComplaintDecision
from dossier.case.appeal import BodyRecord, Complaint, ComplaintStage, TermState
from dossier.case.duties import CONSIDERATION
from dossier.procedure.matter import Matter


@dataclass(frozen=True, slots=True)
class Contested:
    """``since``: when the act reached us, or the term that was missed ended. ``advised``: the act says how to appeal.

    ``exhausted_at``: when the higher body decided on a complaint about it, or let its term pass (Art. 91(5), 100(5)).
    """

    body: PartyId
    since: datetime
    is_silence: bool
    advised: bool
    exhausted_at: datetime | None


def contested(matter: Matter, body: PartyId | None) -> Contested | None:
    """What ``body`` did or let pass; of all bodies, the last one, where none is named. None: nothing yet."""
    bodies = matter.appeal.bodies
    records = list(bodies.values()) if body is None else [bodies[body]] if body in bodies else []
    found = [each for record in records if (each := _of(matter, record)) is not None]
    return max(found, key=lambda each: each.since, default=None)


def _of(matter: Matter, record: BodyRecord) -> Contested | None:
    silent_since = _silent_since(matter, record)
    if record.concluded_at is not None and (record.assigned_at is None or record.concluded_at >= record.assigned_at):
        advised = record.replies[-1].states_appeal_road if record.replies else False
        return _contested(matter, record.party, record.concluded_at, is_silence=False, advised=advised)
    if silent_since is None:
        return None
    return _contested(matter, record.party, silent_since, is_silence=True, advised=True)


def _contested(matter: Matter, body: PartyId, since: datetime, *, is_silence: bool, advised: bool) -> Contested:
    return Contested(body, since, is_silence, advised, _exhausted_at(matter, body, since))


def _silent_since(matter: Matter, record: BodyRecord) -> datetime | None:
    """When the body's last term for a decision ended without one (Art. 91(2))."""
    missed = [
        term.opened.due_at
        for term in matter.appeal.terms.values()
        if term.opened.party == record.party
        and term.opened.duty == CONSIDERATION
        and (term.state is TermState.BREACHED or (term.is_open and matter.is_overdue(term.opened)))
        and (record.assigned_at is None or term.opened.due_at >= record.assigned_at)
    ]
    return max(missed, default=None)


def _exhausted_at(matter: Matter, body: PartyId, since: datetime) -> datetime | None:
    """A complaint that was decided after the act, and not by sending it back for another one."""
    for complaint in reversed(matter.appeal.complaints):
        if complaint.body == body and complaint.ended_at is not None and complaint.ended_at >= since:
            return complaint.ended_at if _is_exhausting(complaint) else None
    return None


def _is_exhausting(complaint: Complaint) -> bool:
    if complaint.stage is ComplaintStage.SILENT:
        return True
    decision = complaint.decision
    return decision is not None and decision.decision is not ComplaintDecision.SENT_BACK
