"""Leaves in the commit that writes what they are of: rows are added through here, their leaves once at its end."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Table

from gateway.store.engine.statements import Values, add, add_missing
from gateway.store.ledger.leaf_text import leaf_of
from gateway.store.ledger.records import RECORD_OF, SALT_BYTES, NewLeaf, RecordKind
from gateway.store.tables import leaves

_STAGED: Final = "leaves"
"""In the connection's own notes, which live as long as its transaction does."""


def add_proven(connection: Connection, table: Table, rows: Sequence[Values], *, at: datetime | None = None) -> None:
    """``add``, with a leaf for each row. ``at``: for tables whose rows have no time of their own."""
    if rows:
        numbered = _numbered(connection, table, rows)
        add(connection, table, numbered)
        stage(connection, RECORD_OF[table.name], numbered, at=at)


def add_missing_proven(connection: Connection, table: Table, rows: Sequence[Values]) -> set[tuple[Any, ...]]:
    """``add_missing``, with a leaf for each row that was written."""
    written = add_missing(connection, table, rows)
    record = RECORD_OF[table.name]
    first = {tuple(row[name] for name in record.key): row for row in reversed(rows)}
    stage(connection, record, [row for key, row in first.items() if key in written])
    return written


def stage(connection: Connection, record: RecordKind, rows: Iterable[Values], *, at: datetime | None = None) -> None:
    """Note the leaves of rows that this transaction writes."""
    listed = list(rows)
    salted = zip(listed, _salts(record, len(listed)), strict=True)
    leaves_of = [leaf_of(record, row, salt=salt, at=at or _time_of(record, row)) for row, salt in salted]
    stage_leaves(connection, leaves_of)


def stage_leaves(connection: Connection, staged: Iterable[NewLeaf]) -> None:
    """Note leaves that this transaction writes."""
    cast("list[NewLeaf]", connection.info.setdefault(_STAGED, [])).extend(staged)


def write_staged(connection: Connection) -> None:
    """Write what was noted: the last statement of a transaction."""
    staged: list[NewLeaf] = connection.info.pop(_STAGED, [])
    add(connection, leaves, [_leaf_row(leaf) for leaf in staged])


def _leaf_row(leaf: NewLeaf) -> Values:
    """Spelled out, since ``asdict`` copies deeply, and this is done for every record."""
    return {
        "record": leaf.record,
        "key": leaf.key,
        "digest": leaf.digest,
        "content": leaf.content,
        "salt": leaf.salt,
        "at": leaf.at,
    }


def forget_staged(connection: Connection) -> None:
    """A transaction begins; what one that failed has noted is not its own."""
    connection.info.pop(_STAGED, None)


def _numbered(connection: Connection, table: Table, rows: Sequence[Values]) -> Sequence[Values]:
    """The rows with the numbers that the database would give them: their leaves name them by these.

    Asked for beforehand, all at once: SQLite tells the numbers of new rows only one by one.
    """
    column = table.autoincrement_column
    if column is None:
        return rows
    if connection.dialect.name == "sqlite":  # one transaction writes at a time
        newest = f"SELECT coalesce(max({column.name}), 0) FROM {table.name}"  # noqa: S608 - names of ours
        first: int = connection.exec_driver_sql(newest).scalar_one() + 1
        numbers: Iterable[int] = range(first, first + len(rows))
    else:
        sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        drawn = f"SELECT nextval({sequence}) FROM generate_series(1, %s)"  # noqa: S608 - names of ours
        numbers = connection.exec_driver_sql(drawn, (len(rows),)).scalars().all()
    return [{**row, column.name: number} for row, number in zip(rows, numbers, strict=True)]


def _salts(record: RecordKind, count: int) -> list[bytes] | list[None]:
    """Chance from the system here and not handed in: it decides nothing, and nobody may foresee it.

    Drawn at once, since a call of the system costs more than a leaf.
    """
    if not record.private:
        return [None] * count
    drawn = secrets.token_bytes(SALT_BYTES * count)
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def _time_of(record: RecordKind, row: Values) -> datetime:
    if record.time is None:
        raise TypeError(f"{record.name} has no time of its own; say when it is written")
    return cast("datetime", row[record.time])
