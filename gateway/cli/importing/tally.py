"""What came of an import so far: taken, known, and everything that is wrong, each with its place in the export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, assert_never

from gateway.bootstrap.imports import RecordProblem, SourceRecord
from gateway.cli.frame import err
from gateway.service.cases.importing import AlreadyImported, ImportAccepted, ImportRejected, ImportTrouble

_SAY_EVERY: Final = 100


@dataclass(slots=True)
class ImportTally:
    """``not_taken``: how many records; ``unknown``: codes that the map lacks, by its parts."""

    dry_run: bool
    taken: list[ImportAccepted] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    problems: list[RecordProblem] = field(default_factory=list)
    not_taken: int = 0
    unknown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def fail(self, problems: Iterable[RecordProblem]) -> None:
        """One record that is not taken in, for these reasons."""
        self.not_taken += 1
        for problem in problems:
            self.problems.append(problem)
            if problem.unknown is not None:
                self.unknown[problem.unknown.group].add(problem.unknown.code)

    def refuse(self, record: SourceRecord, troubles: Iterable[ImportTrouble]) -> None:
        """The same, for what was found beyond the record itself."""
        self.fail(
            RecordProblem(record.file, record.line, record.number, one.field, one.detail, one.cure) for one in troubles
        )

    def add(self, record: SourceRecord, result: ImportAccepted | AlreadyImported | ImportRejected) -> None:
        match result:
            case ImportAccepted():
                self.taken.append(result)
                if len(self.taken) % _SAY_EVERY == 0:
                    err.print(f"{len(self.taken)} so far")
            case AlreadyImported():
                self.known.append(result.number)
            case ImportRejected():
                self.refuse(record, result.troubles)
            case _:
                assert_never(result)
