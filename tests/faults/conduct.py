"""How parties behave, and what they understand a message to be."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.soap.reading import VerifiedDelivery
from contracts.payloads import AssignAppeal, FileDossier, NotifyApplicant, ProvideMaterials
from contracts.receipt import Receipt
from tests.faults.record import MessageEffect


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of what parties do, between 0 and 1; ``court`` is of cases, the others of messages."""

    court: float = 0.02
    mailbox: float = 0.1
    late: float = 0.03
    swallowed: float = 0.01


@dataclass(frozen=True, slots=True)
class InboxBehaviour:
    """What an inbox does with a message: answer with this receipt, take it and sign later, or hang up."""

    receipt: Receipt | None
    hang_up: bool = False


def effect_of(delivery: VerifiedDelivery) -> MessageEffect:
    """Raises ValueError for what no case of these runs should cause, as a breach."""
    match delivery.payload:
        case NotifyApplicant(step=step):
            return MessageEffect(f"told {step}")
        case AssignAppeal() | ProvideMaterials() | FileDossier() as payload:
            return MessageEffect(type(payload).__name__)
        case other:
            raise ValueError(f"{type(other).__name__} was not expected")
