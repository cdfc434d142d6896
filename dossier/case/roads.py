"""The roads of a disagreement, as the history proves them: to the higher body (Art. 91–100), to the court."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.party import PartyId
from contracts.payloads import DecisionKind, RoadKind
from dossier.case import events as e
from dossier.case.appeal import Appeal, BodyStage, Complaint, ComplaintStage, Disagreement
from dossier.case.court_file import put, with_news
from dossier.case.duties import REVIEW
from dossier.case.events import Event

RoadFact = e.Disagreed | e.RoadTaken | e.ComplaintForwarded | e.ComplaintDecided


def with_road(appeal: Appeal, fact: RoadFact, event: Event) -> Appeal:
    """The button is pressed, a road taken, a complaint moved on."""
    match fact:
        case e.Disagreed():
            pressed = Disagreement(fact.claim, event.message_id, event.took_place_at, fact.body)
            return replace(appeal, disagreement=pressed)
        case e.RoadTaken():
            return _taken(appeal, fact)
        case e.ComplaintForwarded():
            return _moved(appeal, ComplaintStage.FORWARDED, with_file=fact.with_file)
        case e.ComplaintDecided():
            return _decided(appeal, fact, event)


def _decided(appeal: Appeal, fact: e.ComplaintDecided, event: Event) -> Appeal:
    """One that comes after the silence changes nothing of the road that the silence opened."""
    last = appeal.complaint
    if last is not None and last.stage is ComplaintStage.SILENT:
        return with_news(_with_last(appeal, decision=fact), event)
    return _ended(appeal, ComplaintStage.DECIDED, event.took_place_at, decision=fact)


def with_own_satisfaction(appeal: Appeal, fact: e.Replied, at: datetime) -> Appeal:
    """Art. 91(4): the body complained of may satisfy the complaint itself instead of forwarding it."""
    pending = appeal.pending_complaint(fact.body)
    lodged = pending is not None and pending.stage is ComplaintStage.LODGED
    if not lodged or fact.decision is not DecisionKind.SATISFIED:
        return appeal
    return _ended(appeal, ComplaintStage.SATISFIED, at)


def with_silent_review(appeal: Appeal, fact: e.TermBreached, at: datetime) -> Appeal:
    """Art. 100(5): no decision in time is a refusal."""
    pending = appeal.pending_complaint()
    if pending is None or fact.party != pending.reviewer or appeal.terms[fact.term_id].opened.duty != REVIEW:
        return appeal
    return _ended(appeal, ComplaintStage.SILENT, at)


def _taken(appeal: Appeal, road: e.RoadTaken) -> Appeal:
    """A silent body's own procedure ends with the road; that to the higher body begins with a complaint."""
    pressed = replace(appeal.disagreement, road=road) if appeal.disagreement else None
    changed = _contested(replace(appeal, disagreement=pressed), road.body or (pressed.body if pressed else None))
    if road.kind is RoadKind.COURT or road.body is None or road.reviewer is None:
        return changed
    complaint = Complaint(road.body, road.reviewer, pressed.message_id if pressed else None)
    return replace(changed, complaints=(*appeal.complaints, complaint))


def _contested(appeal: Appeal, party: PartyId | None) -> Appeal:
    body = None if party is None else appeal.bodies.get(party)
    if body is None or body.stage is not BodyStage.CONSIDERING:
        return appeal
    return replace(appeal, bodies=put(appeal.bodies, body.party, replace(body, stage=BodyStage.CONTESTED)))


def _ended(
    appeal: Appeal, stage: ComplaintStage, at: datetime, *, decision: e.ComplaintDecided | None = None
) -> Appeal:
    return _with_last(appeal, stage=stage, ended_at=at, decision=decision)


def _moved(appeal: Appeal, stage: ComplaintStage, *, with_file: bool) -> Appeal:
    return _with_last(appeal, stage=stage, with_file=with_file)


def _with_last(appeal: Appeal, **changes: object) -> Appeal:
    if not appeal.complaints:
        return appeal
    *earlier, last = appeal.complaints
    return replace(appeal, complaints=(*earlier, replace(last, **changes)))  # type: ignore[arg-type]
