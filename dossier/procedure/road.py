"""Where a disagreement goes and until when (Art. 91, 92, 131, 136). One function: the next road is one more branch."""

from __future__ import annotations

from datetime import date

from contracts.codes import Code
from contracts.payloads import ClaimKind, Road, RoadKind
from dossier.history import TermState
from dossier.procedure.calendar import Calendar, local_date
from dossier.procedure.decision import Refusal
from dossier.procedure.matter import Matter
from dossier.procedure.rules import Rules, Unit
from dossier.procedure.terms import due_day


def road(matter: Matter, claim: ClaimKind) -> Road | Refusal:
    """The lawful road for a disagreement pressed now; a late claim is still taken, restoring is for the court.

    The road to the higher body (Art. 91(4)) is not served yet: where it must be gone first, the refusal says so.
    """
    pretrial = matter.law.rules.pretrial_for(matter.registered.subject)
    if pretrial.required:
        detail = f"{pretrial.article}: {pretrial.reason.en}; file it with the body that decided (АППК 91(4), 92(1))"
        return Refusal(Code.COMPLAINT_FIRST, detail)
    rules, calendar = matter.law.rules, matter.law.calendar
    since = knowledge_day(matter)
    return Road(RoadKind.COURT, pretrial.article, claim_until(claim, since, rules, calendar), pretrial.reason)


def knowledge_day(matter: Matter) -> date:
    """The local day from which a claim may be brought: of the last act, or of the last missed term (Art. 91(2))."""
    acts = [body.concluded_at for body in matter.appeal.bodies.values() if body.concluded_at]
    silences = [
        term.opened.due_at
        for term in matter.appeal.terms.values()
        if term.state is TermState.BREACHED or (term.is_open and matter.is_overdue(term.opened))
    ]
    return max((local_date(instant) for instant in (*acts, *silences)), default=local_date(matter.moment.now))


def claim_until(claim: ClaimKind, since: date, rules: Rules, calendar: Calendar) -> date | None:
    """Art. 136: the last day for this kind of claim; None where the rules count it in seconds."""
    duty = rules.duty(f"claim_{claim.value}", since)
    return None if duty.unit is Unit.SECONDS else due_day(duty, since, calendar)
