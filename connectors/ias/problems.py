"""What is wrong with an export: where, in which field, what it is, and what cures it. No words of citizens in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code of the other system that nobody has told us the meaning of. ``group``: where in the map it belongs."""

    group: str
    code: str


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """One thing wrong in one record. ``line`` counts from 1 and is that of the record or of its history row."""

    file: str
    line: int
    record: str
    field: str
    detail: str
    cure: str
    unknown: UnknownCode | None = None


class ExportUnreadable(Exception):
    """The file as a whole cannot be taken apart into records; the text says where and what to do."""


class RecordInvalid(ValueError):
    """One record cannot be taken in. ``problems`` holds all that is wrong with it; the others are not concerned."""

    def __init__(self, problems: Iterable[RecordProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.field}: {one.detail}" for one in self.problems))
