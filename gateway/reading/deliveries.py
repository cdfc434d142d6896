"""What is said of a delivery: who moves it on, what an act does, and what helps where nothing moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.poison import PoisonCause
from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.ports.console import DeliveryDetail
from gateway.ports.deliveries import DeliveryRow
from gateway.texts.language import marked

S = DeliveryState


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

_CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    PoisonCause.NO_SUCH_PARTY: (
        marked("The registry does not have this party"),
        marked("Register the party again, or correct its id in the parties file and apply it; then resend the group. If it will not come back, cancel the group and say so to those who wait."),  # noqa: E501 - one sentence
    ),
    PoisonCause.UNSIGNABLE: (
        marked("The message cannot be built or signed"),
        marked("Run dalel doctor on this node: it names what is wrong with the key. Mend that, then resend the group."),
    ),
    "": (
        marked("The cause was not kept by an earlier release"),
        marked("Read the words of the newest one; mend what they name, then resend the group."),
    ),
}  # fmt: skip
"""What it is and what helps, in English words of the catalogue."""

_OTHER: Final = (
    marked("Another cause"),
    marked("Read the words of the newest one; mend what they name, then resend the group."),
)


def cause_of(code: str | None) -> tuple[str, str]:
    """What a dead letter's code means and what helps, in English words of the catalogue."""
    return _CAUSES.get(code or "", _OTHER)


def cure_of(row: DeliveryRow) -> str:
    """What helps, in English words of the catalogue; "" for one that is no dead letter."""
    return cause_of(row.code)[1] if row.state is DeliveryState.DEAD_LETTERED else ""
