"""The applicant's rights that a term bounds: to complain (Art. 92), to go to court (Art. 136), to answer the court."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from contracts.party import PartyId
from contracts.payloads import ClaimKind
from dossier.case.appeal import Term
from dossier.case.events import TermLapsed, TermOpened
from dossier.procedure.closing import lapse, meet
from dossier.procedure.contested import contested
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
    if matter.appeal.withdrawn or matter.appeal.is_at_court_over(body):
        return Decision()
    required = matter.pretrial_over(body).required
    if required and not exhausted and matter.higher_of(body) is not None:
        duty = complaint_duty(matter, since or matter.moment.now, advised=advised)
    else:
        duty = claim_duty(ClaimKind.COMPEL if silence else ClaimKind.CONTEST)
    return follow(lapse(matter, rights_over(matter, body), "concluded"), matter.grant(duty, body, since=since))


def use_right(matter: Matter, duty: str, since: datetime, body: PartyId) -> Decision:
    """The right is used now; its term is the one that runs, or the one that would have run since ``since``.

    One that is over stays as it ended: the road taken says that it was late. Other rights over the same ``body`` give
    way to it; those over other bodies stand (Art. 91(5), 92, 136).
    """
    own = [term for term in matter.appeal.terms.values() if _is_right(term, duty, since, body)]
    others = [term for term in rights_over(matter, body) if term not in own]
    return follow(
        meet(matter, [term for term in own if term.is_open]),
        None if own else matter.judge(duty, matter.appeal.platform, since, body),
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


def _is_right(term: Term, duty: str, since: datetime, body: PartyId) -> bool:
    """Whether it is the one over the act or silence of that instant: two bodies at work may each give one."""
    return (term.opened.duty, term.opened.started_at) == (duty, since) and term.opened.body in (None, body)


def rights_over(matter: Matter, body: PartyId) -> list[Term]:
    """Open rights over what ``body`` did or let pass, or over the decision on a complaint about it."""
    return [term for term in open_rights(matter) if term.opened.body == body]


def follow_knowledge(matter: Matter, term: TermOpened) -> Decision | None:
    """Art. 92, 136: the right whose term is over began too early where its act became known on a later day.

    None: it ended rightly.
    """
    about = contested(matter, term.body) if term.duty in CONTESTING else None
    if about is None:
        return None
    since = about.exhausted_at or about.since
    if since <= term.started_at:
        return None
    anew = matter.begin(term.duty, matter.appeal.platform, since=since)
    if matter.is_overdue(anew):
        return None
    return follow(TermLapsed(term.term_id, "known_later"), replace(anew, body=term.body))


def term_of(matter: Matter, duty: str, since: datetime, body: PartyId) -> TermOpened:
    """The term that a right has, for its last day; it is opened by nobody."""
    running = [term for term in open_rights(matter) if _is_right(term, duty, since, body)]
    return running[0].opened if running else matter.preview(duty, matter.appeal.platform, since)
