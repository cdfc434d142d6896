"""The procedure: history + what arrived + now → facts, terms, messages. Pure and total; one small step per case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, assert_never

from contracts.codes import Code
from contracts.party import PartyId
from contracts.payloads import (
    AddDocuments,
    AnswerCourt,
    CaseRequest,
    DecideComplaint,
    Disagree,
    RegisterAppeal,
    Reply,
    ReportCase,
    ReportProgress,
    RequestMaterials,
    RequestPosition,
    SubmitMaterials,
    SubmitPosition,
    WithdrawAppeal,
)
from dossier.case.appeal import Appeal
from dossier.procedure.decision import (
    Arrival,
    CaseFile,
    Decision,
    DecisionRefusal,
    DeliveryAcknowledged,
    DeliveryRejected,
    DossierReady,
    MessageArrived,
    Moment,
    SignaturesJudged,
    TermFellDue,
)
from dossier.procedure.law import Law, load_law
from dossier.procedure.matter import Matter, wrong_state
from dossier.procedure.steps.answer import answer
from dossier.procedure.steps.applicant import add_documents, withdraw
from dossier.procedure.steps.collection import receive_materials
from dossier.procedure.steps.complaint import decide_complaint
from dossier.procedure.steps.court_case import answer_court, report_case
from dossier.procedure.steps.disagreement import disagree
from dossier.procedure.steps.filing import acknowledged, file_dossier, keep_verdicts, rejected
from dossier.procedure.steps.position import court_asks_materials, court_asks_position, receive_position
from dossier.procedure.steps.progress import progress
from dossier.procedure.steps.registration import register
from dossier.procedure.steps.silence import fall_due

__all__ = ["Law", "decide", "load_law"]

_P = TypeVar("_P", bound=CaseRequest)


Entitled = Callable[[Appeal], Collection[PartyId]]
Follow = Callable[[Matter, MessageArrived, _P], Decision | DecisionRefusal]


@dataclass(frozen=True, slots=True)
class Step:
    """Who may send a request on an appeal, in code and in words, and what follows from it."""

    entitled: Entitled
    who: str
    follow: Follow[Any]


def _platform(appeal: Appeal) -> Collection[PartyId]:
    return {appeal.platform}


def _bodies(appeal: Appeal) -> Collection[PartyId]:
    return appeal.bodies


def _requested(appeal: Appeal) -> Collection[PartyId]:
    return {*appeal.bodies, *(demand.body for demand in appeal.demands.values())}


def _reviewers(appeal: Appeal) -> Collection[PartyId]:
    return {complaint.reviewer for complaint in appeal.complaints}


def _courts(appeal: Appeal) -> Collection[PartyId]:
    return {dossier.court for dossier in appeal.dossiers.values() if dossier.filed} | set(appeal.courts)


def _of(entitled: Entitled, who: str, request: type[_P], follow: Follow[_P]) -> tuple[type[CaseRequest], Step]:
    return request, Step(entitled, who, follow)


def _again(matter: Matter, _arrival: MessageArrived, _payload: RegisterAppeal) -> DecisionRefusal:
    return wrong_state(matter, "this conversation has its appeal already")


_APPLICANT = (_platform, "the platform that registered it")
_BODY = (_bodies, "a body that it was handed to")
_REQUESTED = (_requested, "a body that it was handed to, or that was asked")
_REVIEWER = (_reviewers, "the higher body that has a complaint about it")
_COURT = (_courts, "the court that its dossier was filed with")

STEPS: Final[Mapping[type[CaseRequest], Step]] = dict(
    (
        _of(*_APPLICANT, RegisterAppeal, _again),
        _of(*_APPLICANT, AddDocuments, add_documents),
        _of(*_APPLICANT, Disagree, disagree),
        _of(*_APPLICANT, AnswerCourt, answer_court),
        _of(*_APPLICANT, WithdrawAppeal, withdraw),
        _of(*_BODY, ReportProgress, progress),
        _of(*_BODY, Reply, answer),
        _of(*_REQUESTED, SubmitMaterials, receive_materials),
        _of(*_REQUESTED, SubmitPosition, receive_position),
        _of(*_REVIEWER, DecideComplaint, decide_complaint),
        _of(*_COURT, ReportCase, report_case),
        _of(*_COURT, RequestPosition, court_asks_position),
        _of(*_COURT, RequestMaterials, court_asks_materials),
    )
)
"""Every request that acts on a case: a row each."""


def without_authority(appeal: Appeal, sender: PartyId, payload: CaseRequest) -> DecisionRefusal | None:
    """The refusal for a sender that has no part in this appeal; None when it has."""
    step = STEPS[type(payload)]
    if sender in step.entitled(appeal):
        return None
    return DecisionRefusal(
        Code.NOT_YOUR_APPEAL, f"{type(payload).__name__} on this appeal is for {step.who}, not for {sender}"
    )


def decide(case: CaseFile, arrival: Arrival, moment: Moment, law: Law) -> Decision | DecisionRefusal:
    """What follows from ``arrival``. A Refusal is the sender's fault; an empty Decision means it is known already."""
    if isinstance(arrival, MessageArrived) and isinstance(arrival.payload, RegisterAppeal):
        return register(case, arrival, arrival.payload, moment, law)
    if not case.events or case.appeal is None:
        return _nothing_here(case, arrival)
    pressed = arrival.payload if isinstance(arrival, MessageArrived) and isinstance(arrival.payload, Disagree) else None
    matter = Matter.of(case, case.appeal, case.events, moment, law, pressed)
    if isinstance(arrival, MessageArrived):
        refusal = without_authority(matter.appeal, arrival.sender, arrival.payload)
        return refusal or STEPS[type(arrival.payload)].follow(matter, arrival, arrival.payload)
    return _on_event(matter, arrival)


def _nothing_here(case: CaseFile, arrival: Arrival) -> Decision | DecisionRefusal:
    if isinstance(arrival, MessageArrived):
        return DecisionRefusal(Code.UNKNOWN_CONVERSATION, f"nothing is registered under {case.conversation_id}")
    return Decision()


def _on_event(
    matter: Matter, arrival: TermFellDue | DeliveryAcknowledged | DeliveryRejected | DossierReady | SignaturesJudged
) -> Decision:
    match arrival:
        case TermFellDue():
            return fall_due(matter, arrival.term_id)
        case DeliveryAcknowledged():
            return acknowledged(matter, arrival)
        case DeliveryRejected():
            return rejected(matter, arrival)
        case DossierReady():
            return file_dossier(matter, arrival)
        case SignaturesJudged():
            return keep_verdicts(matter, arrival)
        case _:
            assert_never(arrival)
