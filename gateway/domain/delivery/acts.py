"""What a named person may do to deliveries, and from which states; the table of moves has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from gateway.domain.delivery.states import TRANSITIONS, DeliveryState, may_move


class Act(StrEnum):
    """One act; each is recorded with who, why and what came of it."""

    RESEND = "resend"  # another attempt now, of the same message with the same message_id
    PARK = "park"  # set aside: nothing is sent, and what follows in its pair waits, until released or cancelled
    RELEASE = "release"  # of what was parked: due now
    CANCEL = "cancel"  # never sent again; the next of its pair goes on


S = DeliveryState

RESULT: Final[Mapping[Act, DeliveryState]] = {
    Act.RESEND: S.PENDING,
    Act.PARK: S.PARKED,
    Act.RELEASE: S.PENDING,
    Act.CANCEL: S.CANCELLED,
}
"""Where each act leads."""

PAST: Final[Mapping[Act, str]] = {
    Act.RESEND: "resent",
    Act.PARK: "parked",
    Act.RELEASE: "released",
    Act.CANCEL: "cancelled",
}
"""The act as something that happened: ``delivery.parked`` in the audit log."""


def _sources(act: Act) -> frozenset[DeliveryState]:
    """From where the act moves a delivery: what the table of moves allows, narrowed to what the word says."""
    allowed = frozenset(state for state in TRANSITIONS if may_move(state, RESULT[act]))
    if act is Act.RELEASE:
        return allowed & {S.PARKED}
    return allowed | {S.PENDING} if act is Act.RESEND else allowed  # one that waits for its pair is due now, too


SOURCES: Final[Mapping[Act, frozenset[DeliveryState]]] = {act: _sources(act) for act in Act}

SELECTED: Final[Mapping[Act, frozenset[DeliveryState]]] = {
    **SOURCES,
    # one that is pending is due already; what a person set aside goes out again only when its number or state is said
    Act.RESEND: SOURCES[Act.RESEND] - {S.PENDING, S.PARKED},
}
"""What a selection without a state means: those that the act changes."""


def refusal(act: Act, state: DeliveryState) -> str | None:
    """Why the act does nothing to a delivery in this state, and what to do instead; None when it moves it."""
    if state in SOURCES[act]:
        return None
    if state is RESULT[act]:
        return f"it is {state.value} already"
    if not TRANSITIONS[state]:
        return f"it is {state.value}, which is final"
    return f"it is {state.value}{_INSTEAD.get((act, state), '')}"


_INSTEAD: Final[Mapping[tuple[Act, DeliveryState], str]] = {
    (Act.RESEND, S.IN_FLIGHT): "; wait for the outcome of the attempt in hand",
    (Act.RELEASE, S.DEAD_LETTERED): "; mend its cause and resend it, or cancel it",
    (Act.RELEASE, S.RETRY_SCHEDULED): ", not parked; resend it to have it tried now",
    (Act.RELEASE, S.DELIVERED): ", not parked; resend it to have it tried now",
    (Act.RELEASE, S.IN_FLIGHT): ", not parked",
    (Act.PARK, S.DEAD_LETTERED): ", which is set aside already",
}
