"""The procedure: history + what arrived + now → facts, terms, messages. Pure and total; one small step per case."""

from __future__ import annotations

from typing import assert_never

from contracts.codes import Code
from contracts.party import PartyId
from contracts.payloads import (
    AddDocuments,
    AnswerCourt,
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
    CasePayload,
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


def without_authority(appeal: Appeal, sender: PartyId, payload: CasePayload) -> DecisionRefusal | None:
    """The refusal for a sender that has no part in this appeal; None when it has."""
    match payload:
        case RegisterAppeal() | AddDocuments() | Disagree() | AnswerCourt() | WithdrawAppeal():
            entitled, who = {appeal.platform}, "the platform that registered it"
        case ReportProgress() | Reply():
            entitled, who = set(appeal.bodies), "a body that it was handed to"
        case SubmitMaterials() | SubmitPosition():
            entitled, who = _requested(appeal), "a body that it was handed to, or that was asked"
        case DecideComplaint():
            entitled = {complaint.reviewer for complaint in appeal.complaints}
            who = "the higher body that has a complaint about it"
        case ReportCase() | RequestPosition() | RequestMaterials():
            entitled = {dossier.court for dossier in appeal.dossiers.values() if dossier.filed}
            who = "the court that its dossier was filed with"
        case _:
            assert_never(payload)
    if sender in entitled:
        return None
    return DecisionRefusal(
        Code.NOT_YOUR_APPEAL, f"{type(payload).__name__} on this appeal is for {who}, not for {sender}"
    )


def _requested(appeal: Appeal) -> set[PartyId]:
    return {*appeal.bodies, *(demand.body for demand in appeal.demands.values())}


__all__ = ["Law", "decide", "load_law"]


def decide(case: CaseFile, arrival: Arrival, moment: Moment, law: Law) -> Decision | DecisionRefusal:
    """What follows from ``arrival``. A Refusal is the sender's fault; an empty Decision means it is known already."""
    if isinstance(arrival, MessageArrived) and isinstance(arrival.payload, RegisterAppeal):
        return register(case, arrival, arrival.payload, moment, law)
    if not case.events or case.appeal is None:
        return _nothing_here(case, arrival)
    matter = Matter.of(case, case.appeal, case.events, moment, law)
    if isinstance(arrival, MessageArrived):
        return without_authority(matter.appeal, arrival.sender, arrival.payload) or _on_message(matter, arrival)
    return _on_event(matter, arrival)


def _nothing_here(case: CaseFile, arrival: Arrival) -> Decision | DecisionRefusal:
    if isinstance(arrival, MessageArrived):
        return DecisionRefusal(Code.UNKNOWN_CONVERSATION, f"nothing is registered under {case.conversation_id}")
    return Decision()


def _on_message(matter: Matter, arrival: MessageArrived) -> Decision | DecisionRefusal:  # noqa: PLR0911, PLR0912 - one line per operation
    payload = arrival.payload
    match payload:
        case RegisterAppeal():
            return wrong_state(matter, "this conversation has its appeal already")
        case AddDocuments():
            return add_documents(matter, arrival, payload)
        case WithdrawAppeal():
            return withdraw(matter, arrival, payload)
        case Disagree():
            return disagree(matter, arrival, payload)
        case AnswerCourt():
            return answer_court(matter, payload)
        case ReportProgress():
            return progress(matter, arrival, payload)
        case Reply():
            return answer(matter, arrival, payload)
        case SubmitMaterials():
            return receive_materials(matter, arrival, payload)
        case SubmitPosition():
            return receive_position(matter, arrival, payload)
        case DecideComplaint():
            return decide_complaint(matter, arrival, payload)
        case ReportCase():
            return report_case(matter, arrival, payload)
        case RequestPosition():
            return court_asks_position(matter, arrival, payload)
        case RequestMaterials():
            return court_asks_materials(matter, arrival, payload)
        case _:
            assert_never(payload)


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
