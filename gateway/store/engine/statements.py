"""Statements that run once for a whole batch, the same on both databases.

Inserts are spelled here once per table and set of columns, and handed to the driver as they are: SQLAlchemy's own
road compiles and binds anew for every batch, which for the rows of twenty appeals cost more than writing them.
SQLite takes rows as tuples (``executemany``); PostgreSQL takes one JSON text for all rows, since psycopg adapts every
value of a parameter list by itself, and beside it each column of bytes as a list, since most of what is written is
bytes, and JSON would have them spelled as text. The column types stay those of the tables, binding included.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    bindparam,
    func,
    select,
    tuple_,
)

from gateway.store.tables.base import InstantColumn, OneOf

Values = Mapping[str, Any]
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]

_PARAMETERS: Final = 32_000  # SQLite takes 32,766 per statement


def add(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert all rows, in order; a key that is taken is an error. All rows name the columns that the first names."""
    if not rows:
        return
    into = _insertion(connection.dialect, table, tuple(rows[0]))
    if into.is_sqlite:
        connection.exec_driver_sql(f"{into.opening} VALUES {into.one_row}", into.tuples(rows))
    else:
        connection.exec_driver_sql(into.from_parameters, into.parameters(rows))


def add_missing(connection: Connection, table: Table, rows: Sequence[Values]) -> set[tuple[Any, ...]]:
    """Insert the rows whose key is free, in key order (so that two nodes never wait for each other).

    Returns the keys that were written. On PostgreSQL a key that another transaction is writing is waited for.
    """
    if not rows:
        return set()
    key = tuple(column.name for column in table.primary_key.columns)
    ordered = sorted(rows, key=itemgetter(*key))
    into = _insertion(connection.dialect, table, tuple(ordered[0]))
    unless_taken = f"ON CONFLICT DO NOTHING RETURNING {', '.join(key)}"
    if not into.is_sqlite:
        written = connection.exec_driver_sql(f"{into.from_parameters} {unless_taken}", into.parameters(ordered))
        return {tuple(row) for row in written}
    taken: set[tuple[Any, ...]] = set()
    waiting = iter(into.tuples(ordered))
    while some := list(islice(waiting, _PARAMETERS // len(into.columns))):
        statement = f"{into.opening} VALUES {', '.join([into.one_row] * len(some))} {unless_taken}"
        taken.update(map(tuple, connection.exec_driver_sql(statement, tuple(value for row in some for value in row))))
    return taken


def change(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Update by primary key. All rows name the columns that the first names, the key among them, and no key twice."""
    if not rows:
        return
    how = _change(connection.dialect, table, tuple(rows[0]))
    if how.insertion.is_sqlite:
        connection.exec_driver_sql(how.statement, how.insertion.tuples(rows))
    else:
        connection.exec_driver_sql(how.statement, how.insertion.parameters(rows))


class RowsSelect:
    """Rows of a select by ``columns``, built once: to build a statement costs more than to run it.

    The keys are one parameter, not a list for which the statement is spelled anew each time: 0.1 ms instead of 0.2.
    """

    def __init__(self, statement: AnySelect, *columns: ColumnElement[Any]) -> None:
        self._is_single = len(columns) == 1
        self._sqlite = statement.where(_among_json(columns)).order_by(*columns)
        self._postgresql = statement.where(_among_arrays(columns)).order_by(*columns)

    def rows(self, connection: Connection, keys: Iterable[Any]) -> Iterable[AnyRow]:
        """Those whose columns are among ``keys``; keys in sorted order, so are locks."""
        wanted = sorted(set(keys))
        if not wanted:
            return ()
        if connection.dialect.name == "sqlite":
            return connection.execute(self._sqlite, {"among": _dumped(wanted)})
        lists = (wanted,) if self._is_single else zip(*wanted, strict=True)
        return connection.execute(self._postgresql, {f"among_{n}": list(values) for n, values in enumerate(lists)})


def _among_json(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    value = func.json_each(bindparam("among", type_=String)).table_valued("value").c.value
    if len(columns) == 1:
        return columns[0].in_(select(value))
    return tuple_(*columns).in_(select(*(func.json_extract(value, f"$[{n}]") for n in range(len(columns)))))


def _among_arrays(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    lists = [bindparam(f"among_{n}", type_=ARRAY(column.type)) for n, column in enumerate(columns)]
    if len(columns) == 1:
        return columns[0] == func.any(lists[0])
    return tuple_(*columns).in_(select(*map(func.unnest, lists)))


def select_among(
    connection: Connection, statement: AnySelect, columns: Sequence[ColumnElement[Any]], keys: Iterable[Any]
) -> Iterable[AnyRow]:
    """``Among`` for a statement that differs from call to call, or is seldom run."""
    return RowsSelect(statement, *columns).rows(connection, keys)


@dataclass(frozen=True, slots=True)
class _Insertion:
    """INSERT into one table, naming these columns, as one database spells it.

    ``told``: PostgreSQL's rows as a relation, as many parameters as ``parameters`` gives: one JSON text, and a list for
    each column of bytes.
    """

    is_sqlite: bool
    columns: tuple[str, ...]
    opening: str
    one_row: str  # SQLite: the marks of one row
    source: str
    taken: tuple[str, ...]  # how each column is read from there
    in_bytes: tuple[bool, ...]
    binders: tuple[Callable[[Any], Any] | None, ...]

    @property
    def from_parameters(self) -> str:
        """PostgreSQL: the whole statement."""
        return f"{self.opening} SELECT {', '.join(self.taken)} FROM {self.source}"  # noqa: S608 - names of ours

    def tuples(self, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """Rows as the driver takes them."""
        return list(zip(*self._bound(rows), strict=True))

    def parameters(self, rows: Sequence[Values]) -> tuple[Any, ...]:
        """A JSON list of objects, their members named by the numbers of their columns (c0, c1), and lists of bytes."""
        bound = [list(values) for values in self._bound(rows)]
        plain = [number for number, in_bytes in enumerate(self.in_bytes) if not in_bytes]
        names = [f"c{number}" for number in plain]
        objects = [dict(zip(names, row, strict=True)) for row in zip(*(bound[number] for number in plain), strict=True)]
        return _dumped(objects), *(values for values, in_bytes in zip(bound, self.in_bytes, strict=True) if in_bytes)

    def _bound(self, rows: Sequence[Values]) -> Iterator[Iterable[Any]]:
        """Column by column, so that only those that are bound otherwise than they are pay for it."""
        for name, bind in zip(self.columns, self.binders, strict=True):
            values = [row[name] for row in rows]
            yield map(bind, values) if bind else values


_dumped: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@cache
def _insertion(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Insertion:
    columns = [table.c[name] for name in names]
    quoted = [dialect.identifier_preparer.quote(name) for name in names]
    return _Insertion(
        is_sqlite=dialect.name == "sqlite",
        columns=names,
        opening=f"INSERT INTO {table.name} ({', '.join(quoted)})",
        one_row=f"({', '.join('?' * len(names))})",
        source=_parameters(columns, dialect),
        taken=tuple(f"c{number}" for number in range(len(columns))),
        in_bytes=tuple(isinstance(column.type, LargeBinary) for column in columns),
        binders=tuple(_binder(column, dialect) for column in columns),
    )


def _parameters(columns: Sequence[Column[Any]], dialect: Dialect) -> str:
    """Rows as parameters: a JSON text of all that is no bytes, and beside it lists of bytes, row by row.

    Bytes are most of what is written; as text they would be spelled, read and decoded again.
    """
    numbered = list(enumerate(columns))
    plain = [(number, column) for number, column in numbered if not isinstance(column.type, LargeBinary)]
    in_bytes = [number for number, column in numbered if isinstance(column.type, LargeBinary)]
    types = ", ".join(f"c{number} {column.type.compile(dialect)}" for number, column in plain)
    lists = "".join(", unnest(%b::bytea[])" for _ in in_bytes)
    names = ", ".join(f"c{number}" for number in (*(number for number, _ in plain), *in_bytes))
    return f"ROWS FROM (json_to_recordset(%s::json) AS ({types}){lists}) AS given({names})"


@dataclass(frozen=True, slots=True)
class _Change:
    """UPDATE of some columns of one table, as one database spells it, and how it is told the rows."""

    statement: str
    insertion: _Insertion


@cache
def _change(dialect: Dialect, table: Table, named: tuple[str, ...]) -> _Change:
    key = [column.name for column in table.primary_key.columns]
    changed = [name for name in named if name not in key]
    insertion = _insertion(dialect, table, (*changed, *key))  # in the order of SQLite's marks
    if insertion.is_sqlite:
        to = ", ".join(f"{name} = ?" for name in changed)
        return _Change(f"UPDATE {table.name} SET {to} WHERE {' AND '.join(f'{name} = ?' for name in key)}", insertion)  # noqa: S608 - our names
    member = {name: f"given.{taken}" for name, taken in zip(insertion.columns, insertion.taken, strict=True)}
    to = ", ".join(f"{name} = {member[name]}" for name in changed)
    of = " AND ".join(f"{table.name}.{name} = {member[name]}" for name in key)
    return _Change(f"UPDATE {table.name} SET {to} FROM {insertion.source} WHERE {of}", insertion)  # noqa: S608 - our names


def _binder(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    if isinstance(column.type, LargeBinary):
        return None
    bind = column.type.dialect_impl(dialect).bind_processor(dialect)
    repeats = isinstance(column.type, InstantColumn | OneOf)  # one instant stands in all rows of an appeal, some forty
    return lru_cache(4_096)(bind) if bind and repeats else bind
