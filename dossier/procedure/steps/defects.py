"""Defects of an appeal (Art. 64(6), 64(7)): named with a term to cure them, else the appeal may be returned."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.party import PartyId
from contracts.payloads import DefectsNamed as DefectsReport
from contracts.payloads import DocumentRef, NotifiedStep, ReturnBasis, Returned
from dossier.case.appeal import TermState
from dossier.case.duties import CURE, CURE_WAIT
from dossier.case.events import AppealReturned, DefectsNamed
from dossier.procedure.closing import breach, judge_openly, lapse, own_terms
from dossier.procedure.decision import Decision, DecisionRefusal
from dossier.procedure.law.calendar import local_date
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.rights import open_right
from dossier.procedure.terms import starting_instant
from dossier.procedure.wording import day_text, same

RETURN: Final = "return"


def name_defects(
    matter: Matter, body: PartyId, step: DefectsReport, documents: tuple[DocumentRef, ...]
) -> Decision | DecisionRefusal:
    """Art. 64(6): the applicant hears what is lacking and has until the day that the body sets; AddDocuments cures."""
    today = local_date(matter.moment.now)
    if step.until <= today:
        return wrong_state(matter, f"a term to cure until {step.until} leaves no day; today is {today} (АППК 64(6))")
    term = matter.grant(CURE, body, until=step.until)
    notice = notify(
        matter, NotifiedStep.DEFECTS_NAMED, term=term, documents=documents,
        body=matter.name_of(body), defects=same("; ".join(step.defects)), day=day_text(step.until),
    )  # fmt: skip
    return follow(DefectsNamed(body, step.until), term, matter.begin(CURE_WAIT, body, until=step.until), notice)


def give_back(matter: Matter, body: PartyId, step: Returned, documents: tuple[DocumentRef, ...]) -> Decision:
    """Art. 64(7): in three working days after the term to cure, or after registration; may be contested like an act.

    Before the term to cure is over it is a breach, save for the two cases of 64(7)2, which know no defects.
    """
    right = open_right(matter, body, advised=False)
    early = (
        []
        if step.basis in _AT_ONCE
        else [term for term in matter.appeal.open_terms(CURE_WAIT, body) if not matter.is_overdue(term.opened)]
    )
    never_named = step.basis is ReturnBasis.NOT_CURED and not _had_defects(matter, body)
    notice = notify(
        matter, NotifiedStep.RETURNED,
        *(("defectsNeverNamed",) if never_named else ()), "mayApplyAgain", "mayDisagree",
        documents=documents, right=right, body=matter.name_of(body), reason=same(step.ground),
    )  # fmt: skip
    return follow(
        AppealReturned(body, step.basis),
        *(breach(matter, term.opened) for term in early),
        judge_openly(matter, RETURN, body, _may_be_returned_since(matter, body)),
        lapse(matter, [term for term in own_terms(matter, body) if term not in early], "returned"),
        notice,
        right,
    )


_AT_ONCE: Final = frozenset({ReturnBasis.REPEAT, ReturnBasis.ABUSIVE})
"""Art. 64(7)2."""


def _had_defects(matter: Matter, body: PartyId) -> bool:
    return any(term.opened.duty == CURE and term.opened.body in (None, body) for term in matter.appeal.terms.values())


def _may_be_returned_since(matter: Matter, body: PartyId) -> datetime:
    """The end of the last term to cure that was let pass; without one, the registration with the body."""
    passed = [
        term.opened.due_at
        for term in matter.appeal.terms.values()
        if term.opened.duty == CURE
        and term.opened.body in (None, body)
        and (term.state is TermState.LAPSED or matter.is_overdue(term.opened))
    ]
    received = matter.appeal.bodies[body].assigned_at or matter.moment.now
    return max(passed, default=starting_instant(RETURN, received, matter.law.rules, matter.law.calendar))
