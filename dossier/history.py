"""The state of one appeal as a fold over its events: what has been proven to have happened, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from types import MappingProxyType
from typing import TypeVar, assert_never

from contracts.header import Action
from dossier import events as e
from dossier.appeal import (
    Appeal,
    BodyRecord,
    BodyStage,
    CourtAnswer,
    Demand,
    Disagreement,
    DossierRecord,
    Status,
    Term,
    TermState,
)
from dossier.events import Event

__all__ = ["EXTENDED", "Appeal", "BodyRecord", "BodyStage", "CourtAnswer", "Status", "Term", "TermState", "fold"]

EXTENDED = "extended"
"""``TermLapsed.reason`` of a term that a later one replaces."""


def fold(events: Sequence[Event]) -> Appeal:
    """The state after ``events``, in order of seq. Raises ValueError unless they begin with AppealRegistered."""
    if not events or not isinstance(events[0].fact, e.AppealRegistered):
        raise ValueError("a history begins with AppealRegistered")
    first, fact = events[0], events[0].fact
    opened = Appeal(
        conversation_id=first.conversation_id,
        appeal_number=fact.appeal_number,
        registered_on=fact.registered_on,
        platform=first.actor,
        registration=first.message_id,
    )
    return reduce(_apply, events[1:], opened)


def _apply(appeal: Appeal, event: Event) -> Appeal:  # noqa: PLR0911 - one line per kind of fact
    fact = event.fact
    match fact:
        case e.AppealRegistered() | e.DocumentsAdded() | e.TermExtended() | e.HearingAnnounced():
            return appeal  # told for the reader; no decision rests on them
        case e.AppealAssigned() | e.BodyRegistered() | e.AppealRedirected() | e.ProcedureTerminated() | e.Replied():
            return _with_body(appeal, fact, event.at)
        case e.TermOpened():
            return replace(appeal, terms=_put(appeal.terms, fact.term_id, Term(fact)))
        case e.TermMet() | e.TermBreached() | e.TermLapsed() | e.DefaultRecorded():
            return _with_term_closed(appeal, fact, event.at)
        case e.Disagreed():
            return replace(appeal, disagreement=Disagreement(fact.claim, event.message_id, event.at))
        case e.RoadTaken():
            taken = appeal.disagreement and replace(appeal.disagreement, road=fact)
            return replace(appeal, disagreement=taken)
        case e.MaterialsDemanded() | e.MaterialsReceived():
            return _with_materials(appeal, fact)
        case e.DossierOrdered() | e.DossierFiled():
            return _with_dossier(appeal, fact)
        case e.MessageAcknowledged() | e.MessageRejected():
            return _with_answer(appeal, fact)
        case e.CaseReported():
            return replace(appeal, case_stage=fact.stage, case_number=fact.case_number or appeal.case_number)
        case e.AppealWithdrawn():
            return replace(appeal, withdrawn=True)
        case _:
            assert_never(fact)


_BodyFact = e.AppealAssigned | e.BodyRegistered | e.AppealRedirected | e.ProcedureTerminated | e.Replied


def _with_body(appeal: Appeal, fact: _BodyFact, at: datetime) -> Appeal:
    known = appeal.bodies.get(fact.body, BodyRecord(fact.body))
    return replace(appeal, bodies=_put(appeal.bodies, fact.body, _next_body(known, fact, at)))


def _next_body(body: BodyRecord, fact: _BodyFact, at: datetime) -> BodyRecord:
    match fact:
        case e.AppealAssigned():  # also a body that gets the appeal back
            return replace(body, stage=BodyStage.CONSIDERING)
        case e.BodyRegistered():
            return replace(body, number=fact.number)
        case e.AppealRedirected():
            return replace(body, stage=BodyStage.REDIRECTED) if fact.whole else body
        case e.ProcedureTerminated():
            return replace(body, stage=BodyStage.TERMINATED, concluded_at=at)
        case e.Replied():
            return replace(body, stage=BodyStage.REPLIED, replies=(*body.replies, fact), concluded_at=at)


def _with_term_closed(
    appeal: Appeal, fact: e.TermMet | e.TermBreached | e.TermLapsed | e.DefaultRecorded, at: datetime
) -> Appeal:
    term = appeal.terms.get(fact.term_id)
    if term is None or not term.is_open:
        return appeal
    late = isinstance(fact, e.TermMet) and fact.late
    closed = Term(term.opened, _closing_state(fact), late, at)
    return replace(appeal, terms=_put(appeal.terms, fact.term_id, closed))


def _closing_state(fact: e.TermMet | e.TermBreached | e.TermLapsed | e.DefaultRecorded) -> TermState:
    match fact:
        case e.TermMet():
            return TermState.MET
        case e.TermBreached():
            return TermState.BREACHED
        case e.DefaultRecorded():
            return TermState.DEFAULT
        case e.TermLapsed():
            return TermState.EXTENDED if fact.reason == EXTENDED else TermState.LAPSED


def _with_materials(appeal: Appeal, fact: e.MaterialsDemanded | e.MaterialsReceived) -> Appeal:
    if isinstance(fact, e.MaterialsDemanded):
        demand = Demand(fact.body, fact.items)
    else:
        asked = appeal.demands.get(fact.body, Demand(fact.body, ()))
        demand = replace(asked, received=(*(asked.received or ()), *fact.documents))
    return replace(appeal, demands=_put(appeal.demands, fact.body, demand))


def _with_dossier(appeal: Appeal, fact: e.DossierOrdered | e.DossierFiled) -> Appeal:
    if isinstance(fact, e.DossierOrdered):
        dossier = DossierRecord(fact.dossier_no, fact.court)
    elif (ordered := appeal.dossiers.get(fact.dossier_no)) is not None:
        dossier = replace(ordered, filed=fact)
    else:
        return appeal
    return replace(appeal, dossiers=_put(appeal.dossiers, fact.dossier_no, dossier))


def _with_answer(appeal: Appeal, fact: e.MessageAcknowledged | e.MessageRejected) -> Appeal:
    acknowledged = isinstance(fact, e.MessageAcknowledged)
    message_id = fact.acknowledged_message_id if isinstance(fact, e.MessageAcknowledged) else fact.rejected_message_id
    settled = replace(appeal, settled=appeal.settled | {message_id})
    filed = [dossier for dossier in appeal.dossiers.values() if dossier.filed and dossier.court == fact.recipient]
    if fact.action != Action.FILE_DOSSIER or not filed:
        return settled
    answered = replace(filed[-1], answer=CourtAnswer.ACKNOWLEDGED if acknowledged else CourtAnswer.REJECTED)
    return replace(settled, dossiers=_put(appeal.dossiers, answered.dossier_no, answered))


_K = TypeVar("_K")
_V = TypeVar("_V")


def _put(table: Mapping[_K, _V], key: _K, value: _V) -> Mapping[_K, _V]:
    return MappingProxyType({**table, key: value})
