"""What came of an import so far: taken, known, and everything that is wrong, each with its place in the export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, assert_never

from connectors.ias.problems import Problem
from connectors.ias.split import SourceRecord
from gateway.cli.frame import err
from gateway.service.importing import Known, NotTaken, Taken, Trouble

_SAY_EVERY: Final = 100


@dataclass(slots=True)
class Tally:
    """``not_taken``: how many records; ``unknown``: codes that the map lacks, by its parts."""

    dry_run: bool
    taken: list[Taken] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    not_taken: int = 0
    unknown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def fail(self, problems: Iterable[Problem]) -> None:
        """One record that is not taken in, for these reasons."""
        self.not_taken += 1
        for problem in problems:
            self.problems.append(problem)
            if problem.unknown is not None:
                self.unknown[problem.unknown.group].add(problem.unknown.code)

    def refuse(self, record: SourceRecord, troubles: Iterable[Trouble]) -> None:
        """The same, for what was found beyond the record itself."""
        self.fail(Problem(record.file, record.line, record.number, one.field, one.said, one.cure) for one in troubles)

    def add(self, record: SourceRecord, result: Taken | Known | NotTaken) -> None:
        match result:
            case Taken():
                self.taken.append(result)
                if len(self.taken) % _SAY_EVERY == 0:
                    err.print(f"{len(self.taken)} so far")
            case Known():
                self.known.append(result.number)
            case NotTaken():
                self.refuse(record, result.troubles)
            case _:
                assert_never(result)
