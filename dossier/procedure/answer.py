"""A body answers the appeal (Art. 76, 77–80)."""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import NotifiedStep, Reply
from dossier.events import Replied, TermOpened
from dossier.history import BodyRecord, BodyStage
from dossier.procedure.closing import meet
from dossier.procedure.decision import Decision, MessageArrived, OutgoingIntent, Refusal
from dossier.procedure.matter import CONSIDERATION, Matter, follow, wrong_state
from dossier.procedure.notices import tell
from dossier.procedure.wording import day_text, member_text, same


def answer(matter: Matter, arrival: MessageArrived, reply: Reply) -> Decision | Refusal:
    """The act in the case. A late one is taken too, also after the disagreement: the court shall see it."""
    record = matter.appeal.bodies[arrival.sender]
    if matter.appeal.withdrawn or record.stage is not BodyStage.CONSIDERING:
        return wrong_state(matter, _what_is_possible(matter, record))
    fact = Replied(
        body=arrival.sender,
        decision=reply.decision,
        act_number=reply.act_number,
        act_date=reply.act_date,
        states_appeal_road=bool(reply.appeal_body and reply.appeal_until),
    )
    return follow(
        fact,
        meet(matter, matter.appeal.open_terms(CONSIDERATION, arrival.sender)),
        _notice(matter, arrival, reply),
    )


def _notice(matter: Matter, arrival: MessageArrived, reply: Reply) -> OutgoingIntent:
    missed = _missed_term(matter, arrival.sender)
    return tell(
        matter, NotifiedStep.REPLIED,
        *(("late",) if missed else ()), *(() if matter.appeal.disagreement else ("mayDisagree",)),
        term=missed, documents=reply.documents,
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
    match record.stage:
        case BodyStage.REDIRECTED:
            return "you have redirected it as a whole; its answer is the new body's"
        case BodyStage.TERMINATED:
            return "you have terminated the procedure; a new decision needs a new procedure"
        case _:
            return f"you have answered it by act {record.replies[-1].act_number}; send materials when asked for them"
