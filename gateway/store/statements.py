"""Statements that run once for a whole batch, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, insert, tuple_
from sqlalchemy.dialects import postgresql, sqlite

Values = Mapping[str, Any]
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

_KEYS_PER_SELECT: Final = 2_000  # SQLite takes 32,766 parameters per statement, PostgreSQL 65,535


def add(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert all rows, in order; a key that is taken is an error."""
    if rows:
        connection.execute(insert(table), [dict(row) for row in rows])


def add_missing(connection: Connection, table: Table, rows: Sequence[Values]) -> set[tuple[Any, ...]]:
    """Insert the rows whose key is free, in key order (so that two nodes never wait for each other).

    Returns the keys that were written. On PostgreSQL a key that another transaction is writing is waited for.
    """
    if not rows:
        return set()
    key = list(table.primary_key.columns)
    ordered = sorted((dict(row) for row in rows), key=lambda row: tuple(row[column.name] for column in key))
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing().returning(*key)
    return {tuple(row) for row in connection.execute(statement, ordered)}


def select_among(
    connection: Connection, statement: AnySelect, columns: Sequence[ColumnElement[Any]], keys: Iterable[Any]
) -> Iterator[AnyRow]:
    """Rows of ``statement`` whose ``columns`` are among ``keys``; keys in sorted order, so are locks."""
    wanted = iter(sorted(set(keys)))
    column = columns[0] if len(columns) == 1 else tuple_(*columns)
    while chunk := list(islice(wanted, _KEYS_PER_SELECT)):
        yield from connection.execute(statement.where(column.in_(chunk)).order_by(*columns))
