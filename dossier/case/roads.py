"""The roads of a disagreement, as the history proves them: to the higher body (Art. 91–100), to the court."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from contracts.header import Action
from contracts.party import PartyId
from contracts.payloads import DecisionKind, NotifyApplicant, RoadKind
from dossier.case import events as e
from dossier.case.appeal import Appeal, BodyRecord, BodyStage, Complaint, ComplaintStage, Disagreement
from dossier.case.court_file import put, with_news
from dossier.case.duties import REVIEW
from dossier.case.events import Event

RoadFact = e.Disagreed | e.RoadTaken | e.ComplaintForwarded | e.ComplaintDecided | e.ComplaintWithdrawn


def with_road(appeal: Appeal, fact: RoadFact, event: Event) -> Appeal:
    """The button is pressed, a road taken, a complaint moved on."""
    match fact:
        case e.Disagreed():
            pressed = Disagreement(fact.claim, event.message_id, event.took_place_at, fact.body)
            return replace(appeal, disagreements=(*_over_others(appeal, fact.body), pressed))
        case e.RoadTaken():
            return _taken(appeal, fact)
        case e.ComplaintForwarded():
            return _with_last(appeal, fact.body, stage=ComplaintStage.FORWARDED, with_file=fact.with_file)
        case e.ComplaintDecided():
            return _decided(appeal, fact, event)
        case e.ComplaintWithdrawn():
            ended = _ended(appeal, fact.body, ComplaintStage.WITHDRAWN, event.took_place_at)
            return replace(ended, disagreements=tuple(_over_others(appeal, fact.body)))


def _over_others(appeal: Appeal, body: PartyId | None) -> tuple[Disagreement, ...]:
    return tuple(pressed for pressed in appeal.disagreements if pressed.body != body)


def _decided(appeal: Appeal, fact: e.ComplaintDecided, event: Event) -> Appeal:
    """One that comes after the silence changes nothing of the road that the silence opened."""
    last = last_complaint(appeal, fact.body)
    if last is not None and last.stage is ComplaintStage.SILENT:
        return with_news(_with_last(appeal, fact.body, decision=fact), event)
    return _ended(appeal, fact.body, ComplaintStage.DECIDED, event.took_place_at, decision=fact)


def last_complaint(appeal: Appeal, body: PartyId) -> Complaint | None:
    """The last complaint about ``body``."""
    return next((each for each in reversed(appeal.complaints) if each.body == body), None)


def with_own_satisfaction(appeal: Appeal, fact: e.Replied, at: datetime) -> Appeal:
    """Art. 91(4): the body complained of may satisfy the complaint itself instead of forwarding it."""
    pending = appeal.pending_complaint(fact.body)
    lodged = pending is not None and pending.stage is ComplaintStage.LODGED
    if not lodged or fact.decision is not DecisionKind.SATISFIED:
        return appeal
    return _ended(appeal, fact.body, ComplaintStage.SATISFIED, at)


def with_silent_review(appeal: Appeal, fact: e.TermBreached, at: datetime) -> Appeal:
    """Art. 100(5): no decision in time is a refusal."""
    pending = under_review(appeal, appeal.terms[fact.term_id].opened)
    return appeal if pending is None else _ended(appeal, pending.body, ComplaintStage.SILENT, at)


def under_review(appeal: Appeal, term: e.TermOpened) -> Complaint | None:
    """The complaint that ``term`` is for deciding on; of a history that does not say about whom, the oldest."""
    if term.duty != REVIEW:
        return None
    waiting = (each for each in appeal.pending_complaints if each.reviewer == term.party)
    return next((each for each in waiting if term.body in (None, each.body)), None)


def _taken(appeal: Appeal, road: e.RoadTaken) -> Appeal:
    """A silent body's own procedure ends with the road; that to the higher body begins with a complaint."""
    last = appeal.disagreements[-1] if appeal.disagreements else None
    pressed = last if road.body is None else appeal.disagreement_over(road.body)
    taken = tuple(replace(one, road=road) if one is pressed else one for one in appeal.disagreements)
    changed = _contested(replace(appeal, disagreements=taken), road.body or (pressed.body if pressed else None))
    if road.kind is RoadKind.COURT or road.body is None or road.reviewer is None:
        return changed
    complaint = Complaint(road.body, road.reviewer, pressed.message_id if pressed else None)
    return replace(changed, complaints=(*appeal.complaints, complaint))


def with_knowledge(appeal: Appeal, fact: e.MessageAcknowledged, at: datetime) -> Appeal:
    """The platform has a notice: what was decided before is known to the applicant from now on (Art. 66(2), 92, 136).

    Which notice it is, the events do not say; they go one after the other, so it is never later than that of the act.
    """
    if fact.recipient != appeal.platform or fact.action != Action.of(NotifyApplicant):
        return appeal
    bodies = {party: _known(body, at) for party, body in appeal.bodies.items()}
    complaints = tuple(
        replace(each, known_at=at) if each.ended_at and not each.known_at else each for each in appeal.complaints
    )
    return replace(appeal, bodies=MappingProxyType(bodies), complaints=complaints)


def _known(body: BodyRecord, at: datetime) -> BodyRecord:
    return replace(body, known_at=at) if body.concluded_at and not body.known_at else body


def _contested(appeal: Appeal, party: PartyId | None) -> Appeal:
    body = None if party is None else appeal.bodies.get(party)
    if body is None or body.stage is not BodyStage.CONSIDERING:
        return appeal
    return replace(appeal, bodies=put(appeal.bodies, body.party, replace(body, stage=BodyStage.CONTESTED)))


def _ended(
    appeal: Appeal,
    body: PartyId,
    stage: ComplaintStage,
    at: datetime,
    *,
    decision: e.ComplaintDecided | None = None,
) -> Appeal:
    return _with_last(appeal, body, stage=stage, ended_at=at, decision=decision)


def _with_last(appeal: Appeal, body: PartyId, **changes: object) -> Appeal:
    last = last_complaint(appeal, body)
    complaints = tuple(
        replace(each, **changes) if each is last else each  # type: ignore[arg-type]
        for each in appeal.complaints
    )
    return replace(appeal, complaints=complaints)
