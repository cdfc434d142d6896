"""Receipt and error signal: the only two things that end a delivery, always inside a signed Body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.codes import Code
from contracts.ids import ConversationId, MessageId
from contracts.party import LocalText


@dataclass(frozen=True, slots=True)
class Receipt:
    """``message_id`` was taken and is durable. ``digest``: SHA-256, lower-case hex, of the operation as received.

    ``conversation_id`` and ``appeal_number`` are set in the receipt for RegisterAppeal, where they are minted.
    """

    message_id: MessageId
    digest: str
    accepted_at: datetime
    conversation_id: ConversationId | None = None
    appeal_number: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorSignal:
    """``message_id`` is refused for good; ``detail`` is the recipient's own words."""

    message_id: MessageId
    digest: str
    refused_at: datetime
    code: Code
    text: LocalText
    detail: str
