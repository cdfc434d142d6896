"""A record as it goes from whoever took the export apart to whoever takes the case in: JSON, its bytes in base64."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from connectors.ias.key import ExportKey, parse_key
from connectors.ias.reading import read_record
from connectors.ias.split import RecordPart, SourceRecord
from dossier.importing.record import ImportedAppeal


def record_form(record: SourceRecord, key: str) -> dict[str, Any]:
    """``key``: the text of the map."""
    parts = [
        {
            "name": part.name,
            "media_type": part.media_type,
            "content": b64encode(part.content).decode(),
            "lines": list(part.lines),
        }
        for part in record.parts
    ]
    return {"file": record.file, "line": record.line, "number": record.number, "parts": parts, "key": key}


def read_form(form: Mapping[str, Any]) -> ImportedAppeal:
    """Read the record anew from its own bytes. Raises RecordInvalid, KeyInvalid, and KeyError for what is no form."""
    parts = tuple(
        RecordPart(
            name=str(part["name"]),
            media_type=str(part["media_type"]),
            content=b64decode(part["content"], validate=True),
            lines=tuple(int(line) for line in part["lines"]),
        )
        for part in form["parts"]
    )
    record = SourceRecord(str(form["file"]), int(form["line"]), str(form["number"]), parts)
    return read_record(record, _key(str(form["key"])))


@lru_cache(maxsize=4)
def _key(text: str) -> ExportKey:
    """The same map comes with every record."""
    return parse_key(text)
