"""Steps of a body's procedure: registered, redirected, extended, hearing, terminated (Art. 64, 65, 70, 73, 76)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, assert_never

from contracts.party import PartyId
from contracts.payloads import (
    DefectsNamed,
    DocumentRef,
    Extended,
    ForwardDocuments,
    HearingScheduled,
    NotifiedStep,
    Redirected,
    Registered,
    ReportProgress,
    Returned,
    Terminated,
)
from dossier.case.appeal import Term, TermState
from dossier.case.duties import CONSIDERATION, EXTENSION_NOTICE
from dossier.case.events import AppealRedirected, BodyRegistered, ProcedureTerminated, TermExtended, TermLapsed
from dossier.case.history import EXTENDED
from dossier.procedure.closing import judge_openly, lapse, meet, own_terms
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.law.calendar import local_date
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.rights import open_right, rights_over
from dossier.procedure.steps.defects import give_back, name_defects
from dossier.procedure.steps.hearing import announce
from dossier.procedure.steps.registration import hand_over
from dossier.procedure.terms import latest_extension
from dossier.procedure.wording import same

REDIRECT: Final = "redirect"


def progress(  # noqa: PLR0911 - one line per step
    matter: Matter, arrival: MessageArrived, report: ReportProgress
) -> Decision | DecisionRefusal:
    """One step of a body that considers the appeal; the others have nothing left to report."""
    body, step = arrival.sender, report.step
    if body not in matter.appeal.considering:
        return wrong_state(matter, "your procedure on it has ended; Reply and SubmitMaterials follow their own rules")
    match step:
        case Registered():
            return _registered(matter, body, step)
        case Redirected():
            return _redirected(matter, arrival, step, report.documents)
        case Extended():
            return _extended(matter, body, step)
        case HearingScheduled():
            return announce(matter, body, step, report.documents)
        case DefectsNamed():
            return name_defects(matter, body, step, report.documents)
        case Returned():
            return give_back(matter, body, step, report.documents)
        case Terminated():
            return _terminated(matter, body, step, report.documents)
        case _:
            assert_never(step)


def _registered(matter: Matter, body: PartyId, step: Registered) -> Decision | DecisionRefusal:
    known = matter.appeal.bodies[body].number
    if known is not None:
        return wrong_state(matter, f"you have registered it under {known}; a number is given once")
    notice = notify(matter, NotifiedStep.BODY_REGISTERED, body=matter.name_of(body), body_number=same(step.number))
    return follow(BodyRegistered(body, step.number), notice)


def _redirected(
    matter: Matter, arrival: MessageArrived, step: Redirected, documents: tuple[DocumentRef, ...]
) -> Decision | DecisionRefusal:
    """Art. 65: the whole leaves the old body, a part leaves both at work; a new procedure starts there (65(3))."""
    body = arrival.sender
    if step.to in _not_for(matter):
        return wrong_state(matter, f"it cannot be redirected to {step.to}, only to a body that has not got it")
    term = matter.begin_on_receipt(CONSIDERATION, step.to)
    whole = NotifiedStep.REDIRECTED.value if step.whole else "redirectedInPart"
    return follow(
        AppealRedirected(body, step.to, step.whole),
        judge_openly(matter, REDIRECT, body, matter.appeal.bodies[body].assigned_at or matter.moment.now),
        lapse(matter, own_terms(matter, body), "redirected") if step.whole else None,
        hand_over(matter, step.to, term),
        _forward(matter, arrival, step.to, (*matter.added, *documents)),
        notify(
            matter, NotifiedStep.REDIRECTED, sentence=whole, term=term, documents=documents,
            body=matter.name_of(body), to=matter.name_of(step.to),
        ),
    )  # fmt: skip


def _not_for(matter: Matter) -> set[PartyId | None]:
    """Who an appeal cannot be redirected to. That the rest are agencies is for the registry to say."""
    moment = matter.moment
    return {moment.exchange, matter.appeal.platform, moment.competence.court, *matter.appeal.considering}


def _forward(
    matter: Matter, arrival: MessageArrived, to: PartyId, documents: tuple[DocumentRef, ...]
) -> OutgoingIntent | None:
    if not documents:
        return None
    return OutgoingIntent(to, ForwardDocuments(matter.appeal.appeal_number, "", documents), arrival.message_id)


def _extended(matter: Matter, body: PartyId, step: Extended) -> Decision | DecisionRefusal:
    """Art. 76(3). An extension that the article does not cover is refused: it would silence the clock unlawfully.

    One decided within the term holds also when its report comes after the end, within the three days to tell of it:
    what was read as a breach then is taken back, and so is the right to contest it.
    """
    running = _last_consideration(matter, body)
    if running is None:
        return wrong_state(matter, "it has no term that could be extended; Reply is possible")
    if too_late := _why_too_late(matter, running, step):
        return wrong_state(matter, too_late)
    if not matter.may_be_extended(running.opened):
        return wrong_state(matter, "the law that sets this term does not let you extend it; Reply by its end")
    if problem := _why_not_until(matter, running, step):
        return wrong_state(matter, problem)
    term = matter.extend(CONSIDERATION, body, step.until)
    return follow(
        TermLapsed(running.opened.term_id, EXTENDED),
        lapse(matter, rights_over(matter, body), "taken_back"),
        TermExtended(body, step.until),
        term,
        judge_openly(matter, EXTENSION_NOTICE, body, _decided_at(matter, running, step)),
        notify(
            matter, NotifiedStep.EXTENDED, *(() if running.is_open else ("refusalTakenBack",)),
            term=term, body=matter.name_of(body), reason=same(step.reason),
        ),
    )  # fmt: skip


def _last_consideration(matter: Matter, body: PartyId) -> Term | None:
    """The term that runs, or the one that was missed last."""
    own = [
        term for term in matter.appeal.terms.values() if term.opened.party == body and term.opened.duty == CONSIDERATION
    ]
    return own[-1] if own and own[-1].state in (TermState.OPEN, TermState.BREACHED) else None


def _why_too_late(matter: Matter, running: Term, step: Extended) -> str:
    if not matter.is_overdue(running.opened):
        return ""
    if step.at > running.opened.due_at:
        return "its term had ended when the extension was decided, and can no longer be extended; Reply is possible"
    window = matter.preview(EXTENSION_NOTICE, running.opened.party, step.at)
    if matter.is_overdue(window) and matter.law.rules.follows("extension_reported_late", "falls"):
        return f"it was to be told by {window.due_on}; the term is over, and a refusal was told (АППК 76(3), 91(2))"
    return ""


def _why_not_until(matter: Matter, running: Term, step: Extended) -> str | None:
    latest = latest_extension(_first_decided_on(matter, running, step), matter.law.rules, matter.law.calendar)
    if step.until < running.opened.due_on:
        return f"an extension until {step.until} ends before the term itself, {running.opened.due_on}"
    if step.until > latest:
        return f"Art. 76(3) allows an extension until {latest} at most; report one that ends by then"
    return None


def _first_decided_on(matter: Matter, running: Term, step: Extended) -> date:
    """Whence the two months count: the first extension, so that a chain of them reaches no further than one.

    The decision's own date counts, but not before the term began and not after it was reported.
    """
    decided_at = _decided_at(matter, running, step)
    earlier = [
        term.closed_at
        for term in matter.appeal.terms.values()
        if term.state is TermState.EXTENDED and term.opened.party == running.opened.party and term.closed_at
    ]
    first = matter.law.rules.follows("extension_limit", "first_decision")
    return local_date(min([decided_at, *(earlier if first else ())]))


def _decided_at(matter: Matter, running: Term, step: Extended) -> datetime:
    """When the extension was decided, as far as that can be: within the term, and not after it was reported."""
    return min(max(step.at, running.opened.started_at), matter.moment.now)


def _terminated(matter: Matter, body: PartyId, step: Terminated, documents: tuple[DocumentRef, ...]) -> Decision:
    """Art. 70: the procedure ends without a decision, which may be contested like one."""
    right = open_right(matter, body, advised=False)
    notice = notify(
        matter, NotifiedStep.TERMINATED, "mayDisagree", documents=documents, right=right,
        body=matter.name_of(body), reason=same(step.ground),
    )  # fmt: skip
    return follow(
        ProcedureTerminated(body),
        meet(matter, matter.appeal.open_terms(CONSIDERATION, body)),
        lapse(matter, [term for term in own_terms(matter, body) if term.opened.duty != CONSIDERATION], "concluded"),
        notice,
        right,
    )
