"""How terms end other than by the clock: the duty is done, or it falls away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from contracts.party import PartyId
from contracts.payloads import BodyNotice, NotifiedStep
from dossier.case.appeal import Term
from dossier.case.duties import (
    CONSIDERATION,
    CURE,
    CURE_WAIT,
    EXTENSION_NOTICE,
    FORWARD_COMPLAINT,
    HEARING_NOTICE,
    HEARING_OBJECTION,
    REVIEW,
)
from dossier.case.events import TermBreached, TermLapsed, TermMet, TermOpened
from dossier.case.narration import term_wording
from dossier.procedure.decision import Decision
from dossier.procedure.law.rules import Consequence
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify
from dossier.procedure.notices.bodies import warn_with_higher
from dossier.procedure.wording import due_text, same

_SENTENCES: Final = {
    CURE_WAIT: ("returnedTooEarly",),
    CONSIDERATION: ("termBreached", "mayDisagree"),
    FORWARD_COMPLAINT: ("complaintNotForwarded",),
    REVIEW: ("reviewSilent",),
}
"""What the applicant reads of a breach, by duty; of every other duty, that it was not done."""


def meet(matter: Matter, terms: Iterable[Term]) -> Decision:
    """The duty is done; late when its instant has passed, even if the clock has not fired yet."""
    return follow(*(TermMet(term.opened.term_id, late=matter.is_overdue(term.opened)) for term in terms))


def lapse(matter: Matter, terms: Iterable[Term], reason: str) -> Decision:
    """The duty falls away, unless its instant has passed: a term missed is never washed away by what came after."""
    return follow(
        *(
            breach(matter, term.opened) if _is_missed(matter, term) else TermLapsed(term.opened.term_id, reason)
            for term in terms
        )
    )


def end_for_court(matter: Matter, body: PartyId) -> Decision:
    """The case over ``body`` is the court's: its own term to decide ends, and so does any that was missed.

    Another body that is within its term goes on with its part (Art. 65(2)); its answer reaches the court as well.
    """
    running = matter.appeal.open_terms(CONSIDERATION)
    over = [term for term in running if term.opened.party == body or matter.is_overdue(term.opened)]
    return lapse(matter, over, "disagreed")


def own_terms(matter: Matter, body: PartyId) -> list[Term]:
    """What runs because ``body`` has the appeal: its own duties, and the rights of the applicant that it gave."""
    duties = [
        term for duty in (CONSIDERATION, HEARING_NOTICE, CURE_WAIT) for term in matter.appeal.open_terms(duty, body)
    ]
    rights = [*matter.appeal.open_terms(HEARING_OBJECTION), *matter.appeal.open_terms(CURE)]
    return duties + [term for term in rights if term.opened.body in (None, body)]


def breach(matter: Matter, term: TermOpened, right: Decision | None = None) -> Decision:
    """Recorded, and told to the applicant, to the body and to its higher body, the moment it is known.

    ``right``: what opens the applicant's right to contest it, told with its last day.
    """
    sentence, *further = _SENTENCES.get(term.duty, ("dutyBreached",))
    window = _still_reported_until(matter, term)
    notice = notify(
        matter, NotifiedStep.TERM_BREACHED, *further, *(("mayStillBeExtended",) if window else ()),
        sentence=sentence, term=term, right=right, body=matter.name_of(term.party), duty=term_wording(term),
        window=due_text(window) if window else same(""),
    )  # fmt: skip
    warnings = warn_with_higher(matter, BodyNotice.TERM_BREACHED, term)
    return follow(TermBreached(term.term_id, term.party), notice, warnings)


def _still_reported_until(matter: Matter, term: TermOpened) -> TermOpened | None:
    """Art. 76(3): decided on the last day of the term, an extension may be told for three working days more."""
    if term.duty != CONSIDERATION or not matter.is_first_term(term) or not matter.may_be_extended(term):
        return None
    window = matter.preview(EXTENSION_NOTICE, term.party, term.due_at)
    return None if matter.is_overdue(window) else window


def judge_openly(matter: Matter, duty: str, body: PartyId, began: datetime) -> Decision:
    """A duty that is done now; late, it is a breach of its own: told to the applicant, the body and its higher body."""
    judged = matter.judge(duty, body, began)
    term = next(fact for fact in judged.facts if isinstance(fact, TermOpened))
    if not matter.is_overdue(term):
        return judged
    notice = notify(
        matter, NotifiedStep.TERM_BREACHED,
        sentence="dutyDoneLate", term=term, body=matter.name_of(body), duty=term_wording(term),
    )  # fmt: skip
    return follow(judged, notice, warn_with_higher(matter, BodyNotice.TERM_BREACHED, term, sentence="termDoneLate"))


def _is_missed(matter: Matter, term: Term) -> bool:
    """Only duties of a decision: a demand that falls away is no silence, and a right unused is no breach."""
    consequence = matter.law.rules.consequence_of(term.opened.duty)
    return consequence is Consequence.BREACH and matter.is_overdue(term.opened)
