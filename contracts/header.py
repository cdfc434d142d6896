"""The header, first child of every operation inside the signed Body; a message is a header and what it carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.ids import ConversationId, DocumentId, MessageId
from contracts.operations import ACTIONS
from contracts.party import PartyId
from contracts.payloads import Answer, Deliver, Deliverable, Request

__all__ = ["Action", "ConversationId", "DocumentId", "Header", "Message", "MessageId", "action_of"]


class Action(StrEnum):
    """What the sender asks of the recipient; equals the operation, or the payload within Deliver."""

    # Its members follow from the table; ``Action.of(Reply)`` names one.
    _ignore_ = ["_name"]  # noqa: RUF012 - read by ``enum``, which wants a list
    for _name in ACTIONS:
        vars()[re.sub(r"(?<!^)(?=[A-Z])", "_", _name).upper()] = _name

    @classmethod
    def of(cls, kind: type[Request | Deliverable | Answer]) -> Action:
        """The action that is named as this class of payloads."""
        return cls(kind.__name__)


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


@dataclass(frozen=True, slots=True)
class Message:
    """A header and what it carries; ``payload`` is a request value or an answer value."""

    header: Header
    payload: Request | Answer


def action_of(payload: Request | Answer) -> Action:
    """The action a header must name for this payload: the operation, or the payload within Deliver."""
    if isinstance(payload, Deliver):
        return Action.of(type(payload.payload))
    return Action.of(Answer if isinstance(payload, Answer) else type(payload))
