"""How long things are kept, and when a case is over: only then may what people wrote go. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from dossier.case.appeal import Status, TermState
from dossier.case.events import Event
from dossier.case.history import fold


class RetentionKind(StrEnum):
    """What has a time of its own."""

    CASES = "cases"  # messages, envelopes, documents, salts of cases that are over
    DESK = "desk"  # words of incidents and notes that are closed; that there was one stays
    REFUSALS = "refusals"  # who was refused, from where and for what; that somebody was stays
    ACCESSES = "accesses"  # who read what
    REVOCATION_CHECKS = "revocation_checks"  # but the newest of each certificate


KEPT_LIKE: Final[Mapping[RetentionKind, RetentionKind]] = {RetentionKind.DESK: RetentionKind.CASES}
"""What has no time of its own but that of another: the words are of the same people, about the same matters."""

REQUESTS_KEPT: Final = timedelta(days=30)
"""How long the bytes of refused requests are kept, which had no effect; people need them for days, not for years."""

Retention = dict[RetentionKind, timedelta]
"""How long each is kept; what is not in it is kept for ever."""

OVER: Final = frozenset(
    {
        Status.REPLIED,
        Status.TERMINATED,
        Status.RETURNED_BY_BODY,
        Status.COMPLAINT_DECIDED,
        Status.WITHDRAWN,
        Status.CLOSED,
    }
)
"""Nobody owes anything any more. A case that a court returned, or whose dossier is on its way, is never over."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What one commit of retention came to: so many cases, or rows of a log."""

    kept: RetentionKind
    count: int


def is_over(history: Sequence[Event]) -> bool:
    """Whether a case has come to its end, as its events tell."""
    appeal = fold(history)
    return appeal.status in OVER and not any(term.state is TermState.OPEN for term in appeal.terms.values())
