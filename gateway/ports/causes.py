"""Counts of what goes wrong: how they are asked for, and how the loop that counts writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.reports.causes import Cause, CauseKind


@dataclass(frozen=True, slots=True)
class CauseQuery:
    """Counts since ``since``, held against those since ``before``. What is None narrows nothing."""

    since: datetime
    before: datetime
    kind: CauseKind | None = None
    party: str | None = None
    limit: int = 100


class CauseReads(Protocol):
    """What the page about causes is made from."""

    async def list_causes(self, query: CauseQuery) -> tuple[Cause, ...]:
        """The most frequent first."""
        ...


class CauseWrites(Protocol):
    """What the loop that counts writes."""

    async def last_counted(self) -> datetime | None:
        """The newest hour in which something was counted."""
        ...

    async def count_causes(self, hours: tuple[datetime, ...]) -> None:
        """Count these hours anew; one that was counted before is replaced."""
        ...
