"""The hearing (Art. 73): the preliminary decision is told in time, and may be objected to before the act."""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import DocumentRef, HearingScheduled, NotifiedStep
from dossier.case.duties import HEARING_NOTICE, HEARING_OBJECTION
from dossier.case.events import HearingAnnounced
from dossier.procedure.closing import breach, lapse
from dossier.procedure.decision import Decision
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify
from dossier.procedure.wording import member_text, moment_text, same


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
