"""What became of an act, as the audit log keeps it in a line of English; written and read here alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole


class AuditOutcome(StrEnum):
    """How an act ended."""

    DONE = "done"
    REFUSED = "refused"  # the state, or what was given, stood against it
    NO_RIGHT = "no_right"  # the role of whoever tried does not give it
    BROKEN = "broken"  # a check was made, and what it looked at is not as it was recorded


_NO_RIGHT: Final = re.compile(r"refused: the role (\w+) may not")
_WITHOUT_MORE: Final = frozenset({"done", "applied", "paused", "removed", "resumed"})
_MARKS: Final = {"refused": AuditOutcome.REFUSED, "broken": AuditOutcome.BROKEN}


@dataclass(frozen=True, slots=True)
class AuditResult:
    """``detail``: in the log's own words, the role where it lacks the right; empty where there is no more to say."""

    outcome: AuditOutcome
    detail: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether nothing was done."""
        return self.outcome in {AuditOutcome.REFUSED, AuditOutcome.NO_RIGHT}

    def __str__(self) -> str:
        """As the log keeps it; ``read`` gives the same value back."""
        match self.outcome:
            case AuditOutcome.NO_RIGHT:
                return f"refused: the role {self.detail} may not"
            case AuditOutcome.DONE:
                return self.detail or "done"
            case _:
                return f"{self.outcome}: {self.detail}" if self.detail else self.outcome.value

    @classmethod
    def read(cls, line: str) -> AuditResult:
        """Of a line that the log keeps, from any release."""
        if found := _NO_RIGHT.fullmatch(line):
            return cls(AuditOutcome.NO_RIGHT, found[1])
        mark, _, detail = line.partition(": ")
        if mark in _MARKS:
            return cls(_MARKS[mark], detail)
        return cls(AuditOutcome.DONE, "" if line == "done" else line)


def refused(why: str) -> str:
    """The line of an act that something stood against."""
    return str(AuditResult(AuditOutcome.REFUSED, why))


def without_right(role: UserRole) -> str:
    """The line of an act that the role does not give."""
    return str(AuditResult(AuditOutcome.NO_RIGHT, role.value))


def is_refused(line: str) -> bool:
    """As the store judges it, too."""
    return AuditResult.read(line).is_refused


def is_not_allowed(line: str) -> bool:
    """Whether it was refused for the role of whoever tried."""
    return AuditResult.read(line).outcome is AuditOutcome.NO_RIGHT


def detail_of(line: str) -> str:
    """What the log says besides that it was done or refused, in its own words."""
    read = AuditResult.read(line)
    if read.outcome is AuditOutcome.REFUSED:
        return read.detail
    return "" if line in _WITHOUT_MORE else line


def role_given(line: str) -> UserRole | None:
    """The role of a user who was added, or got another one."""
    found = re.fullmatch(r"added as (\w+)(?:, signs in elsewhere)?|(\w+) from now on", line)
    role = (found[1] or found[2]) if found else ""
    return UserRole(role) if role in set(UserRole) else None


def state_before(line: str) -> DeliveryState | None:
    """Where a delivery stood that was moved."""
    found = re.fullmatch(r"\w+, was (\w+)", line)
    return DeliveryState(found[1]) if found and found[1] in set(DeliveryState) else None
