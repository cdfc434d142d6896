"""What became of an act, as the audit log keeps it in a line of English; written and read here alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.domain.people.access import UserRole


class AuditOutcome(StrEnum):
    """How an act ended."""

    DONE = "done"
    REFUSED = "refused"  # the state, or what was given, stood against it
    NO_RIGHT = "no_right"  # the role of whoever tried does not give it
    BROKEN = "broken"  # a check was made, and what it looked at is not as it was recorded


_NO_RIGHT: Final = re.compile(r"refused: the role (\w+) may not")
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
