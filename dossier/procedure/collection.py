"""Materials come in, or do not; with the last answer or the last silence the dossier is due."""

from __future__ import annotations

from contracts.payloads import NotifiedStep, SubmitMaterials
from dossier.events import DefaultRecorded, DossierOrdered, MaterialsReceived, TermOpened
from dossier.procedure.closing import meet
from dossier.procedure.decision import AssemblyOrder, Decision, MessageArrived, Refusal
from dossier.procedure.matter import MATERIALS, Matter, follow, wrong_state
from dossier.procedure.notices import tell
from dossier.procedure.wording import same

FIRST_DOSSIER = 1


def receive_materials(matter: Matter, arrival: MessageArrived, materials: SubmitMaterials) -> Decision | Refusal:
    """Taken whenever they come: after the dossier was ordered they wait for a supplement."""
    body, demands = arrival.sender, matter.appeal.demands
    if body not in demands:
        return wrong_state(matter, "no materials were asked of you; ProvideMaterials will, when they are needed")
    answered = {demand.body for demand in demands.values() if demand.received is not None} | {body}
    owed = matter.appeal.open_terms(MATERIALS, body)
    return follow(
        MaterialsReceived(body, tuple(ref.document_id for ref in materials.documents)),
        meet(matter, owed),
        tell(
            matter,
            NotifiedStep.MATERIALS_RECEIVED,
            body=matter.name_of(body),
            asked=same(str(len(demands))),
            received=same(str(len(answered))),
        ),
        _order_if_complete(matter, {term.opened.term_id for term in owed}),
    )


def record_default(matter: Matter, term: TermOpened) -> Decision:
    """Silence is recorded as silence; the burden of proof is the court's to place (Art. 129)."""
    notice = tell(matter, NotifiedStep.BODY_SILENT, term=term, body=matter.name_of(term.party))
    return follow(DefaultRecorded(term.term_id, term.party), notice, _order_if_complete(matter, {term.term_id}))


def _order_if_complete(matter: Matter, ended_now: set[str]) -> Decision | None:
    """The dossier is ordered once, when no demand is open any more."""
    awaited = {term.opened.term_id for term in matter.appeal.open_terms(MATERIALS)} - ended_now
    disagreement = matter.appeal.disagreement
    if awaited or matter.appeal.dossiers or disagreement is None or disagreement.road is None:
        return None
    court = disagreement.road.court or matter.moment.competence.court
    if court is None:
        return None
    order = AssemblyOrder(FIRST_DOSSIER, court, disagreement.claim)
    return follow(DossierOrdered(FIRST_DOSSIER, court), Decision(assembly=order))
