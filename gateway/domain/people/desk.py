"""What the support desk keeps: notes that are handed over, and incidents that parties report. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts.codes import Code
from contracts.header import ConversationId
from gateway.domain.people.access import UserRole
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of


class About(StrEnum):
    """What a note is about; its key is the number that people know it by."""

    APPEAL = "appeal"  # number of the appeal
    DELIVERY = "delivery"  # number of the delivery
    PARTY = "party"  # id of the party
    INCIDENT = "incident"  # number of the incident


@dataclass(frozen=True, slots=True)
class NoteHolder:
    """Whom a note is handed to: a role, or one user, or nobody."""

    role: UserRole | None = None
    user: str | None = None


NOBODY: Final = NoteHolder()


class Severity(StrEnum):
    """How much an incident stops."""

    HIGH = "high"  # the party can send or take nothing at all
    NORMAL = "normal"  # one message, or a question


class IncidentState(StrEnum):
    """Where an incident stands."""

    OPEN = "open"  # nobody has taken it
    TAKEN = "taken"  # a person sees to it
    CLOSED = "closed"  # final: the words say what was found


class IncidentAct(StrEnum):
    """What a person does to an incident."""

    TAKE = "take"  # also from whoever has it
    CLOSE = "close"  # with words, which the party is told


RESULT: Final[Mapping[IncidentAct, IncidentState]] = {
    IncidentAct.TAKE: IncidentState.TAKEN,
    IncidentAct.CLOSE: IncidentState.CLOSED,
}
PAST: Final[Mapping[IncidentAct, str]] = {IncidentAct.TAKE: "taken", IncidentAct.CLOSE: "closed"}

STOPS_ALL: Final = frozenset(
    {
        Code.SIGNATURE_MISSING,
        Code.SIGNATURE_PROFILE,
        Code.SIGNATURE_INVALID,
        Code.UNKNOWN_SIGNER,
        Code.CERTIFICATE_EXPIRED,
        Code.CERTIFICATE_REVOKED,
        Code.CERTIFICATE_UNCHECKED,
        Code.TIMESTAMP_EXPIRED,
        Code.TIMESTAMP_IN_FUTURE,
        Code.UNKNOWN_PARTY,
        Code.NOT_PERMITTED,
        Code.SERVER_BUSY,
        Code.INTERNAL,
    }
)
"""Codes that meet every message of a party, not one: its key, its clock, its entry here, or the exchange itself."""


def severity_of(code: Code | None) -> Severity:
    """By the code that was met: how bad it is does not follow from what the reporter feels. A person may change it."""
    return Severity.HIGH if code in STOPS_ALL else Severity.NORMAL


def against_severity(state: IncidentState, now: Severity, to: Severity) -> ActRefusal | None:
    """Why it cannot be changed to that, None when it can."""
    return against_act(state) or (refusal_of(RefusalReason.SAME_SEVERITY) if now is to else None)


def number_of(thread: ConversationId) -> str:
    """How people call an incident: by the beginning of its thread, which stands in the receipt of the report."""
    return f"IN-{thread[:13]}"


def against_act(state: IncidentState) -> ActRefusal | None:
    """Why no act does anything in this state, None when it may be done."""
    return refusal_of(RefusalReason.INCIDENT_CLOSED) if state is IncidentState.CLOSED else None
