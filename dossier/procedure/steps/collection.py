"""Materials are asked for and come in, or do not; with the last answer or the last silence the dossier is due."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.header import MessageId
from contracts.party import PartyId
from contracts.payloads import (
    BodyNotice,
    ClaimKind,
    DocumentKind,
    FilingPurpose,
    NotifiedStep,
    ProvideMaterials,
    SubmitMaterials,
)
from dossier.case.appeal import Appeal, BodyStage, Demand, Term, TermState
from dossier.case.court_file import with_materials
from dossier.case.duties import CONSIDERATION, MATERIALS
from dossier.case.events import DefaultRecorded, MaterialsDemanded, MaterialsReceived, TermOpened
from dossier.procedure.closing import meet
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.notices.bodies import warn_with_higher
from dossier.procedure.ordering import order, order_for_news
from dossier.procedure.steps.complaint_file import take_file
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import same


@dataclass(frozen=True, slots=True)
class Collected:
    """Whom the claim's dossier waits for: nobody, when the bodies have handed over everything before."""

    decision: Decision
    requested: tuple[PartyId, ...]
    term: TermOpened | None


def collect(matter: Matter, court: PartyId, claim: ClaimKind, number: int, *, cause: MessageId | None) -> Collected:
    """Ask every body that touched the appeal, each by a term of its own, for what the dossier ``number`` lacks."""
    owed = {body: items for body in touched(matter.appeal) if (items := items_due(matter, body))}
    terms = {body: matter.begin(MATERIALS, body) for body in owed}
    if not owed:
        return Collected(order(number, court, claim, FilingPurpose.CLAIM), (), None)
    demands = [_demand(matter, body, owed[body], terms[body], number, cause) for body in owed]
    return Collected(follow(*demands), tuple(owed), list(terms.values())[-1])


def touched(appeal: Appeal) -> tuple[PartyId, ...]:
    """Every body that had the appeal or a complaint about it, in order."""
    reviewers = (complaint.reviewer for complaint in appeal.complaints if complaint.stage != "lodged")
    return tuple(dict.fromkeys((*appeal.bodies, *reviewers)))


def items_due(matter: Matter, body: PartyId) -> tuple[DocumentKind, ...]:
    """What the file lacks from this body: its administrative file (Art. 69), and the answer that never came."""
    appeal = matter.appeal
    handed_over, record = appeal.handed_over.get(body, frozenset()), appeal.bodies.get(body)
    file = () if DocumentKind.ADMINISTRATIVE_FILE in handed_over else (DocumentKind.ADMINISTRATIVE_FILE,)
    silent = (
        record is not None and record.stage in _WITHOUT_ANSWER and not record.replies and not _has_time(matter, body)
    )
    return (*file, *((DocumentKind.REPLY, DocumentKind.ACT) if silent else ()))


def _has_time(matter: Matter, body: PartyId) -> bool:
    """Whether its term to decide still runs: then the answer is not owed yet."""
    return any(not matter.is_overdue(term.opened) for term in matter.appeal.open_terms(CONSIDERATION, body))


_WITHOUT_ANSWER = (BodyStage.CONSIDERING, BodyStage.CONTESTED, BodyStage.TERMINATED, BodyStage.RETURNED)


def _demand(
    matter: Matter,
    body: PartyId,
    items: tuple[DocumentKind, ...],
    term: TermOpened,
    number: int,
    cause: MessageId | None,
) -> Decision:
    request = ProvideMaterials(matter.appeal.appeal_number, items, notice_of(term))
    return follow(MaterialsDemanded(body, items, number, term.term_id), term, OutgoingIntent(body, request, cause))


def receive_materials(
    matter: Matter, arrival: MessageArrived, materials: SubmitMaterials
) -> Decision | DecisionRefusal:
    """Taken whenever they come: for the complaint, for the dossier that waits, or for a supplement."""
    body = arrival.sender
    if matter.appeal.withdrawn:
        return wrong_state(matter, "nothing further is due from you")
    with_complaint = take_file(matter, arrival, materials)
    if with_complaint is None and not any(demand.body == body for demand in matter.appeal.demands.values()):
        return wrong_state(matter, "no materials were asked of you; ProvideMaterials will, when they are needed")
    kinds = tuple(dict.fromkeys(ref.kind for ref in materials.documents))
    received = MaterialsReceived(body, tuple(ref.document_id for ref in materials.documents), kinds)
    after = with_materials(matter.appeal, received)
    return follow(
        received,
        with_complaint,
        None if with_complaint else _notified(matter, after, body),
        close_answered(matter, after, body),
    )


def close_answered(matter: Matter, after: Appeal, body: PartyId) -> Decision:
    """Terms of demands that are answered now are met; the dossiers that wait for nobody any more are ordered."""
    met = [term for demand in after.demands.values() if demand.body == body and is_answered(demand)
           for term in terms_of(matter.appeal, demand)]  # fmt: skip
    ended = frozenset(term.opened.term_id for term in met)
    return follow(meet(matter, met), order_complete(matter, after, ended), order_for_news(matter))


def record_default(matter: Matter, term: TermOpened) -> Decision:
    """Silence is recorded as silence; the burden of proof is the court's to place (Art. 129)."""
    notice = notify(matter, NotifiedStep.BODY_SILENT, term=term, body=matter.name_of(term.party))
    return follow(
        DefaultRecorded(term.term_id, term.party, _lacking(matter.appeal, term)),
        notice,
        warn_with_higher(matter, BodyNotice.SILENCE_RECORDED, term),
        order_complete(matter, matter.appeal, frozenset({term.term_id})),
    )


def _lacking(appeal: Appeal, term: TermOpened) -> tuple[DocumentKind, ...]:
    """What was asked for and not given, in the order of the demand."""
    demanded = [demand for demand in appeal.demands.values() if demand.term_id == term.term_id]
    return tuple(kind for demand in demanded for kind in demand.items if kind in demand.lacks)


def order_complete(matter: Matter, after: Appeal, ended_now: frozenset[str]) -> Decision | None:
    """Every dossier that is collected for and waits for no open demand any more, each once."""
    waiting = {demand.dossier_no for demand in after.demands.values()} - set(after.dossiers)
    done = sorted(number for number in waiting if not _is_awaited(after, number, ended_now))
    return follow(*(_order(matter, number) for number in done))


def _order(matter: Matter, number: int) -> Decision | None:
    claimed = matter.appeal.claim_of(number)
    pressed = claimed or matter.appeal.disagreement
    if matter.appeal.withdrawn or pressed is None or pressed.road is None:
        return None
    court = pressed.road.court or matter.moment.competence.court
    purpose = FilingPurpose.CLAIM if claimed else FilingPurpose.SUPPLEMENT
    return None if court is None else order(number, court, pressed.claim, purpose)


def _is_awaited(appeal: Appeal, number: int, ended_now: frozenset[str]) -> bool:
    demands = [demand for demand in appeal.demands.values() if demand.dossier_no == number]
    open_terms = (term.opened.term_id for demand in demands for term in terms_of(appeal, demand))
    return bool(set(open_terms) - ended_now)


def is_answered(demand: Demand) -> bool:
    """The court's question when every item has come; a demand for materials with its first answer."""
    return not demand.lacks or (demand.received is not None and not demand.is_position)


def terms_of(appeal: Appeal, demand: Demand) -> list[Term]:
    """The open term of a demand; of a history written before demands named it, the body's for materials."""
    if demand.term_id is None:
        return list(appeal.open_terms(MATERIALS, demand.body))
    term = appeal.terms.get(demand.term_id)
    return [term] if term is not None and term.state is TermState.OPEN else []


def _notified(matter: Matter, after: Appeal, body: PartyId) -> OutgoingIntent:
    number = max(demand.dossier_no for demand in after.demands.values() if demand.body == body)
    demands = [demand for demand in after.demands.values() if demand.dossier_no == number]
    return notify(
        matter,
        NotifiedStep.MATERIALS_RECEIVED,
        body=matter.name_of(body),
        requested=same(str(len(demands))),
        received=same(str(sum(demand.received is not None for demand in demands))),
    )
