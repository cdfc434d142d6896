"""Reads for pages: rows of the store become view models, which hold everything a template needs and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.delivery.acts import PAST, SOURCES, Act
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.domain.people.access import UserRole, authorise
from gateway.ports.console import AuditRow, DeliveryDetail, LoadDelivery, LoadDeliveryVersion
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.operations import Reads
from gateway.ports.people.users import User
from gateway.service.authorise import audit_name
from gateway.texts.language import marked

S = DeliveryState
LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery. ``turn``: who moves it on, in English words of the catalogue. ``acts``: what the reader may do."""

    whole: DeliveryDetail
    version: str
    turn: str
    acts: tuple[Act, ...]
    now: datetime

    @property
    def row(self) -> DeliveryRow:
        return self.whole.row

    @property
    def is_final(self) -> bool:
        """Whether nothing moves it any more."""
        return self.row.finished_at is not None

    @property
    def rests_until(self) -> datetime | None:
        """Until when its party is left alone, which did not answer."""
        circuit = self.whole.circuit
        return circuit.probe_at if circuit and circuit.state is CircuitState.OPEN and not self.is_final else None

    @property
    def latency(self) -> timedelta | None:
        """From its making to its end."""
        return self.row.finished_at - self.row.created_at if self.row.finished_at else None


async def delivery_page(reads: Reads, delivery_id: int, *, role: UserRole, now: datetime) -> DeliveryView | None:
    """None when there is none. The version is read first: what moves meanwhile is shown once more, not missed."""
    version = await reads.run(LoadDeliveryVersion(delivery_id))
    whole = await reads.run(LoadDelivery(delivery_id))
    if version is None or whole is None:
        return None
    acts = tuple(act for act in Act if whole.row.state in SOURCES[act] and authorise(role, act).is_allowed)
    return DeliveryView(whole, version, turn_of(whole), acts, now)


def result_of(whole: DeliveryDetail, act: Act, user: User) -> AuditRow | None:
    """What the audit log says came of the act just now; None when the newest line is not this user's, of this act."""
    newest = whole.audit[0] if whole.audit else None
    wanted = (f"delivery.{PAST[act]}", audit_name(user))
    return newest if newest is not None and (newest.act, newest.by) == wanted else None


def turn_of(whole: DeliveryDetail) -> str:
    """Who moves it on, and how."""
    state = whole.row.state
    if state in CLAIMABLE and whole.pause is not None:
        return marked("Its party is paused: a person resumes it, then this goes out. Nothing is lost meanwhile.")
    if state in CLAIMABLE and whole.held_by is not None:
        return marked("An earlier message of the same appeal goes to this party first; then this one follows.")
    if state in CLAIMABLE and not whole.is_called:
        return marked("The party fetches it from its mailbox with its next request.")
    return TURNS[state]


TURNS: Final[Mapping[DeliveryState, str]] = {
    S.PENDING: marked("The relay sends it as soon as it is its turn."),
    S.RETRY_SCHEDULED: marked("The relay tries again by itself at the time of the next attempt."),
    S.IN_FLIGHT: marked("It is being sent at this moment; the outcome is recorded, or the lease runs out."),
    S.DELIVERED: marked("The party has it and owes a receipt; if none comes in time, it is sent again by itself."),
    S.PARKED: marked("A person set it aside. A person releases or cancels it."),
    S.DEAD_LETTERED: marked("It cannot be built or signed here. Mend the cause, then resend or cancel it."),
    S.ACKNOWLEDGED: marked("Done: the party's signed receipt is kept."),
    S.REJECTED: marked("Done: the party's signed refusal is kept. What follows is in the appeal's history."),
    S.CANCELLED: marked("Done: a named person cancelled it."),
}
"""Who moves on what is in each state, which nothing holds up and nobody fetches."""


ACT_WORDS: Final[Mapping[Act, tuple[str, str]]] = {
    Act.RESEND: (marked("Resend"), marked("Another attempt now, of the same message with the same number.")),
    Act.PARK: (marked("Park"), marked("Send nothing until it is released; what follows it waits, too.")),
    Act.RELEASE: (marked("Release"), marked("What was parked is due now.")),
    Act.CANCEL: (marked("Cancel"), marked("Never send it again. This is final.")),
}
"""What the button says, and what it does."""

PAST_WORDS: Final[Mapping[Act, str]] = {
    Act.RESEND: marked("Resent:"),
    Act.PARK: marked("Parked:"),
    Act.RELEASE: marked("Released:"),
    Act.CANCEL: marked("Cancelled:"),
}
"""What was done, before how many."""
