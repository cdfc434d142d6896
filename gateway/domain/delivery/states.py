"""The life of a delivery: its states, who moves each on, and the moves that are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class DeliveryState(StrEnum):
    """Where one message to one party stands."""

    PENDING = "pending"  # due; the relay or a mailbox fetch claims it
    IN_FLIGHT = "in_flight"  # leased by a relay, which records an outcome; else the rescuer takes it back
    RETRY_SCHEDULED = "retry_scheduled"  # waits for next_attempt_at; then claimed again
    DELIVERED = "delivered"  # taken by the party; its receipt moves it on, or the rescuer when overdue
    ACKNOWLEDGED = "acknowledged"  # final: verified signed receipt
    REJECTED = "rejected"  # final: verified signed error signal
    DEAD_LETTERED = "dead_lettered"  # poison: we cannot even build or sign it; a person moves it on
    PARKED = "parked"  # set aside by a person, who releases or cancels it
    CANCELLED = "cancelled"  # final: stopped by a named person


S = DeliveryState
FINAL: Final = frozenset({S.ACKNOWLEDGED, S.REJECTED, S.CANCELLED})
OPEN: Final = frozenset(S) - FINAL
CLAIMABLE: Final = frozenset({S.PENDING, S.RETRY_SCHEDULED})
SIGNALLED: Final = frozenset({S.ACKNOWLEDGED, S.REJECTED})  # a late signal counts in every non-final state

TRANSITIONS: Final[Mapping[DeliveryState, frozenset[DeliveryState]]] = {
    S.PENDING: SIGNALLED
    | {S.IN_FLIGHT, S.DELIVERED, S.PARKED, S.CANCELLED},  # relay claims · mailbox hands out · person
    S.IN_FLIGHT: SIGNALLED
    | {S.DELIVERED, S.RETRY_SCHEDULED, S.DEAD_LETTERED, S.PARKED, S.CANCELLED},  # relay records · rescuer · person
    S.RETRY_SCHEDULED: SIGNALLED
    | {S.IN_FLIGHT, S.DELIVERED, S.PENDING, S.PARKED, S.CANCELLED},  # relay, mailbox · resend by a person
    S.DELIVERED: SIGNALLED | {S.RETRY_SCHEDULED, S.PENDING, S.PARKED, S.CANCELLED},  # receipt · overdue · resend
    S.DEAD_LETTERED: SIGNALLED | {S.PENDING, S.CANCELLED},  # a person · a late receipt
    S.PARKED: SIGNALLED | {S.PENDING, S.CANCELLED},  # a person · a late receipt
    S.ACKNOWLEDGED: frozenset(),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
}


def may_move(old: DeliveryState, new: DeliveryState) -> bool:
    """Whether the table allows this move."""
    return new in TRANSITIONS[old]
