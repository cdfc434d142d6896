"""A complaint that was decided in another system: the road before the court has been gone, and need not be again.

It is not played through the procedure: that would go on to the court by itself, and nobody pressed the button here.
"""

from __future__ import annotations

from typing import Final

from contracts.party import PartyId
from contracts.payloads import ClaimKind, ComplaintDecision, RoadKind
from dossier.case import events as e
from dossier.case.duties import CONSIDERATION
from dossier.importing.record import ComplaintLodged, ComplaintOver
from dossier.procedure.closing import meet
from dossier.procedure.decision import Decision
from dossier.procedure.matter import Matter, authenticated, follow
from dossier.procedure.rights import COMPLAINT, COMPLAINT_UNADVISED, open_right, open_rights
from dossier.procedure.steps.registration import hand_over

_ARTICLE: Final = "АППК 91(4)"


def complaint_facts(matter: Matter, fact: ComplaintLodged | ComplaintOver, by: PartyId) -> tuple[e.Fact, ...]:
    """``by``: for a decision the higher body. The facts alone: what would have been sent then is past."""
    return (_lodged(matter, fact) if isinstance(fact, ComplaintLodged) else _over(matter, fact, by)).facts


def _lodged(matter: Matter, fact: ComplaintLodged) -> Decision:
    used = [term for term in open_rights(matter) if term.opened.duty in (COMPLAINT, COMPLAINT_UNADVISED)]
    return follow(
        e.Disagreed(ClaimKind.CONTEST, authenticated(None), fact.body),
        e.RoadTaken(RoadKind.HIGHER_BODY, _ARTICLE, None, body=fact.body, reviewer=fact.reviewer),
        meet(matter, used),
    )


def _over(matter: Matter, fact: ComplaintOver, reviewer: PartyId) -> Decision:
    """Sent back, the body considers anew; else the applicant may go to court from that day (Art. 136)."""
    decided = e.ComplaintDecided(reviewer, fact.body, fact.decision, fact.act_number, fact.act_date)
    if fact.decision is ComplaintDecision.SENT_BACK:
        return follow(decided, hand_over(matter, fact.body, matter.begin(CONSIDERATION, fact.body)))
    return follow(decided, open_right(matter, fact.body, exhausted=True))
