"""What a command reads the export of the former system with."""

from connectors.ias.form import record_form
from connectors.ias.key import ExportKey, KeyInvalid, parse_key
from connectors.ias.problems import ExportUnreadable, RecordInvalid, RecordProblem
from connectors.ias.reading import read_record
from connectors.ias.split import IasExport, SourceRecord, doubled, read_export

__all__ = [
    "ExportKey",
    "ExportUnreadable",
    "IasExport",
    "KeyInvalid",
    "RecordInvalid",
    "RecordProblem",
    "SourceRecord",
    "doubled",
    "parse_key",
    "read_export",
    "read_record",
    "record_form",
]
