"""What is looked at to say how the exchange is: this process by itself, and what all nodes share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeyNow:
    """A key of ours. ``trouble``: why another that lies in its place is not in force; empty when none does."""

    name: str
    not_after: datetime
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ProcessState:
    """What one process knows without the database.

    ``closed``: why nothing is taken now, cause by cause. ``documents``: why they cannot be written; empty when they
    can. ``free_bytes``: of each folder that we write to. ``has_authorities``: whether a time-stamp authority is named;
    ``authorities_away``: whether none of them answers. ``leads_alone``: loops that one node runs for all.
    """

    keys: tuple[KeyNow, ...]
    closed: Mapping[str, str]
    documents: str
    free_bytes: Mapping[str, int]
    reserve_bytes: int
    has_authorities: bool
    authorities_away: bool
    leaving: bool
    seal_every: timedelta
    leads_alone: frozenset[str] = field(default_factory=frozenset)


class Vitals(Protocol):
    """One look at this process."""

    async def current(self) -> ProcessState: ...
