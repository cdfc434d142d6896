"""Reading a whole table in constant memory, and rows by key, also where somebody spoilt some."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, Connection, Table, select, tuple_

from gateway.store.engine.statements import AnyRow, AnySelect

PAGE: Final = 1_000

Key = tuple[Any, ...]
Spoilt = Callable[[Key], None]
"""Told the key of a row that cannot be read as what its columns must hold."""


def pages(
    connection: Connection, statement: AnySelect, order: Sequence[ColumnElement[Any]], *, size: int = PAGE
) -> Iterator[Sequence[AnyRow]]:
    """Rows of ``statement`` in the order of ``order``, which must be unique and be its first columns."""
    after: Key | None = None
    left = order[0] if len(order) == 1 else tuple_(*order)
    while True:
        page = statement.order_by(*order).limit(size)
        if after is not None:
            page = page.where(left > (after[0] if len(order) == 1 else tuple_(*after)))
        rows = connection.execute(page).all()
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][: len(order)])


def rows_of(connection: Connection, table: Table, keys: Iterable[Key], spoilt: Spoilt) -> dict[Key, AnyRow]:
    """Rows of ``table`` by primary key. One that cannot be read is told and left out."""
    wanted = list(keys)
    if not wanted:
        return {}
    try:
        names = [column.name for column in table.primary_key.columns]
        return {tuple(getattr(row, name) for name in names): row for row in connection.execute(_among(table, wanted))}
    except (ValueError, TypeError, OverflowError):  # a column type refused what somebody put there
        if len(wanted) == 1:
            spoilt(wanted[0])
            return {}
        middle = len(wanted) // 2
        halves = (rows_of(connection, table, half, spoilt) for half in (wanted[:middle], wanted[middle:]))
        return {key: row for half in halves for key, row in half.items()}


def key_text(values: Iterable[Any]) -> str:
    """A key as it is told and as ``leaves.key`` holds it."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def _among(table: Table, keys: Sequence[Key]) -> AnySelect:
    columns = list(table.primary_key.columns)
    statement: AnySelect = select(table)
    if len(columns) == 1:
        return statement.where(columns[0].in_([key[0] for key in keys]))
    return statement.where(tuple_(*columns).in_(keys))


class PageQuery(Protocol):
    """Which page, and which way round."""

    @property
    def after(self) -> int | None: ...
    @property
    def limit(self) -> int: ...
    @property
    def oldest_first(self) -> bool: ...


def in_order(statement: AnySelect, number: ColumnElement[int], query: PageQuery) -> AnySelect:
    """A page by ``number``, which grows with time, behind where the one before ended."""
    if query.after is not None:
        statement = statement.where(number > query.after if query.oldest_first else number < query.after)
    return statement.order_by(number.asc() if query.oldest_first else number.desc()).limit(query.limit)
