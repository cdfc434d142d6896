"""The audit log and the log of accesses as the console looks for them: each page off an index, newest first.

Which index serves which question is spelled out for SQLite, which without statistics would as soon read the whole log
backwards; PostgreSQL has statistics and finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, select

from gateway.ports.audit import AuditEntry, AuditLooked, Leaf, LookEntry, LooksLooked
from gateway.store.by_time import CLOCKS_APART, newest_by
from gateway.store.paging import key_text
from gateway.store.statements import AnyRow, AnySelect, select_among
from gateway.store.tables import accesses, audit_log, leaves
from gateway.store.tables.log import IS_ABOUT, IS_LOOK, IS_OURS, IS_REFUSED

_ACTS: Final = audit_log.c
_LOOKS: Final = accesses.c


def look_for_acts(connection: Connection, looked: AuditLooked) -> tuple[AuditEntry, ...]:
    """Several names are several walks, merged."""
    narrowed = [*_acts_narrowed(looked), *_within(connection, _ACTS.audit_id, _ACTS.at, looked)]
    index = _index_of_acts(looked)
    names: Iterable[list[ColumnElement[bool]]] = [[_ACTS.by == name] for name in looked.by] or [[]]
    walks = [_walk(connection, audit_log, index, [*narrowed, *of], looked.limit) for of in names]
    rows = _newest(walks, lambda row: row.audit_id, looked.limit)
    placed = leaves_of(connection, audit_log.name, [row.audit_id for row in rows])
    return tuple(
        AuditEntry(
            row.audit_id, row.at, row.by, row.act, row.subject, row.reason, row.result, placed.get(row.audit_id)
        )
        for row in rows
    )  # fmt: skip


def look_for_looks(connection: Connection, looked: LooksLooked) -> tuple[LookEntry, ...]:
    """What is about an appeal is few rows; all else goes through an index in the order of the log."""
    narrowed = [*_looks_narrowed(looked), *_within(connection, _LOOKS.access_id, _LOOKS.at, looked)]
    if looked.about:
        of_appeal = [IS_ABOUT, _LOOKS.about.in_(looked.about)]
        by_subject = [_LOOKS.about.is_(None), _LOOKS.subject.in_(looked.about)]
        walks = [
            _walk(connection, accesses, "ix_accesses_about", [*narrowed, *of_appeal], looked.limit),
            _walk(connection, accesses, "ix_accesses_subject", [*narrowed, *by_subject], looked.limit),
        ]
    else:
        walks = [_walk(connection, accesses, _index_of_looks(looked), narrowed, looked.limit)]
    rows = _newest(walks, lambda row: row.access_id, looked.limit)
    placed = leaves_of(connection, accesses.name, [row.access_id for row in rows])
    return tuple(
        LookEntry(row.access_id, row.at, row.reader, row.what, row.subject, row.about, placed.get(row.access_id))
        for row in rows
    )


def leaves_of(connection: Connection, record: str, numbers: Sequence[int]) -> dict[int, Leaf]:
    """The leaves of rows whose key is one number."""
    keys = {key_text([number]): number for number in numbers}
    statement = select(leaves.c.key, leaves.c.position).where(leaves.c.record == record)
    return {keys[row.key]: Leaf(row.position) for row in select_among(connection, statement, [leaves.c.key], keys)}


# --- conditions, and the index for each set of them -----------------------------------------------------------------


def _acts_narrowed(looked: AuditLooked) -> Iterator[ColumnElement[bool]]:
    if looked.act:
        yield _ACTS.act == looked.act
    if looked.subject:
        yield _ACTS.subject == looked.subject
    if looked.refused:
        yield IS_REFUSED


def _index_of_acts(looked: AuditLooked) -> str | None:
    """None: the log itself, backwards."""
    if looked.subject:  # little was done to any one thing
        return "ix_audit_log_about_act" if looked.act else "ix_audit_log_about"
    given = (("refused", looked.refused), ("by", looked.by), ("act", looked.act))
    parts = [name for name, is_given in given if is_given]
    return f"ix_audit_log_{'_'.join(parts)}" if parts else None


def _looks_narrowed(looked: LooksLooked) -> Iterator[ColumnElement[bool]]:
    yield IS_LOOK
    if looked.reader:
        yield _LOOKS.reader == looked.reader
    if looked.what:
        yield _LOOKS.what == looked.what
    if looked.ours and not looked.reader:
        yield IS_OURS


def _index_of_looks(looked: LooksLooked) -> str:
    if looked.reader:
        return "ix_accesses_reader_what" if looked.what else "ix_accesses_reader"
    if looked.ours:
        return "ix_accesses_ours_what" if looked.what else "ix_accesses_ours"
    return "ix_accesses_what" if looked.what else "ix_accesses_looks"


def _within(
    connection: Connection,
    number: ColumnElement[int],
    at: ColumnElement[datetime],
    looked: AuditLooked | LooksLooked,
) -> Iterator[ColumnElement[bool]]:
    """Of a period: numbers say about where to look, and the exact instants decide from there."""
    if looked.since is not None:
        yield at >= looked.since
        yield number > newest_by(connection, number, at, looked.since - CLOCKS_APART)
    if looked.until is not None:
        yield at < looked.until
        yield number <= newest_by(connection, number, at, looked.until + CLOCKS_APART)
    if looked.after is not None:
        yield number < looked.after


def _walk(
    connection: Connection, table: Table, index: str | None, conditions: Sequence[ColumnElement[bool]], limit: int
) -> Sequence[AnyRow]:
    (number,) = table.primary_key.columns
    statement: AnySelect = select(table).where(*conditions).order_by(number.desc()).limit(limit)
    if index is not None:
        statement = statement.with_hint(table, f"INDEXED BY {index}", "sqlite")
    return connection.execute(statement).all()


def _newest(walks: Iterable[Sequence[AnyRow]], number: Callable[[Any], int], limit: int) -> list[AnyRow]:
    return list(islice(merge(*walks, key=number, reverse=True), limit))
