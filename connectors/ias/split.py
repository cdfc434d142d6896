"""An export taken apart into records, each with its own bytes: what is kept as evidence is what was given out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from connectors.ias.problems import ExportUnreadable, RecordProblem
from connectors.ias.rows import NUMBER, CsvTable
from dossier.procedure.law.calendar import zone

_DECODER: Final = json.JSONDecoder()
_BLANK: Final = " \t\r\n"
_BESIDE: Final = ("history", "files")


@dataclass(frozen=True, slots=True)
class RecordPart:
    """Bytes of one record as they stand in the export. ``lines``: where each of its rows stands there."""

    name: str
    media_type: str
    content: bytes
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record: its parts (JSON has one; CSV the card, then history and files) and where it stands."""

    file: str
    line: int
    number: str
    parts: tuple[RecordPart, ...]


@dataclass(frozen=True, slots=True)
class IasExport:
    """All records of an export. ``strays``: rows that belong to none of them."""

    records: tuple[SourceRecord, ...]
    exported_at: datetime | None = None
    strays: tuple[RecordProblem, ...] = ()


def read_export(path: Path) -> IasExport:
    """Take a file apart: JSON (a list, an object with ``appeals``, or one object a line) or CSV with its neighbours.

    Raises ExportUnreadable.
    """
    text = _text_of(path)
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return _from_csv(path, text)
    try:
        return _from_json(path.name, text)
    except json.JSONDecodeError as broken:
        message = f"{path.name}, line {broken.lineno}: no JSON ({broken.msg}). Export it anew; nothing was taken in"
        raise ExportUnreadable(message) from broken
    except (ValueError, RecursionError) as broken:  # numbers and nesting without measure
        raise ExportUnreadable(f"{path.name} cannot be read: {type(broken).__name__}. Export it anew") from broken


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        message = (
            f"{path.name} is not in UTF-8 (byte {broken.start}). Save it as UTF-8: Kazakh letters are lost in others"
        )
        raise ExportUnreadable(message) from broken
    except OSError as absent:
        raise ExportUnreadable(f"{path} cannot be read: {absent.strerror}") from absent


# --- JSON -----------------------------------------------------------------------------------------------------------


def _from_json(file: str, text: str) -> IasExport:
    start = _past_blank(text, 0)
    head: Mapping[str, Any] = {}
    if text.startswith("{", start):
        head, array = _members(text, start)
        spans = _items(text, array) if array is not None else _lines(text)
    else:
        spans = _items(text, start)
    records = tuple(_json_record(file, text, begin, end) for begin, end in spans)
    return IasExport(records, _exported_at(file, head.get("exported_at")))


def _exported_at(file: str, message: object) -> datetime | None:
    """Without an offset it is told by the clock in Almaty. Raises ExportUnreadable."""
    if message is None:
        return None
    try:
        value = datetime.fromisoformat(str(message))
    except ValueError as broken:
        text = f"{file}: exported_at is no date and time. Write it as 2026-11-23T18:00:00+05:00, or leave it out"
        raise ExportUnreadable(text) from broken
    return value if value.tzinfo else value.replace(tzinfo=zone())


def _json_record(file: str, text: str, begin: int, end: int) -> SourceRecord:
    line, content = text.count("\n", 0, begin) + 1, text[begin:end]
    value = json.loads(content)
    number = str(value.get(NUMBER, "")) if isinstance(value, dict) else ""
    part = RecordPart("record.json", "application/json", content.encode(), (line,))
    return SourceRecord(file, line, number, (part,))


def _members(text: str, at: int) -> tuple[dict[str, Any], int | None]:
    """Members of the object at ``at``, and where its list ``appeals`` begins; None: it is a record itself."""
    found: dict[str, Any] = {}
    array: int | None = None
    at = _past_blank(text, at + 1)
    while not text.startswith("}", at):
        name, at = _DECODER.raw_decode(text, at)
        at = _past_blank(text, _past_blank(text, at) + 1)  # the colon
        if name == "appeals":
            array = at
        found[name], at = _DECODER.raw_decode(text, at)
        at = _past_blank(text, at)
        at = _past_blank(text, at + 1) if text.startswith(",", at) else at
    return found, array


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where each item of the list at ``at`` begins and ends."""
    if not text.startswith("[", at):
        raise json.JSONDecodeError("a list of records was expected", text, at)
    at = _past_blank(text, at + 1)
    while not text.startswith("]", at):
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _past_blank(text, end)
        if text.startswith(",", at):
            at = _past_blank(text, at + 1)
        elif not text.startswith("]", at):
            raise json.JSONDecodeError("a comma or the end of the list was expected", text, at)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """One object after the other."""
    at = _past_blank(text, 0)
    while at < len(text):
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _past_blank(text, end)


def _past_blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


# --- CSV ------------------------------------------------------------------------------------------------------------


def _from_csv(path: Path, text: str) -> IasExport:
    """The card of each appeal is a row here; its history and files are rows of ``NAME-history`` and ``NAME-files``."""
    cards = CsvTable.of(path.name, text)
    beside = {name: _table_beside(path, name) for name in _BESIDE}
    rows = {name: _by_number(table) for name, table in beside.items() if table is not None}
    records = tuple(_csv_record(path.name, cards, index, beside, rows) for index in range(len(cards.rows)))
    known = {record.number for record in records}
    strays = tuple(
        RecordProblem(
            table.file, table.rows[index].line, number, NUMBER, "no card has this number", "export its card too"
        )
        for name, table in beside.items()
        if table is not None
        for number, indexes in rows[name].items()
        if number not in known
        for index in indexes
    )
    return IasExport(records, None, strays)


def _table_beside(path: Path, name: str) -> CsvTable | None:
    other = path.with_name(f"{path.stem}-{name}{path.suffix}")
    return CsvTable.of(other.name, _text_of(other)) if other.is_file() else None


def _by_number(table: CsvTable) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for index in range(len(table.rows)):
        found[table.number_of(index)].append(index)
    return found


def _csv_record(
    file: str,
    cards: CsvTable,
    index: int,
    beside: Mapping[str, CsvTable | None],
    rows: Mapping[str, Mapping[str, list[int]]],
) -> SourceRecord:
    number = cards.number_of(index)
    parts = [_csv_part("card", cards, [index])]
    parts += [
        _csv_part(name, table, rows[name].get(number, []))
        for name, table in beside.items()
        if table is not None and rows[name].get(number)
    ]
    return SourceRecord(file, cards.rows[index].line, number, tuple(parts))


def _csv_part(name: str, table: CsvTable, indexes: list[int]) -> RecordPart:
    lines = tuple(table.rows[index].line for index in indexes)
    return RecordPart(f"{name}.csv", "text/csv", table.excerpt(indexes), lines)


def doubled(export: IasExport) -> Iterator[RecordProblem]:
    """Records that share their number: which of them counts is not ours to guess."""
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for record in export.records:
        lines[record.number].append(record.line)
    for record in export.records:
        if record.number and len(lines[record.number]) > 1:
            message = f"the number stands in lines {', '.join(map(str, lines[record.number]))}"
            yield RecordProblem(
                record.file, record.line, record.number, NUMBER, message, "leave the right one in the file"
            )
