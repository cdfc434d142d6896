"""Fields of one row of an export, each held to its form; everything wrong is noted, nothing is quoted but codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from connectors.ias.key import ExportKey
from connectors.ias.problems import RecordProblem, UnknownCode
from contracts.party import PartyId
from dossier.procedure.law.calendar import local_date, zone

_RUSSIAN_DAY: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_TRUE: Final = frozenset({"true", "1", "да", "иә", "yes", "t"})


@dataclass(slots=True)
class Notes:
    """What is wrong with a record so far."""

    file: str
    record: str
    problems: list[RecordProblem] = field(default_factory=list)

    def add(self, line: int, name: str, detail: str, cure: str, unknown: UnknownCode | None = None) -> None:
        problem = RecordProblem(self.file, line, self.record, name, detail, cure, unknown)
        if problem not in self.problems:  # a field that is looked at twice is wrong once
            self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class Fields:
    """One row. ``path`` stands before the names of its fields; what is absent or wrong is noted and comes as None."""

    values: Mapping[str, Any]
    key: ExportKey
    notes: Notes
    line: int
    path: str = ""

    def within(self, name: str) -> Fields:
        """The fields of a group; without any where there is none."""
        inner = self.values.get(name)
        return Fields(inner if isinstance(inner, dict) else {}, self.key, self.notes, self.line, f"{self.path}{name}.")

    def has(self, name: str) -> bool:
        return bool(self.text(name))

    def text(self, name: str) -> str | None:
        """As text, a number too; None where it is absent or empty."""
        value = self.values.get(name)
        if isinstance(value, list):
            value = next(iter(value), None)
        if value is None or isinstance(value, dict | bool):
            return None
        return str(value).strip() or None

    def needed(self, name: str, cure: str) -> str | None:
        value = self.text(name)
        if value is None:
            self.wrong(name, "is absent", cure)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.values.get(name)
        if isinstance(value, bool):
            return value
        given = self.text(name)
        return default if given is None else given.lower() in _TRUE

    def instant(self, name: str) -> datetime | None:
        """In UTC; without an offset it is told by the clock in Almaty."""
        given = self.text(name)
        if given is None:
            return None
        try:
            value = datetime.fromisoformat(_RUSSIAN_DAY.sub(r"\3-\2-\1", given))
        except ValueError:
            self.wrong(name, f"{given!r} is no date and time", "write it as 2026-03-02T10:15:00+05:00")
            return None
        return (value if value.tzinfo else value.replace(tzinfo=zone())).astimezone(UTC)

    def day(self, name: str) -> date | None:
        """The local day of an instant or a date."""
        instant = self.instant(name)
        return local_date(instant) if instant else None

    def word(self, table: str, name: str, default: str | None = None) -> str | None:
        """What the export's word is to us."""
        given = self.text(name)
        if given is None:
            if default is None:
                self.wrong(name, "is absent", "export it, or complete the record")
            return default
        meaning = self.key.word(table, given)
        if meaning is None:
            unknown = UnknownCode(table, given)
            self.wrong(name, f"{given!r} is not known", f"add it to the map under {table}", unknown)
        return meaning

    def party(self, name: str) -> PartyId | None:
        """The party that an organisation is here."""
        code = self.needed(name, "say which organisation it is")
        party = self.key.organisations.get(code) if code else None
        if code and party is None:
            unknown = UnknownCode("organisations", code)
            self.wrong(name, f"organisation {code} is not in the map", "add it under organisations", unknown)
        return party

    def wrong(self, name: str, detail: str, cure: str, unknown: UnknownCode | None = None) -> None:
        self.notes.add(self.line, f"{self.path}{name}", detail, cure, unknown)
