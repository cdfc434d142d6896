"""The sample export of another system, as it is read."""

from __future__ import annotations

from pathlib import Path

from connectors.ias.key import ExportKey, parse_key
from connectors.ias.reading import read_record
from connectors.ias.split import IasExport, read_export
from dossier.importing.record import ImportedAppeal

FOLDER = Path(__file__).parents[1] / "vectors" / "ias"
FILES = FOLDER / "files"
ANSWERED, RUNNING = "ЖТ-2026-00000042", "ЖТ-2026-00000057"


def the_key() -> ExportKey:
    return parse_key((FOLDER / "orgs.yaml").read_text(encoding="utf-8"))


def sample(name: str = "export.json") -> IasExport:
    return read_export(FOLDER / name)


def case_of(number: str, name: str = "export.json") -> ImportedAppeal:
    record = next(record for record in sample(name).records if record.number == number)
    return read_record(record, the_key())
