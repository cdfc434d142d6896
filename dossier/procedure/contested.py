"""What a disagreement is about: the act of one body, or its silence, and since when the applicant knows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.party import PartyId
from contracts.payloads import ComplaintDecision
from dossier.case.appeal import BodyRecord, Complaint, ComplaintStage, TermState
from dossier.case.duties import CONSIDERATION
from dossier.procedure.law.calendar import local_date, start_of
from dossier.procedure.matter import Matter


@dataclass(frozen=True, slots=True)
class Contested:
    """``since``: when the act became known, or the term that was missed ended. ``advised``: the act says how to appeal.

    ``exhausted_at``: when the decision of the higher body on a complaint about it became known, or its term ended
    (Art. 91(5), 100(5), 136(1), 136(6)).
    """

    body: PartyId
    since: datetime
    is_silence: bool
    advised: bool
    exhausted_at: datetime | None


def contested(matter: Matter, body: PartyId | None, known_on: date | None = None) -> Contested | None:
    """What ``body`` did or let pass; of all bodies, the last one, where none is named. None: nothing yet.

    ``known_on``: when it became known by the applicant's word, which counts where it is later (Art. 129(1)).
    """
    bodies = matter.appeal.bodies
    records = list(bodies.values()) if body is None else [bodies[body]] if body in bodies else []
    found = [each for record in records if (each := _of(matter, record)) is not None]
    last = max(found, key=lambda each: each.since, default=None)
    return last if last is None or known_on is None else _known_on(last, known_on)


def _known_on(about: Contested, day: date) -> Contested:
    if about.exhausted_at is not None:
        return replace(about, exhausted_at=_later(about.exhausted_at, start_of(day)))
    return replace(about, since=_later(about.since, start_of(day)))


def known(matter: Matter, received: datetime, known_at: datetime | None) -> datetime:
    """When the applicant could know of what we received then: on a later day, if the notice came only then."""
    if known_at is None or not matter.law.rules.follows("knowledge", "notice_delivered"):
        return received
    return _later(received, known_at)


def _later(instant: datetime, other: datetime) -> datetime:
    """``other`` where it is of a later day: terms count in days, so within one nothing moves."""
    return other if local_date(other) > local_date(instant) else instant


def _of(matter: Matter, record: BodyRecord) -> Contested | None:
    silent_since = _silent_since(matter, record)
    if record.concluded_at is not None and (record.assigned_at is None or record.concluded_at >= record.assigned_at):
        advised = record.replies[-1].states_appeal_road if record.replies else False
        return _contested(matter, record, record.concluded_at, is_silence=False, advised=advised)
    if silent_since is None:
        return None
    return _contested(matter, record, silent_since, is_silence=True, advised=True)


def _contested(matter: Matter, record: BodyRecord, since: datetime, *, is_silence: bool, advised: bool) -> Contested:
    known_since = since if is_silence else known(matter, since, record.known_at)
    return Contested(record.party, known_since, is_silence, advised, _exhausted_at(matter, record.party, since))


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
            return _end_of(matter, complaint, complaint.ended_at) if _is_exhausting(complaint) else None
    return None


def _end_of(matter: Matter, complaint: Complaint, ended_at: datetime) -> datetime:
    is_silence = complaint.stage is ComplaintStage.SILENT
    return ended_at if is_silence else known(matter, ended_at, complaint.known_at)


def _is_exhausting(complaint: Complaint) -> bool:
    if complaint.stage is ComplaintStage.SILENT:
        return True
    decision = complaint.decision
    return decision is not None and decision.decision is not ComplaintDecision.SENT_BACK
