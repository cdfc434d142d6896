"""What a check of the ledger says: which row of which table is not what was recorded, and how that shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MOST_FINDINGS: Final = 1_000
"""Told one by one; the rest is counted. A database that was replaced as a whole has millions."""


class LedgerProblem(StrEnum):
    """How something is not as it was recorded."""

    CHANGED = "changed"  # columns of the row differ from its leaf
    MISSING = "missing"  # the leaf is there, its row is gone
    NOT_COVERED = "not covered"  # the row is in no leaf: it was not written by the exchange
    UNREADABLE = "unreadable"  # the row holds what the exchange can't have written
    CONTRADICTS_EVENTS = "contradicts events"  # what follows from the events of the case is not what stands here
    PAYLOAD_CHANGED = "payload changed"  # the bytes are not those of their digest
    ERASED_SILENTLY = "erased silently"  # bytes or a salt are gone, and the audit log does not say who erased them
    UNNAMED = "unnamed"  # an envelope that no record names
    LEAF_CHANGED = "leaf changed"  # the leaf's bytes, place or name are not what was recorded or sealed
    LEAF_MISSING = "leaf missing"  # a sealed position is empty
    TREE_CHANGED = "tree changed"  # a tile is not what the leaves make
    HEAD_CHANGED = "head changed"  # a tree head is not what was signed, or not over these leaves
    SEAL_BROKEN = "seal broken"  # the signature does not fit, or is of a key that nobody vouches for
    TOKEN_BROKEN = "token broken"  # noqa: S105 - the time stamp does not fit, or nobody vouches for its authority


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One row that is not as it was recorded. ``key``: as JSON; ``detail``: columns or reason, English."""

    problem: LedgerProblem
    table: str
    key: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """How much was looked at."""

    leaves: int = 0
    rows: int = 0
    conversations: int = 0
    envelopes: int = 0
    heads: int = 0
    tokens: int = 0
    unsealed: int = 0
    erased: int = 0


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The whole verdict. ``more``: findings beyond those listed."""

    counts: LedgerCounts
    findings: tuple[RowFinding, ...] = ()
    more: int = 0

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


Progress = Callable[[int], None]
"""Called now and then with how many more rows were looked at."""


@dataclass(slots=True)
class LedgerTally:
    """Counts and findings of one check under way."""

    progress: Progress
    counted: dict[str, int] = field(default_factory=dict)
    findings: list[RowFinding] = field(default_factory=list)
    more: int = 0

    def count(self, what: str, by: int) -> None:
        """``what`` is a field of ``LedgerCounts``."""
        self.counted[what] = self.counted.get(what, 0) + by
        self.progress(by)

    def find(self, problem: LedgerProblem, table: str, key: str, detail: str = "") -> None:
        """Note one finding; beyond ``MOST_FINDINGS`` only their number."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(RowFinding(problem, table, key, detail))
        else:
            self.more += 1

    def report(self) -> LedgerReport:
        """What was found."""
        return LedgerReport(LedgerCounts(**self.counted), tuple(self.findings), self.more)
