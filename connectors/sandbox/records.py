"""Rows of a simulated party's store as values."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connectors.soap.calls import PreparedCall
from contracts.header import ConversationId, MessageId


class DutyKind(StrEnum):
    """What a party may have set itself to do."""

    LODGE = "lodge"  # platform: upload the documents, register the appeal
    REGISTER = "register"  # agency: report its own number
    REDIRECT = "redirect"  # agency: send a part on
    REPLY = "reply"  # agency: answer the applicant
    MATERIALS = "materials"  # agency: hand over the administrative file
    EXAMINE = "examine"  # court: fetch and verify a large dossier
    REPORT_CASE = "report_case"  # court: registered, accepted


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do at ``due_at``. ``note`` is JSON, of a form that goes with the kind."""

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
class Known:
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
    """A dossier that was verified and taken."""

    appeal_number: str
    conversation_id: ConversationId
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Effects:
    """All that taking one message changes, beside its inbox row; written in the same commit."""

    duties: tuple[Duty, ...] = ()
    cancels_duties: bool = False
    notice: Notice | None = None
    dossier: AcceptedDossier | None = None
