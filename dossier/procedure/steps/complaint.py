"""The complaint to the higher body (Art. 91–100): through the body complained of, decided, or answered by silence."""

from __future__ import annotations

from itertools import chain
from typing import Final, assert_never

from contracts.party import PartyId
from contracts.payloads import (
    BodyNotice,
    ComplaintDecision,
    DecideComplaint,
    Disagree,
    ForwardComplaint,
    ForwardDocuments,
    NotifiedStep,
    NotifyBody,
)
from dossier.case.appeal import Complaint, ComplaintStage, Term
from dossier.case.duties import CONSIDERATION, FORWARD_COMPLAINT, REVIEW
from dossier.case.events import ComplaintDecided, Replied, RoadTaken
from dossier.procedure.closing import meet
from dossier.procedure.contested import Contested
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.notices.bodies import body_sentences
from dossier.procedure.ordering import order_for_news
from dossier.procedure.rights import open_right, use_right
from dossier.procedure.road import Way
from dossier.procedure.steps.court_road import go_on_to_court
from dossier.procedure.steps.registration import hand_over
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import article_text, day_text, fill, member_text, same


def lodge(matter: Matter, arrival: MessageArrived, pressed: Disagree, about: Contested, way: Way) -> Decision:
    """Art. 91(4): the complaint is filed with the body complained of, which has three working days to pass it on."""
    road, reviewer = way.road, _reviewer(way)
    term = matter.begin(FORWARD_COMPLAINT, about.body)
    request = ForwardComplaint(matter.appeal.appeal_number, reviewer, pressed, notice_of(term))
    return follow(
        RoadTaken(road.kind, road.article, road.until, body=about.body, reviewer=reviewer, late=way.late),
        use_right(matter, way.duty, way.since, about.body),
        term,
        OutgoingIntent(about.body, request, arrival.message_id),
        notify(
            matter, NotifiedStep.DISAGREEMENT_ACCEPTED, *(("lateFlagged",) if way.late else ()), "suspends",
            sentence="complaintLodged", term=term,
            body=matter.name_of(about.body), reviewer=matter.name_of(reviewer), road=article_text(road.article),
        ),
    )  # fmt: skip


def satisfy(matter: Matter, act: Replied) -> Decision:
    """Art. 91(4): the body satisfied the complaint itself, so there is nothing to forward; its act may be contested."""
    met = meet(matter, matter.appeal.open_terms(FORWARD_COMPLAINT, act.body))
    return follow(met, open_right(matter, act.body, advised=act.states_appeal_road))


def decide_complaint(matter: Matter, arrival: MessageArrived, decided: DecideComplaint) -> Decision | DecisionRefusal:
    """Art. 100. A refusal goes on to the court by itself: the applicant's disagreement stands until it is withdrawn."""
    complaint = _undecided(matter, arrival.sender, decided.body)
    if complaint is None or matter.appeal.withdrawn:
        return wrong_state(matter, "no complaint waits for your decision")
    is_late = complaint.stage is ComplaintStage.SILENT
    after = None if is_late else _what_follows(matter, complaint, decided.decision)
    return follow(
        ComplaintDecided(arrival.sender, complaint.body, decided.decision, decided.act_number, decided.act_date),
        meet(matter, _review_terms(matter, complaint)),
        _notified(matter, arrival, decided, after),
        _tell_body(matter, complaint, decided),
        _copy_for(matter, arrival, complaint, decided),
        after,
        order_for_news(matter) if is_late else None,
    )


def _undecided(matter: Matter, reviewer: PartyId, body: PartyId | None) -> Complaint | None:
    """The complaint to decide, about ``body``: the oldest under review, else one that was let lie past its term.

    A late decision changes no road any more, but the applicant and the court shall see it.
    """
    mine = [
        complaint
        for complaint in matter.appeal.complaints
        if complaint.reviewer == reviewer and complaint.decision is None and body in (None, complaint.body)
    ]
    under_review = (each for each in mine if each.stage is ComplaintStage.FORWARDED)
    silent = (each for each in mine if each.stage is ComplaintStage.SILENT)
    return next(chain(under_review, silent), None)


def _review_terms(matter: Matter, complaint: Complaint) -> list[Term]:
    running = matter.appeal.open_terms(REVIEW, complaint.reviewer)
    return [term for term in running if term.opened.body in (None, complaint.body)]


def _what_follows(matter: Matter, complaint: Complaint, decision: ComplaintDecision) -> Decision:
    match decision:
        case ComplaintDecision.CANCELLED | ComplaintDecision.CANCELLED_WITH_NEW_ACT | ComplaintDecision.ACTION_DONE:
            return open_right(matter, complaint.body, exhausted=True)
        case ComplaintDecision.REJECTED | ComplaintDecision.LEFT_WITHOUT_CONSIDERATION:
            return go_on_to_court(matter, complaint, since=matter.moment.now)
        case ComplaintDecision.SENT_BACK:
            return _consider_anew(matter, complaint.body)
        case _:
            assert_never(decision)


def _consider_anew(matter: Matter, body: PartyId) -> Decision:
    """Art. 100(1): the body decides once more, in a term of its own; its new act may be contested anew."""
    term = matter.begin(CONSIDERATION, body)
    handed = hand_over(matter, body, term)
    return follow(handed, notify(matter, NotifiedStep.HANDED_OVER, term=term, body=matter.name_of(body)))


def _notified(
    matter: Matter, arrival: MessageArrived, decided: DecideComplaint, after: Decision | None
) -> OutgoingIntent:
    right = after if decided.decision in _FAVOURABLE else None
    return notify(
        matter, NotifiedStep.COMPLAINT_DECIDED, *(("mayDisagree",) if right else ()), right=right,
        documents=decided.documents, reviewer=matter.name_of(arrival.sender),
        decision=member_text(decided.decision), act=same(decided.act_number), day=day_text(decided.act_date),
    )  # fmt: skip


def _tell_body(matter: Matter, complaint: Complaint, decided: DecideComplaint) -> OutgoingIntent:
    """Art. 100(4): the body gets to know the decision."""
    words = {
        "number": same(matter.appeal.appeal_number),
        "decision": member_text(decided.decision),
        "act": same(decided.act_number),
        "day": day_text(decided.act_date),
    }
    text = fill(body_sentences()[BodyNotice.COMPLAINT_DECIDED.value], words)
    number, now = matter.appeal.appeal_number, matter.moment.now
    notice = NotifyBody(number, BodyNotice.COMPLAINT_DECIDED, complaint.body, now, text, None)
    return OutgoingIntent(complaint.body, notice)


def _copy_for(
    matter: Matter, arrival: MessageArrived, complaint: Complaint, decided: DecideComplaint
) -> OutgoingIntent | None:
    """Art. 100(4): and a copy of it, where the higher body gave one."""
    if not decided.documents:
        return None
    copy = ForwardDocuments(matter.appeal.appeal_number, decided.text, decided.documents)
    return OutgoingIntent(complaint.body, copy, arrival.message_id)


_FAVOURABLE: Final = frozenset(
    {ComplaintDecision.CANCELLED, ComplaintDecision.CANCELLED_WITH_NEW_ACT, ComplaintDecision.ACTION_DONE}
)


def _reviewer(way: Way) -> PartyId:
    if way.road.to is None:
        raise ValueError("a road to the higher body names it")
    return way.road.to
