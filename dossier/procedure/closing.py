"""How terms end other than by the clock: the duty is done, or it falls away."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.payloads import NotifiedStep
from dossier.events import TermBreached, TermLapsed, TermMet, TermOpened
from dossier.history import Term
from dossier.procedure.decision import Decision
from dossier.procedure.matter import CONSIDERATION, Matter, follow
from dossier.procedure.notices import tell


def meet(matter: Matter, terms: Iterable[Term]) -> Decision:
    """The duty is done; late when its instant has passed, even if the clock has not fired yet."""
    return follow(*(TermMet(term.opened.term_id, late=matter.is_overdue(term.opened)) for term in terms))


def lapse(matter: Matter, terms: Iterable[Term], reason: str) -> Decision:
    """The duty falls away, unless its instant has passed: a term missed is never washed away by what came after."""
    return follow(
        *(
            breach(matter, term.opened)
            if matter.is_overdue(term.opened) and term.opened.duty == CONSIDERATION
            else TermLapsed(term.opened.term_id, reason)
            for term in terms
        )
    )


def breach(matter: Matter, term: TermOpened) -> Decision:
    """Art. 91(2): no act in time is a refusal, and the applicant is told what may be done about it."""
    notice = tell(matter, NotifiedStep.TERM_BREACHED, "mayDisagree", term=term, body=matter.name_of(term.party))
    return follow(TermBreached(term.term_id, term.party), notice)
