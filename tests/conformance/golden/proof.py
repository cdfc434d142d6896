"""What is kept as proof: dossiers and their parts, evidence of a message, events, records, the ledger's files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Column

from tests.conformance.golden import product as our
from tests.conformance.golden.chance import SALT
from tests.conformance.golden.values import NOON
from tests.worlds import evidence_samples, samples
from tests.worlds.dossiers import ASSEMBLED_AT, START, anchors, dossier_input, seal_key
from tests.worlds.long_story import long_input
from tests.worlds.proofs import ledger_evidence, stamp_at
from tests.worlds.supplement_story import supplement_input

Pieces = Iterator[tuple[str, bytes]]


# --- dossiers -------------------------------------------------------------------------------------------------------


def dossiers() -> Pieces:
    """Each with every file in it, so that a change names the file."""
    proven = dossier_input(certificates=(seal_key().certificate, *anchors()), ledger=ledger_evidence())
    stamp = stamp_at(ASSEMBLED_AT + timedelta(seconds=2))
    yield from _dossier("first", dossier_input())
    yield from _dossier("first-p-256", dossier_input(), key=seal_key("P-256"))
    yield from _dossier("stamped", proven, stamp=stamp)
    supplement = supplement_input()
    yield from _dossier("supplement", supplement)
    yield from _dossier("long", long_input(events=120, documents=20))


def _dossier(name: str, given: Any, *, key: our.SoftwareKey | None = None, stamp: Any = None) -> Pieces:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dossier.asice"
        our.assemble(given, key or seal_key(), path, stamp)
        yield f"dossiers/{name}.asice", path.read_bytes()
        with our.Container.open(path) as container:
            for file in container.names:
                yield f"dossiers/{name}/{file}", container.read(file, limit_bytes=10**8)
        report = our.inspect_container(path, anchors(), now=given.assembled_at + timedelta(days=30))
        yield f"dossiers/{name}.report.json", our.report_json(report).encode()


# --- evidence of a message ------------------------------------------------------------------------------------------


def evidence() -> Pieces:
    for name, traced in (("submitted", evidence_samples.submitted()), ("relayed", evidence_samples.relayed())):
        stream = BytesIO()
        our.pack(stream, traced, seal_key())
        yield f"evidence/{name}.asice", stream.getvalue()
        for file, data in evidence_samples.contents(traced).items():
            yield f"evidence/{name}/{file}", data


# --- the ledger -----------------------------------------------------------------------------------------------------


def events() -> Pieces:
    """One of each kind, as the ledger commits to it; ``tests/vectors/events.json`` holds the same bytes to read."""
    for event in (*samples.EVENTS, replace(samples.EVENTS[0], happened_at=START)):
        when = "-happened-before" if event.happened_at else ""
        data = our.event_bytes(event)
        yield f"events/{our.fact_kind(event.fact)}{when}.json", data
        yield f"events/{our.fact_kind(event.fact)}{when}.leaf", our.leaf_digest(data)


def ledger() -> Pieces:
    """A sealed head over the story's events with its signature, certificate, token and proofs."""
    sealed = ledger_evidence()
    yield "ledger/head.json", our.tree_head_bytes(sealed.seals[0].head)
    for file in our.ledger_files(sealed):
        yield f"ledger/{file.name}", file.content


def records() -> Pieces:
    """The leaf of a row of each kind of record, once with every column filled and once with all that may be absent."""
    for record in our.RECORDS:
        for full in (True, False):
            row = {
                column.name: _value(column) if full or not column.nullable else None for column in record.table.columns
            }
            leaf = our.leaf_of(record, row, salt=SALT, at=NOON)
            name = f"records/{record.name}-{'full' if full else 'bare'}"
            yield f"{name}.json", leaf.content
            yield f"{name}.key", leaf.key.encode()


def _value(column: Column[Any]) -> Any:
    """By the column's type and its name, which stands in the leaf and never changes."""
    match column.type:
        case our.OneOf(enum=enum):
            return next(iter(enum))
        case our.SpanColumn():
            return timedelta(minutes=5, microseconds=7)
        case our.InstantColumn():
            return NOON
        case our.FreeText():
            return f"сөз «{column.name}»\n\0"
        case our.Trace():
            return our.TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", True)
    kind = type(None)
    with suppress(NotImplementedError):
        kind = column.type.python_type
    digest = hashlib.sha256(column.name.encode())
    return {str: f"{column.name} мәні", int: digest.digest()[0], bool: True, bytes: digest.digest()}[kind]


def listed(pieces: dict[str, bytes]) -> bytes:
    """Digests as they are kept: sorted by name, one a line."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(pieces.items())}
    return (json.dumps(digests, ensure_ascii=False, indent=0) + "\n").encode()
