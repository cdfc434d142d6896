"""A body answers the appeal (Art. 76, 77–80)."""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import DecisionKind, DocumentRef, HearingScheduled, NotifiedStep, Reply
from dossier.case.appeal import BodyRecord, BodyStage, ComplaintStage
from dossier.case.duties import CONSIDERATION, HEARING_NOTICE, HEARING_OBJECTION
from dossier.case.events import HearingAnnounced, Replied, ReplyResembled, TermOpened
from dossier.procedure.closing import breach, lapse, meet
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import order_for_news
from dossier.procedure.rights import open_right
from dossier.procedure.steps.complaint import satisfy
from dossier.procedure.wording import day_text, member_text, moment_text, same


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
        _resembled(matter, body),
        meet(matter, matter.appeal.open_terms(CONSIDERATION, body)),
        hurry(matter, body, favourable=reply.decision is DecisionKind.SATISFIED),
        _notice(matter, arrival, reply, right),
        right,
        order_for_news(matter) if matter.appeal.is_for_court else None,
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
        *(("late",) if missed else ()), *(() if matter.appeal.disagreement else ("mayDisagree",)),
        term=missed, documents=reply.documents, right=right,
        body=matter.name_of(arrival.sender), decision=member_text(reply.decision),
        act=same(reply.act_number), day=day_text(reply.act_date),
    )  # fmt: skip


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


# --- The hearing (Art. 73): the preliminary decision is told in time, and may be objected to before the act -----------


def announce(matter: Matter, body: PartyId, step: HearingScheduled, documents: tuple[DocumentRef, ...]) -> Decision:
    """Two terms begin: the act may not come before the one of the body is over, the applicant objects in the other."""
    objection = matter.grant(HEARING_OBJECTION, body)
    notice = notify(
        matter, NotifiedStep.HEARING, *(("place",) if step.place else ()), "mayObject",
        term=objection, documents=documents,
        body=matter.name_of(body), place=same(step.place or ""),
        day=moment_text(step.held_at), form=member_text(step.form), reason=same(step.preliminary_decision),
    )  # fmt: skip
    return follow(
        HearingAnnounced(body, step.form, step.held_at), matter.begin(HEARING_NOTICE, body), objection, notice
    )


def hurry(matter: Matter, body: PartyId, *, favourable: bool) -> Decision:
    """An act before the three working days are over: the applicant had no time to be heard.

    A favourable one needs no hearing: what was announced falls away.
    """
    early = [term for term in matter.appeal.open_terms(HEARING_NOTICE, body) if not matter.is_overdue(term.opened)]
    if favourable:
        announced = {term.opened.started_at for term in early}
        objections = [
            term
            for term in matter.appeal.open_terms(HEARING_OBJECTION)
            if term.opened.started_at in announced and term.opened.body in (None, body)
        ]
        return lapse(matter, (*early, *objections), "concluded")
    return follow(*(breach(matter, term.opened) for term in early))
