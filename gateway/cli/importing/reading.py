"""The export and its map as they lie there, read as far as they can be; what cannot be is noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contracts.party import PartyId
from gateway.bootstrap.imports import (
    ExportKey,
    ExportUnreadable,
    IasExport,
    KeyInvalid,
    RecordInvalid,
    doubled,
    parse_key,
    read_export,
    read_record,
)
from gateway.cli.frame import CommandFailed
from gateway.cli.importing.doors import ReadRecord
from gateway.cli.importing.tally import ImportTally


@dataclass(frozen=True, slots=True)
class Reading:
    """``records``: those that can be taken in. ``parties``: all that the map names as organisations."""

    records: list[ReadRecord]
    parties: frozenset[PartyId]
    exported_at: datetime | None


def read_all(file: Path, map_file: Path, tally: ImportTally) -> Reading:
    """Everything that is wrong with single records goes into ``tally``. Raises CommandFailed for a whole file."""
    try:
        text = map_file.read_text(encoding="utf-8")
        key, export = parse_key(text), read_export(file)
    except (OSError, UnicodeDecodeError) as broken:
        raise CommandFailed(f"{map_file} cannot be read: {broken}. Name a readable UTF-8 file.") from broken
    except KeyInvalid as invalid:
        listed = "\n".join(f"  {problem}" for problem in invalid.problems)
        raise CommandFailed(f"Nothing was taken in; mend {map_file}:\n{listed}") from invalid
    except ExportUnreadable as broken:
        raise CommandFailed(str(broken)) from broken
    tally.problems += export.strays
    return Reading(_records(export, key, text, tally), frozenset(key.organisations.values()), export.exported_at)


def _records(export: IasExport, key: ExportKey, text: str, tally: ImportTally) -> list[ReadRecord]:
    twice = {(problem.line, problem.record): problem for problem in doubled(export)}
    readable = []
    for record in export.records:
        try:
            if (problem := twice.get((record.line, record.number))) is not None:
                raise RecordInvalid([problem])
            readable.append(ReadRecord(record, read_record(record, key), text))
        except RecordInvalid as invalid:
            tally.fail(invalid.problems)
    return readable
