"""Counts of what goes wrong: how they are asked for, and how the loop that counts writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.reports.causes import Cause, CauseKind
from gateway.ports.operations import Read, Write


@dataclass(frozen=True, slots=True)
class CountCauses(Write[None]):
    """Count these hours anew; one that was counted before is replaced."""

    hours: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CauseQuery(Read[tuple[Cause, ...]]):
    """Counts since ``since``, held against those since ``before``. What is None narrows nothing.

    The most frequent first.
    """

    since: datetime
    before: datetime
    kind: CauseKind | None = None
    party: str | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class FindLastCounted(Read[datetime | None]):
    """The newest hour in which something was counted."""
