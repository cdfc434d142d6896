"""Which rows prove something, and the bytes that the ledger commits to for each: RFC 8785 JSON of its columns.

Columns in the clear name no person. The others, whose content could be guessed or is somebody's words, go in as one
digest with 32 random bytes (``private``): without that salt the bytes tell nothing of them. Absent is None, so a
column that a later release adds changes nothing of what is written. Bytes stand as their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Table

from gateway.store import tables as t
from gateway.store.tables.base import kept_words
from gateway.store.tables.delivery import IS_OPEN

FORM: Final = 1
"""The version written as ``v``; raised only if the rules of this module change."""

SALT_BYTES: Final = 32
EVENTS: Final = "events"
"""Leaves of events: their content is the event bytes, which the events table keeps."""

Json = str | int | bool | list["Json"] | dict[str, "Json"]
RowValues = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record. ``columns``: in the clear; ``private``: behind the salt; ``only``: which rows, None for all.

    ``time``: the column that says when it was written, None where the writer must say. ``kept_apart``: columns whose
    truth is held otherwise, each with how.
    """

    name: str
    table: Table
    columns: tuple[str, ...]
    time: str | None
    private: tuple[str, ...] = ()
    kept_apart: Mapping[str, str] = field(default_factory=dict)
    only: ColumnElement[bool] | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that say which row."""
        return _key_names(self.table)

    def key_of(self, row: RowValues) -> str:
        """The row's key as it stands in ``leaves.key``: a JSON list."""
        return _dumped([json_value(row[name]) for name in self.key])

    def content_of(self, row: RowValues, salt: bytes | None) -> dict[str, Json]:
        """The record as JSON values. ``row``: as inserted or as read, the bytes are the same."""
        document: dict[str, Json] = {
            "v": FORM,
            "record": self.name,
            "key": [json_value(row[name]) for name in self.key],
            "row": _members(row, self.columns),
        }
        if self.private and salt is not None:
            document["private"] = hashlib.sha256(salt + canonical(_members(row, self.private))).hexdigest()
        return document


def canonical(document: Mapping[str, Json]) -> bytes:
    """RFC 8785 for what records hold: names in ASCII, no floats. A tenth of the general writer's cost."""
    return _dumped(document).encode()


_dumped: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@cache
def _key_names(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.primary_key.columns)


def _members(row: RowValues, names: Sequence[str]) -> dict[str, Json]:
    return {name: json_value(row[name]) for name in names if row.get(name) is not None}


def json_value(value: Any) -> Json:  # noqa: ANN401 - any column's
    """A column's value as a leaf says it."""
    match value:
        case Enum():
            return str(value.value)
        case str():
            return value if value.isascii() and "\0" not in value else kept_words(value)
        case bool() | int():
            return value
        case bytes() | memoryview():
            return hashlib.sha256(value).hexdigest()
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        case timedelta():
            return value // timedelta(microseconds=1)
    raise TypeError(f"{type(value).__name__} has no form in a record")


def _whole(table: Table, *private: str, time: str | None = "at", **kept_apart: str) -> RecordKind:
    """Every column of the table, whatever is added to it."""
    apart = {*private, *kept_apart}
    clear = tuple(column.name for column in table.columns if column.name not in apart)
    return RecordKind(table.name, table, clear, time, private, kept_apart)


_DELIVERY: Final = ("delivery_id", "conversation_id", "sender", "message_id", "recipient", "action", "created_at")
_ENDED: Final = ("delivery_id", "state", "code", "receipt_sha256", "finished_at")

DELIVERY_ENDS: Final = RecordKind("delivery_ends", t.deliveries, _ENDED, "finished_at", ("detail",), only=~IS_OPEN)
"""Written when a delivery reaches a final state, which it never leaves."""

RECORDS: Final = tuple(
    sorted(
        (
            _whole(t.messages, "digest", operation="its SHA-256 is the row's digest"),
            _whole(t.inbox, "digest", "answer", time="received_at"),
            RecordKind("deliveries", t.deliveries, _DELIVERY, "created_at"),
            DELIVERY_ENDS,
            _whole(t.attempts, "detail", time="finished_at"),
            _whole(t.signals, "detail"),
            _whole(t.escalations),
            _whole(t.documents, "sha256", "file_name", time="created_at"),
            _whole(t.document_grants, time="granted_at"),
            _whole(t.registry_versions, "applied_by", time="applied_at"),
            _whole(t.parties, time=None),
            _whole(t.party_certificates, time=None),
            _whole(t.agreements, time=None),
            _whole(t.routes, time=None),
            _whole(t.refusals, "path", "remote", "detail", "sender", "message_id", "request_sha256", "digest"),
            _whole(t.accesses),
            _whole(t.audit_log, "by", "reason"),
            _whole(t.revocation_values, time="fetched_at"),
            _whole(t.revocation_checks),
        ),
        key=lambda record: record.name,
    )
)
"""Every kind but events, by name."""

RECORD_OF: Final = {record.name: record for record in RECORDS}


@dataclass(frozen=True, slots=True)
class NewLeaf:
    """One leaf to be written with its record. ``content`` is None for events, which keep it themselves."""

    record: str
    key: str
    digest: bytes
    content: bytes | None
    salt: bytes | None
    at: datetime


def read_key(text: str, table: Table) -> tuple[Any, ...] | None:
    """A ``leaves.key`` as values; None when it cannot be a key of this table."""
    try:
        key = json.loads(text)
    except ValueError:
        return None
    columns = list(table.primary_key.columns)
    if not isinstance(key, list) or len(key) != len(columns):
        return None
    fits = all(type(value) is column.type.python_type for value, column in zip(key, columns, strict=True))
    return tuple(key) if fits else None


def event_key(conversation_id: str, seq: int) -> str:
    """``leaves.key`` of an event."""
    return _dumped([conversation_id, seq])
