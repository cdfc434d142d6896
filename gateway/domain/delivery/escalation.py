"""There is no last attempt: what does not end is told to people, three times, louder each time. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from contracts.header import ConversationId, MessageId
from contracts.party import Agreement, PartyId


class EscalationStep(StrEnum):
    """How loudly; each step once per delivery, whatever its state is as long as it is not final."""

    WARN = "warn"  # somebody should look when they can
    ALARM = "alarm"  # somebody should look today
    PAGE = "page"  # somebody should be woken


STEPS: Final = tuple(EscalationStep)
"""From the first to the last; ``deliveries.escalated`` counts how many were taken."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step that was taken."""

    delivery_id: int
    step: EscalationStep
    at: datetime


@dataclass(frozen=True, slots=True)
class Escalated:
    """A step just taken, with what the log tells of the delivery."""

    delivery_id: int
    step: EscalationStep
    message_id: MessageId
    conversation_id: ConversationId
    recipient: PartyId
    state: str
    created_at: datetime


def due_after(step: EscalationStep, terms: Agreement) -> timedelta:
    """How long after a delivery was created ``step`` is taken."""
    match step:
        case EscalationStep.WARN:
            return terms.warn_after
        case EscalationStep.ALARM:
            return terms.alarm_after
        case EscalationStep.PAGE:
            return terms.page_after
        case _:
            assert_never(step)
