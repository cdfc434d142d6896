"""Rows of a simulated party's store as values."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connectors.soap.calls import PreparedCall
from contracts.header import ConversationId, DocumentId, MessageId
from contracts.payloads import FilingPurpose


class DutyKind(StrEnum):
    """What a party may have set itself to do."""

    LODGE = "lodge"  # platform: upload the documents, register the appeal
    ADD = "add"  # platform: upload and add documents
    ANSWER_COURT = "answer_court"  # platform: upload what cures the claim, or appeal the court's act
    REGISTER = "register"  # agency: report its own number
    REDIRECT = "redirect"  # agency: send a part on
    NAME_DEFECTS = "name_defects"  # agency: say what the appeal lacks
    EXTEND = "extend"  # agency: have the term extended
    ANNOUNCE_HEARING = "announce_hearing"  # agency: tell the preliminary decision
    REPLY = "reply"  # agency: answer the applicant
    RETURN = "return"  # agency: give the appeal back
    MATERIALS = "materials"  # agency: hand over the administrative file, or what the court named
    SATISFY = "satisfy"  # agency: satisfy a complaint against itself
    DECIDE = "decide"  # higher body: decide a complaint
    POSITION = "position"  # agency: tell the court its objection, or its head's position
    EXAMINE = "examine"  # court: fetch and verify a large dossier
    REPORT_CASE = "report_case"  # court: report a stage of the case
    ASK_POSITIONS = "ask_positions"  # court: put its question to bodies
    ASK_MATERIALS = "ask_materials"  # court: ask bodies for papers


@dataclass(frozen=True, slots=True)
class SandboxDuty:
    """Something to do at ``due_at``; ``message_id``: what caused it, or what was promised. ``note``: JSON, per kind."""

    kind: DutyKind
    due_at: datetime
    conversation_id: ConversationId | None = None
    message_id: MessageId | None = None
    note: dict[str, Any] = field(default_factory=dict)
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    duty_id: int = 0
    tries: int = 0

    def upload_id(self, content: bytes) -> str:
        """The same for the same content at every try of this duty, so that a repeated upload is the same document."""
        return str(uuid.uuid5(uuid.UUID(self.token), hashlib.sha256(content).hexdigest()))


@dataclass(frozen=True, slots=True)
class Posting:
    """A message of the party's own that waits for its answer."""

    outbox_id: int
    lane: str
    call: PreparedCall
    tries: int


@dataclass(frozen=True, slots=True)
class PostingResult:
    """How a posting stands: due, acknowledged (``answer`` is the envelope) or refused (``note`` says why)."""

    state: str
    note: str
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class KnownMessage:
    """A message taken before. ``answer`` None: taken, not yet examined."""

    digest: str
    operation: bytes
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the applicant was told; ``body`` is JSON."""

    appeal_number: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AcceptedDossier:
    """A dossier that was verified and taken: a claim, or what belongs to the claim ``supplements``."""

    appeal_number: str
    conversation_id: ConversationId
    document_id: DocumentId
    purpose: FilingPurpose
    supplements: DocumentId | None
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What the court holds of a claim that it accepted."""

    document_id: DocumentId
    sha256: str


@dataclass(frozen=True, slots=True)
class SandboxCase:
    """A court case: the appeal's conversation, and the message that brought the claim."""

    conversation_id: ConversationId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Effects:
    """All that taking one message changes, beside its inbox row; written in the same commit."""

    duties: tuple[SandboxDuty, ...] = ()
    cancels_duties: bool = False
    notice: Notice | None = None
    dossier: AcceptedDossier | None = None
