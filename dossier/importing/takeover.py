"""From now on the case goes its way here: its bodies get the appeal, and the applicant is told where it is kept."""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import AssignAppeal, NotifiedStep, RegisterAppeal
from dossier.case.duties import CONSIDERATION
from dossier.importing.replay import Replayed
from dossier.procedure.contested import contested
from dossier.procedure.decision import CaseFile, Moment, OutgoingIntent
from dossier.procedure.law import Law
from dossier.procedure.matter import Matter
from dossier.procedure.notices.applicant import notify
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import same


def take_over(replayed: Replayed, registered: RegisterAppeal, moment: Moment, law: Law) -> tuple[OutgoingIntent, ...]:
    """What is sent at the moment of import; nothing where nothing is owed by anybody any more."""
    case = CaseFile(replayed.events[0].conversation_id, replayed.events, registered)
    matter = Matter.of(case, registered, replayed.events, moment, law)
    appeal = matter.appeal
    is_over = not appeal.considering and not any(term.is_open for term in appeal.terms.values())
    if appeal.imported is None or is_over:
        return ()
    may_disagree = contested(matter, None) is not None and appeal.case_stage is None and not appeal.withdrawn
    further = ("mayDisagree",) if may_disagree else ()
    notice = notify(matter, NotifiedStep.REGISTERED, *further, sentence="imported", source=same(appeal.imported.source))
    return (*(one for body in appeal.considering if (one := _assign(matter, body)) is not None), notice)


def _assign(matter: Matter, body: PartyId) -> OutgoingIntent | None:
    """The body has the appeal already, in the other system; here it gets the conversation in which it reports."""
    own = (term.opened for term in matter.appeal.terms.values() if term.opened.party == body)
    last = [term for term in own if term.duty == CONSIDERATION][-1:]
    if not last:
        return None
    appeal = matter.appeal
    assignment = AssignAppeal(appeal.appeal_number, appeal.registered_on, matter.registered, notice_of(last[0]))
    return OutgoingIntent(body, assignment, appeal.registration)
