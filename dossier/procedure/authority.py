"""Who may act on an appeal: the platform that opened it, bodies it was handed to, the court that has its dossier."""

from __future__ import annotations

from typing import assert_never

from contracts.codes import Code
from contracts.party import PartyId
from contracts.payloads import (
    AddDocuments,
    Disagree,
    RegisterAppeal,
    Reply,
    ReportCase,
    ReportProgress,
    SubmitMaterials,
    WithdrawAppeal,
)
from dossier.history import Appeal
from dossier.procedure.decision import CasePayload, Refusal


def without_authority(appeal: Appeal, sender: PartyId, payload: CasePayload) -> Refusal | None:
    """The refusal for a sender that has no part in this appeal; None when it has."""
    match payload:
        case RegisterAppeal() | AddDocuments() | Disagree() | WithdrawAppeal():
            entitled, who = {appeal.platform}, "the platform that registered it"
        case ReportProgress() | Reply() | SubmitMaterials():
            entitled, who = set(appeal.bodies), "a body that it was handed to"
        case ReportCase():
            entitled = {dossier.court for dossier in appeal.dossiers.values() if dossier.filed}
            who = "the court that its dossier was filed with"
        case _:
            assert_never(payload)
    if sender in entitled:
        return None
    return Refusal(Code.NOT_YOUR_APPEAL, f"{type(payload).__name__} on this appeal is for {who}, not for {sender}")
