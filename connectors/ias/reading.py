"""One record read: its card, its history, the files that it names. Everything wrong with it is told at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from connectors.ias.card import read_appeal
from connectors.ias.fields import Fields, Notes
from connectors.ias.history import WHEN, read_steps
from connectors.ias.key import ExportKey
from connectors.ias.problems import ExportUnreadable, RecordInvalid
from connectors.ias.rows import NUMBER, CsvTable
from connectors.ias.split import RecordPart, SourceRecord
from contracts.payloads import DocumentKind, Extended, ReportProgress
from dossier.importing.record import ImportedAppeal, ImportedFile, ImportedStep, Lawsuit, RecordFile

SOURCE: Final = "eOtinish"
"""What ИАС «Электронные обращения» is called in every language."""
_FORM: Final = re.compile(r"\w{1,4}-\d{4}-\d{8}(/\d{1,3})?")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MOST_FILES: Final = 90  # a message names a hundred documents, and the record's own parts are among them
_UNTYPED: Final = "application/octet-stream"


def read_record(record: SourceRecord, key: ExportKey) -> ImportedAppeal:
    """The appeal that a record tells of. Raises RecordInvalid."""
    notes = Notes(record.file, record.number)
    card, rows, files = _rows_of(record, key, notes)
    number = _number(card)
    steps = read_steps(rows, card)
    appeal, body = read_appeal(card, rows[0] if rows else None), card.party("organizationId")
    named = tuple(_files(files, rows))
    _check(card, rows, card.instant("start_date"), steps, named)
    if notes.problems or appeal is None or body is None or number is None:
        raise RecordInvalid(notes.problems)
    return ImportedAppeal(
        source=SOURCE,
        number=number,
        appeal=appeal,
        body=body,
        steps=steps,
        files=named,
        record=tuple(RecordFile(part.name, part.media_type, part.content) for part in record.parts),
        due_on=card.day("deadline"),
        parent_number=card.text("parent_reg_number"),
        lawsuit=_lawsuit(card),
    )


def _rows_of(record: SourceRecord, key: ExportKey, notes: Notes) -> tuple[Fields, list[Fields], list[Fields]]:
    first, *others = record.parts
    if first.media_type == "application/json":
        card = _json_card(first, notes)
        history, files = _listed(card, "history"), _listed(card, "files")
        where = Fields(card, key, notes, record.line)
        return where, list(_numbered(where, "history", history)), list(_numbered(where, "files", files))
    tables = {part.name: _csv_rows(part, notes) for part in (first, *others)}
    card = next(iter(tables["card.csv"]), {})
    where = Fields(card, key, notes, record.line)
    lines = {part.name: part.lines for part in record.parts}
    return (
        where,
        list(_numbered(where, "history", tables.get("history.csv", []), lines.get("history.csv", ()))),
        list(_numbered(where, "files", tables.get("files.csv", []), lines.get("files.csv", ()))),
    )


def _json_card(part: RecordPart, notes: Notes) -> dict[str, Any]:
    value = json.loads(part.content)
    if not isinstance(value, dict):
        notes.add(part.lines[0], "", "the record is no object", "export cards as objects with named fields")
        return {}
    return value


def _csv_rows(part: RecordPart, notes: Notes) -> list[dict[str, Any]]:
    try:
        return list(CsvTable.of(part.name, part.content.decode()).values())
    except ExportUnreadable as broken:
        notes.add(part.lines[0] if part.lines else 1, part.name, str(broken), "export it anew")
        return []


def _listed(card: dict[str, Any], name: str) -> list[dict[str, Any]]:
    values = card.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _numbered(card: Fields, name: str, rows: list[dict[str, Any]], lines: tuple[int, ...] = ()) -> Iterator[Fields]:
    for number, values in enumerate(rows, 1):
        line = lines[number - 1] if lines else card.line
        yield Fields(values, card.key, card.notes, line, f"{name}[{number}].")


def _number(card: Fields) -> str | None:
    number = card.needed(NUMBER, "export it: an appeal is told from others by it")
    if number is None or _FORM.fullmatch(number):
        return number
    card.wrong(NUMBER, f"{number!r} is no registration number", "write it whole, as ЖТ-2026-00000042")
    return None


def _files(files: list[Fields], rows: list[Fields]) -> Iterator[ImportedFile]:
    """Those of the card are the applicant's; a row of the history names what it brought."""
    for file in files:
        yield from _file(file, _kind_of(file, rows))
    for row in rows:
        inner = row.values.get("files")
        named = [value for value in inner if isinstance(value, dict)] if isinstance(inner, list) else []
        for number, values in enumerate(named, 1):
            file = Fields(values, row.key, row.notes, row.line, f"{row.path}files[{number}].")
            yield from _file(file, _kind_by(row))


def _kind_of(file: Fields, rows: list[Fields]) -> DocumentKind:
    """In CSV the column ``history_row`` says with which row a file came."""
    detail = file.text("history_row")
    if detail is None or not detail.isdigit() or not 1 <= int(detail) <= len(rows):
        return DocumentKind.ATTACHMENT
    return _kind_by(rows[int(detail) - 1])


def _kind_by(row: Fields) -> DocumentKind:
    state = row.key.word("states", row.text("state") or "")
    return DocumentKind.REPLY if state == "replied" else DocumentKind.OTHER


def _file(file: Fields, kind: DocumentKind) -> Iterator[ImportedFile]:
    name = file.needed("fileName", "say what the file is called")
    sha256 = (file.text("hash") or "").lower() or None
    if sha256 is not None and not _SHA256.fullmatch(sha256):
        file.wrong("hash", "is no SHA-256 in hex", "write its 64 digits, or leave it out")
        return
    if name is None:
        return
    plain = re.split(r"[/\\]", name)[-1]
    keys = tuple(key for key in (file.text("fileId"), plain) if key)
    title = (file.text("description") or plain)[:500]
    yield ImportedFile(keys, kind, title, plain, file.text("mimeType") or _UNTYPED, sha256)


def _lawsuit(card: Fields) -> Lawsuit | None:
    if not card.flag("has_lawsuit", default=card.has("case_number")):
        return None
    at = card.instant("lawsuit_create_date") or card.instant("start_date")
    return None if at is None else Lawsuit(card.text("case_number"), at)


def _check(
    card: Fields,
    rows: list[Fields],
    lodged_at: datetime | None,
    steps: tuple[ImportedStep, ...],
    named: tuple[ImportedFile, ...],
) -> None:
    """What fits field by field, but not together."""
    for step in steps:
        if lodged_at is not None and step.at < lodged_at:
            detail = "it happened before the appeal was lodged"
            rows[step.row - 1].wrong(WHEN[0], detail, "mend it or the card's start_date")
    if len(named) > _MOST_FILES:
        card.wrong("files", f"{len(named)} files, {_MOST_FILES} fit", "put some together in one archive")
    extended = sum(
        isinstance(step.payload, ReportProgress) and isinstance(step.payload.step, Extended) for step in steps
    )
    counted = card.text("prolong_count") or "0"
    if counted.isdigit() and int(counted) > extended:
        detail = f"the term was prolonged {counted} times, the history has {extended} of them"
        card.wrong("prolong_count", detail, "export the history whole")
