"""A body answers the appeal (Art. 76, 77–80)."""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import DecisionKind, NotifiedStep, Reply
from dossier.case.appeal import BodyRecord, BodyStage, ComplaintStage
from dossier.case.court_file import with_reply
from dossier.case.duties import CONSIDERATION
from dossier.case.events import Replied, ReplyResembled, TermOpened
from dossier.procedure.closing import meet
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.rights import open_right
from dossier.procedure.steps.collection import close_answered
from dossier.procedure.steps.complaint import satisfy
from dossier.procedure.steps.hearing import exception_text, hearing_sentences, hurry, omitted_hearing
from dossier.procedure.wording import day_text, member_text, same


def answer(matter: Matter, arrival: MessageArrived, reply: Reply) -> Decision | DecisionRefusal:
    """The act in the case. A late one is taken too, also after the disagreement: the court shall see it."""
    body, record = arrival.sender, matter.appeal.bodies[arrival.sender]
    satisfies = _satisfies_complaint(matter, body, reply)
    if matter.appeal.withdrawn or not (satisfies or record.stage in _OPEN):
        return wrong_state(matter, _what_is_possible(matter, record))
    fact = Replied(
        body=arrival.sender,
        decision=reply.decision,
        act_number=reply.act_number,
        act_date=reply.act_date,
        states_appeal_road=bool(reply.appeal_body and reply.appeal_until),
    )
    right = satisfy(matter, fact) if satisfies else _right_after(matter, body, reply, fact)
    return follow(
        fact,
        omitted_hearing(matter, body, reply),
        _resembled(matter, body),
        meet(matter, matter.appeal.open_terms(CONSIDERATION, body)),
        hurry(matter, body, favourable=reply.decision is DecisionKind.SATISFIED),
        _notice(matter, arrival, reply, right),
        right,
        close_answered(matter, with_reply(matter.appeal, body), body) if matter.appeal.is_for_court else None,
    )


_OPEN = (BodyStage.CONSIDERING, BodyStage.CONTESTED)


def _satisfies_complaint(matter: Matter, body: PartyId, reply: Reply) -> bool:
    """Art. 91(4): in its three working days the body complained of may satisfy the complaint in full."""
    pending = matter.appeal.pending_complaint(body)
    lodged = pending is not None and pending.stage is ComplaintStage.LODGED
    return lodged and reply.decision is DecisionKind.SATISFIED


def _right_after(matter: Matter, body: PartyId, reply: Reply, fact: Replied) -> Decision | None:
    """From the act on, the applicant may contest it; who got what was asked for is not reminded of it."""
    if reply.decision is DecisionKind.SATISFIED or matter.appeal.pending_complaint(body):
        return None
    return open_right(matter, body, advised=fact.states_appeal_road)


def _resembled(matter: Matter, body: PartyId) -> ReplyResembled | None:
    alike = matter.file.resembling
    return ReplyResembled(body, alike.count, alike.appeal_numbers) if alike and alike.count else None


def _notice(matter: Matter, arrival: MessageArrived, reply: Reply, right: Decision | None) -> OutgoingIntent:
    missed = _missed_term(matter, arrival.sender)
    return notify(
        matter, NotifiedStep.REPLIED,
        *(("late",) if missed else ()),
        *hearing_sentences(matter, arrival.sender, reply),
        *(("doesClaimStand",) if _is_satisfied_late(matter, arrival.sender, reply) else ()),
        *(() if matter.appeal.disagreement_over(arrival.sender) else ("mayDisagree",)),
        term=missed, documents=reply.documents, right=right,
        body=matter.name_of(arrival.sender), decision=member_text(reply.decision),
        act=same(reply.act_number), day=day_text(reply.act_date), exception=exception_text(reply.hearing_exception),
    )  # fmt: skip


def _is_satisfied_late(matter: Matter, body: PartyId, reply: Reply) -> bool:
    """Everything is given after «Не согласен»: whether the claim stands is for the applicant (Art. 142(1))."""
    pressed = matter.appeal.disagreement_over(body)
    return (
        pressed is not None
        and reply.decision is DecisionKind.SATISFIED
        and not _satisfies_complaint(matter, body, reply)
    )


def _missed_term(matter: Matter, body: PartyId) -> TermOpened | None:
    """The body's last term for a decision, if this answer comes after it."""
    own = (term.opened for term in matter.appeal.terms.values() if term.opened.party == body)
    last = [term for term in own if term.duty == CONSIDERATION][-1:]
    return last[0] if last and matter.is_overdue(last[0]) else None


def _what_is_possible(matter: Matter, record: BodyRecord) -> str:
    if matter.appeal.withdrawn:
        return "nothing further is due from you"
    if matter.appeal.pending_complaint(record.party):
        return "a complaint about it is pending: satisfy it in full, or send the file by SubmitMaterials (АППК 91(4))"
    match record.stage:
        case BodyStage.RETURNED:
            return "you have returned it; a new decision needs a new procedure"
        case BodyStage.REDIRECTED:
            return "you have redirected it as a whole; its answer is the new body's"
        case BodyStage.TERMINATED:
            return "you have terminated the procedure; a new decision needs a new procedure"
        case _:
            return f"you have answered it by act {record.replies[-1].act_number}; send materials when asked for them"
