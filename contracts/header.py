"""The header: first child of every operation, inside the signed Body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from contracts.party import PartyId

MessageId = NewType("MessageId", str)
"""Minted by the sender: a UUID in lower-case hyphen form (RFC 9562 §4)."""
ConversationId = NewType("ConversationId", str)
"""The appeal's thread, minted by the exchange: a UUID in the same form."""
DocumentId = NewType("DocumentId", str)
"""Unguessable: 43 characters of base64url over 32 random bytes."""


class Action(StrEnum):
    """What the sender asks of the recipient; equals the operation, or the payload within Deliver."""

    # Appeals
    REGISTER_APPEAL = "RegisterAppeal"
    ADD_DOCUMENTS = "AddDocuments"
    DISAGREE = "Disagree"
    ANSWER_COURT = "AnswerCourt"
    WITHDRAW_APPEAL = "WithdrawAppeal"
    GET_HISTORY = "GetHistory"
    # Agency
    REPORT_PROGRESS = "ReportProgress"
    REPLY = "Reply"
    SUBMIT_MATERIALS = "SubmitMaterials"
    SUBMIT_POSITION = "SubmitPosition"
    DECIDE_COMPLAINT = "DecideComplaint"
    FETCH_MESSAGES = "FetchMessages"
    ACKNOWLEDGE = "Acknowledge"
    REPORT_INCIDENT = "ReportIncident"
    # Court
    REPORT_CASE = "ReportCase"
    REQUEST_POSITION = "RequestPosition"
    REQUEST_MATERIALS = "RequestMaterials"
    # Documents
    PUT_DOCUMENT = "PutDocument"
    GET_DOCUMENT_PART = "GetDocumentPart"
    # Inbox: what the exchange asks of a party
    ASSIGN_APPEAL = "AssignAppeal"
    FORWARD_DOCUMENTS = "ForwardDocuments"
    NOTIFY_APPLICANT = "NotifyApplicant"
    NOTIFY_BODY = "NotifyBody"
    NOTIFY_WITHDRAWAL = "NotifyWithdrawal"
    FORWARD_COMPLAINT = "ForwardComplaint"
    REVIEW_COMPLAINT = "ReviewComplaint"
    PROVIDE_MATERIALS = "ProvideMaterials"
    PROVIDE_POSITION = "ProvidePosition"
    FILE_DOSSIER = "FileDossier"
    # every signed answer
    ANSWER = "Answer"


@dataclass(frozen=True, slots=True)
class Header:
    """Addressing and identity of one message. ``created_at`` is aware; on the wire it carries an offset."""

    message_id: MessageId
    conversation_id: ConversationId | None
    ref_to_message_id: MessageId | None
    sender: PartyId
    recipient: PartyId
    action: Action
    created_at: datetime
