"""Dossiers are ordered: the claim, the supplements, what the applicant answers to the court."""

from __future__ import annotations

from contracts.party import PartyId
from contracts.payloads import ClaimKind, FilingPurpose
from dossier.case.appeal import Appeal
from dossier.case.court_file import FIRST
from dossier.case.events import DossierOrdered
from dossier.procedure.decision import AssemblyOrder, Decision
from dossier.procedure.matter import Matter, follow


def order(number: int, court: PartyId, claim: ClaimKind, purpose: FilingPurpose) -> Decision:
    """The dossier ``number`` is due; the collector assembles it."""
    return follow(DossierOrdered(number, court, purpose), Decision(assembly=AssemblyOrder(number, court, claim)))


def next_number(appeal: Appeal) -> int:
    """Behind every dossier ordered, and every one that is still collected for."""
    taken = {*appeal.dossiers, *(demand.dossier_no for demand in appeal.demands.values())}
    return max(taken, default=0) + 1


def order_for_news(matter: Matter) -> Decision | None:
    """What comes after a dossier was filed goes to the court as a supplement, one at a time.

    While another dossier is ordered or collected for, the news wait for it: it will hold them.
    """
    appeal = matter.appeal
    first = appeal.dossiers.get(FIRST)
    if first is None or first.filed is None or is_busy(appeal) or appeal.withdrawn:
        return None
    return supplement(matter, FilingPurpose.SUPPLEMENT)


def supplement(matter: Matter, purpose: FilingPurpose) -> Decision | None:
    """One more dossier for the court that has the first. None: there is no first one, or no disagreement."""
    first, pressed = matter.appeal.dossiers.get(FIRST), matter.appeal.disagreement
    if first is None or pressed is None:
        return None
    return order(next_number(matter.appeal), first.court, pressed.claim, purpose)


def is_busy(appeal: Appeal) -> bool:
    """Whether a dossier is ordered and not filed, or collected for and not ordered."""
    unfiled = any(dossier.filed is None for dossier in appeal.dossiers.values())
    return unfiled or any(demand.dossier_no not in appeal.dossiers for demand in appeal.demands.values())
