"""What came of a write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recorded:
    """Written."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was written: a conversation moved on, or a minted number was taken. Load and decide again."""


@dataclass(frozen=True, slots=True)
class AlreadyRecorded:
    """(sender, message_id) is known. Same digest: ``answer`` goes out again; other digest: refuse."""

    digest: str
    answer: bytes


@dataclass(frozen=True, slots=True)
class FenceLost:
    """The delivery was not moved: the lease was taken back meanwhile, or a signal ended it. The attempt is kept."""
