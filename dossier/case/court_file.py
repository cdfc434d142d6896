"""What the court's file is made of, as the history proves it: demands and what came, dossiers, the court's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypeVar

from contracts.header import Action
from contracts.party import PartyId
from contracts.payloads import DocumentKind, FileDossier, FilingPurpose, PositionKind
from dossier.case import events as e
from dossier.case.appeal import Appeal, CourtAnswer, Demand, DossierRecord
from dossier.case.events import Event

MaterialFact = e.MaterialsDemanded | e.MaterialsReceived | e.PositionDemanded | e.PositionReceived

FIRST: Final = 1
"""The number of the dossier that the claim is filed with."""

_NEWS: Final = (
    e.DocumentsAdded,
    e.MaterialsReceived,
    e.PositionReceived,
    e.Replied,
    e.ComplaintDecided,
    e.CourtAnswered,
)
_KIND_OF: Final = {
    PositionKind.OBJECTION: DocumentKind.OBJECTION,
    PositionKind.HEAD_POSITION: DocumentKind.HEAD_POSITION,
}
_BEFORE_KINDS: Final = (DocumentKind.ADMINISTRATIVE_FILE,)  # what a fact that does not tell its kinds stood for


def with_materials(appeal: Appeal, fact: MaterialFact) -> Appeal:
    """A demand is made, or something comes that answers every open demand of its body."""
    match fact:
        case e.MaterialsDemanded():
            return _with_demand(appeal, Demand(fact.body, fact.items, fact.dossier_no or FIRST, fact.term_id))
        case e.PositionDemanded():
            target = Demand(fact.body, fact.items, fact.dossier_no, fact.term_id, is_position=True)
            return _with_demand(appeal, target)
        case e.MaterialsReceived():
            kinds = _BEFORE_KINDS if fact.kinds is None else fact.kinds
            return _received(_handed_over(appeal, fact.body, kinds), fact, kinds)
        case e.PositionReceived():
            return _received(
                _handed_over(appeal, fact.body, fact.kinds or ()), fact, (_KIND_OF[fact.kind], *(fact.kinds or ()))
            )


def with_reply(appeal: Appeal, body: PartyId) -> Appeal:
    """A demand for an answer is met by the answer, whenever it comes: nobody is silent about it."""
    kinds = frozenset({DocumentKind.REPLY, DocumentKind.ACT})
    answered = {
        key: replace(demand, kinds=demand.kinds | (kinds & frozenset(demand.items)))
        for key, demand in appeal.demands.items()
        if demand.body == body
    }
    return replace(appeal, demands=MappingProxyType({**appeal.demands, **answered})) if answered else appeal


def with_news(appeal: Appeal, event: Event) -> Appeal:
    """What a dossier filed before lacks from now on."""
    return replace(appeal, news_seq=event.seq) if isinstance(event.fact, _NEWS) else appeal


def with_dossier(appeal: Appeal, fact: e.DossierOrdered | e.DossierFiled) -> Appeal:
    """A dossier is ordered, or the ordered one is filed."""
    if isinstance(fact, e.DossierOrdered):
        dossier = DossierRecord(fact.dossier_no, fact.court, fact.purpose or FilingPurpose.CLAIM)
    elif (ordered := appeal.dossiers.get(fact.dossier_no)) is not None:
        dossier = replace(ordered, filed=fact)
    else:
        return appeal
    return replace(appeal, dossiers=put(appeal.dossiers, fact.dossier_no, dossier))


def with_answer(appeal: Appeal, fact: e.MessageAcknowledged | e.MessageRejected) -> Appeal:
    """A recipient's answer; the court's to a dossier belongs to the first one filed that it has not answered."""
    acknowledged = isinstance(fact, e.MessageAcknowledged)
    message_id = fact.acknowledged_message_id if isinstance(fact, e.MessageAcknowledged) else fact.rejected_message_id
    settled = replace(appeal, settled=appeal.settled | {message_id})
    filed = [dossier for dossier in appeal.dossiers.values() if dossier.filed and dossier.court == fact.recipient]
    if fact.action != Action.of(FileDossier) or not filed:
        return settled
    # In order: to one recipient, the next message of a conversation waits for the answer to the former.
    target = next((dossier for dossier in filed if dossier.answer is None), filed[-1])
    answered = replace(target, answer=CourtAnswer.ACKNOWLEDGED if acknowledged else CourtAnswer.REJECTED)
    return replace(settled, dossiers=put(appeal.dossiers, answered.dossier_no, answered))


def _with_demand(appeal: Appeal, demand: Demand) -> Appeal:
    return replace(appeal, demands=put(appeal.demands, (demand.dossier_no, demand.body), demand))


def _handed_over(appeal: Appeal, body: PartyId, kinds: tuple[DocumentKind, ...]) -> Appeal:
    known = appeal.handed_over.get(body, frozenset())
    return replace(appeal, handed_over=put(appeal.handed_over, body, known | set(kinds)))


def _received(
    appeal: Appeal, fact: e.MaterialsReceived | e.PositionReceived, kinds: tuple[DocumentKind, ...]
) -> Appeal:
    """Every demand of the body takes note, also one whose term is over: what comes late is still an answer."""
    answered = {
        key: replace(demand, received=(*(demand.received or ()), *fact.documents), kinds=demand.kinds | set(kinds))
        for key, demand in appeal.demands.items()
        if demand.body == fact.body
    }
    return replace(appeal, demands=MappingProxyType({**appeal.demands, **answered}))


_K = TypeVar("_K")
_V = TypeVar("_V")


def put(table: Mapping[_K, _V], key: _K, value: _V) -> Mapping[_K, _V]:
    """``table`` with one entry more, or another one under ``key``."""
    return MappingProxyType({**table, key: value})
