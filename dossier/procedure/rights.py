"""The applicant's rights that a term bounds: to complain (Art. 92), to go to court (Art. 136), to answer the court."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.party import PartyId
from contracts.payloads import ClaimKind
from dossier.case.appeal import Term
from dossier.case.events import TermOpened
from dossier.procedure.closing import lapse, meet
from dossier.procedure.decision import Decision
from dossier.procedure.law.calendar import local_date
from dossier.procedure.matter import Matter, follow

COMPLAINT: Final = "complaint"
COMPLAINT_UNADVISED: Final = "complaint_unadvised"
"""Where the act does not say how to appeal it, the term is longer (Art. 92(1-1))."""

CONTESTING: Final = frozenset({COMPLAINT, COMPLAINT_UNADVISED, *(f"claim_{kind.value}" for kind in ClaimKind)})
"""Rights to contest an act or a silence; one over each is open."""


def open_right(
    matter: Matter,
    body: PartyId,
    *,
    advised: bool = True,
    silence: bool = False,
    exhausted: bool = False,
    since: datetime | None = None,
) -> Decision:
    """From now, or ``since`` then, the applicant may contest what ``body`` did: an earlier right over it gives way.

    ``advised``: the act says how to appeal it. ``exhausted``: the complaint was decided, the court is next.
    """
    if matter.appeal.withdrawn or matter.appeal.is_for_court:
        return Decision()
    required = matter.pretrial.required
    if required and not exhausted and matter.higher_of(body) is not None:
        duty = complaint_duty(matter, since or matter.moment.now, advised=advised)
    else:
        duty = claim_duty(ClaimKind.COMPEL if silence else ClaimKind.CONTEST)
    return follow(
        lapse(matter, _rights_over(matter, body), "concluded"), matter.begin(duty, matter.appeal.platform, since=since)
    )


def use_right(matter: Matter, duty: str, since: datetime, body: PartyId | None = None) -> Decision:
    """The right is used now; its term is the one that runs, or the one that would have run since ``since``.

    One that is over stays as it ended: the road taken says that it was late. Other rights over the same ``body`` give
    way to it; without one, those over every body.
    """
    own = [term for term in matter.appeal.terms.values() if _is_right(term, duty, since)]
    rivals = open_rights(matter) if body is None else _rights_over(matter, body)
    others = [term for term in rivals if term not in own]
    return follow(
        meet(matter, [term for term in own if term.is_open]),
        None if own else matter.judge(duty, matter.appeal.platform, since),
        lapse(matter, others, "disagreed"),
    )


def complaint_duty(matter: Matter, since: datetime, *, advised: bool) -> str:
    """The key of the term for a complaint; the longer one exists since 2026, what came before has the ordinary one."""
    longer = not advised and matter.law.rules.knows(COMPLAINT_UNADVISED, local_date(since))
    return COMPLAINT_UNADVISED if longer else COMPLAINT


def claim_duty(claim: ClaimKind) -> str:
    """The key of the term for a claim (Art. 136)."""
    return f"claim_{claim.value}"


def open_rights(matter: Matter) -> list[Term]:
    """Rights to contest that run now."""
    return [term for term in matter.appeal.terms.values() if term.is_open and term.opened.duty in CONTESTING]


def _is_right(term: Term, duty: str, since: datetime) -> bool:
    """Whether it is the one over the act or silence of that instant: two bodies at work may each give one."""
    return term.opened.duty == duty and term.opened.started_at == since


def _rights_over(matter: Matter, body: PartyId) -> list[Term]:
    """Rights that began when an act of ``body`` came, when its term ended, or when a complaint about it was decided."""
    appeal = matter.appeal
    record, complaints = appeal.bodies.get(body), [each for each in appeal.complaints if each.body == body]
    deciding = {body, *(complaint.reviewer for complaint in complaints)}
    began = {record.concluded_at if record else None, *(complaint.ended_at for complaint in complaints)}
    began |= {term.opened.due_at for term in appeal.terms.values() if term.opened.party in deciding}
    return [term for term in open_rights(matter) if term.opened.started_at in began]


def term_of(matter: Matter, duty: str, since: datetime) -> TermOpened:
    """The term that a right has, for its last day; it is opened by nobody."""
    running = [term for term in open_rights(matter) if _is_right(term, duty, since)]
    return running[0].opened if running else matter.preview(duty, matter.appeal.platform, since)
