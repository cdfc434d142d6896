"""Who may act on an appeal: the platform that opened it, bodies it was handed to, the court that has its dossier."""

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
from dossier.procedure.decision import CasePayload, DecisionRefusal


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
