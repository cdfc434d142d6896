"""Which waiting message goes first, across (recipient, conversation) pairs; within a pair order always holds."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from contracts.header import Action
from contracts.payloads import FileDossier, NotifyApplicant, NotifyBody, ProvidePosition


class Priority(IntEnum):
    """Smaller goes first."""

    COURT = 0  # what the court asks for or waits for
    TERM_BOUND = 1  # starts or meets a legal term
    NOTICE = 2  # tells somebody


_COURT: Final = frozenset({Action.of(FileDossier), Action.of(ProvidePosition)})
_NOTICE: Final = frozenset({Action.of(NotifyApplicant), Action.of(NotifyBody)})


def priority_of(action: Action) -> Priority:
    """The priority of a message by what it asks."""
    if action in _COURT:
        return Priority.COURT
    return Priority.NOTICE if action in _NOTICE else Priority.TERM_BOUND
