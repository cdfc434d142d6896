"""The clock passes an instant of a term: a reminder, or what a duty not done in time means."""

from __future__ import annotations

from typing import assert_never

from contracts.payloads import BodyNotice, NotifiedStep
from dossier.case import duties
from dossier.case.appeal import Term
from dossier.case.events import TermLapsed, TermMet, TermOpened, TermReminded
from dossier.case.narration import term_wording
from dossier.case.roads import under_review
from dossier.procedure.closing import breach
from dossier.procedure.decision import Decision
from dossier.procedure.law.rules import Consequence
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices.applicant import notify, notify_lapsed
from dossier.procedure.notices.bodies import warn
from dossier.procedure.rights import CONTESTING, follow_knowledge, open_right
from dossier.procedure.steps.collection import record_default
from dossier.procedure.steps.complaint_file import forward
from dossier.procedure.steps.court_road import go_on_to_court

EXPIRED = "expired"
"""``TermLapsed.reason`` of a right that was not used."""


def fall_due(matter: Matter, term_id: str) -> Decision:
    """Nothing follows for a term that has ended meanwhile, or of which no instant has passed by the deciding clock."""
    term = matter.appeal.terms.get(term_id)
    if term is None or not term.is_open:
        return Decision()
    if matter.is_overdue(term.opened):
        return _over(matter, term.opened)
    return _remind(matter, term)


def _over(matter: Matter, term: TermOpened) -> Decision:
    consequence = matter.law.rules.consequence_of(term.duty)
    match consequence:
        case Consequence.BREACH:
            after = _after_breach(matter, term)
            return follow(breach(matter, term, after if term.duty == duties.CONSIDERATION else None), after)
        case Consequence.DEFAULT:
            return record_default(matter, term)
        case Consequence.LAPSE:
            return follow_knowledge(matter, term) or _unused(matter, term)
        case Consequence.FULFIL:
            return follow(TermMet(term.term_id, late=False))
        case _:
            assert_never(consequence)


def _unused(matter: Matter, term: TermOpened) -> Decision:
    """A right that ends is told to whom it was; of a ruling, that its execution was not reported, which is no proof."""
    if term.duty == duties.EXECUTE_RULING:
        notice = notify(
            matter, NotifiedStep.CASE_STEP, sentence="executionNotReported", term=term, body=matter.name_of(term.party)
        )
        return follow(TermLapsed(term.term_id, "not_reported"), notice)
    about_the_end = notify_lapsed(matter, term) if term.duty in CONTESTING else None
    return follow(TermLapsed(term.term_id, EXPIRED), about_the_end)


def _after_breach(matter: Matter, term: TermOpened) -> Decision | None:
    """Art. 91(2), 91(4), 100(5): silence may be contested; a complaint goes on without the file, or to the court."""
    pending = under_review(matter.appeal, term) or matter.appeal.pending_complaint(term.party)
    match term.duty:
        case duties.CONSIDERATION:
            return open_right(matter, term.party, silence=True, since=term.due_at)
        case duties.FORWARD_COMPLAINT if pending is not None:
            return forward(matter, pending, None)
        case duties.REVIEW if pending is not None:
            return go_on_to_court(matter, pending, since=term.due_at)
        case _:
            return None


def _remind(matter: Matter, term: Term) -> Decision:
    opened = term.opened
    if opened.remind_at is None or term.reminded or matter.moment.now < opened.remind_at:
        return Decision()
    if opened.party == matter.appeal.platform:
        notice = notify(matter, NotifiedStep.TERM_NEAR, term=opened, duty=term_wording(opened))
    else:
        notice = warn(matter, opened.party, BodyNotice.TERM_NEAR, opened)
    return follow(TermReminded(opened.term_id), notice)
