"""The audit log and the log of accesses as the console looks for them: each page off an index.

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

from gateway.ports.audit import AccessEntry, AccessQuery, AuditEntry, AuditQuery, RecordLeaf
from gateway.store.engine.by_time import CLOCKS_APART, newest_by
from gateway.store.engine.operations import serves
from gateway.store.engine.paging import in_order, key_text
from gateway.store.engine.statements import AnyRow, AnySelect, select_among
from gateway.store.tables import accesses, audit_log, leaves
from gateway.store.tables.log import IS_ABOUT, IS_LOOK, IS_OURS, IS_REFUSED

_ACTS: Final = audit_log.c
_LOOKS: Final = accesses.c


@serves(AuditQuery)
def list_acts(connection: Connection, query: AuditQuery) -> tuple[AuditEntry, ...]:
    """Several names are several walks, merged."""
    narrowed = [*_acts_narrowed(query), *_within(connection, _ACTS.audit_id, _ACTS.at, query)]
    index = _index_of_acts(query)
    names: Iterable[list[ColumnElement[bool]]] = [[_ACTS.by == name] for name in query.by] or [[]]
    walks = [_walk(connection, audit_log, index, [*narrowed, *of], query) for of in names]
    rows = _merged(walks, lambda row: row.audit_id, query)
    placed = leaves_of(connection, audit_log.name, [row.audit_id for row in rows])
    return tuple(
        AuditEntry(
            row.audit_id, row.at, row.by, row.act, row.subject, row.reason, row.result, placed.get(row.audit_id)
        )
        for row in rows
    )  # fmt: skip


@serves(AccessQuery)
def list_accesses(connection: Connection, query: AccessQuery) -> tuple[AccessEntry, ...]:
    """What is about an appeal is few rows; all else goes through an index in the order of the log."""
    narrowed = [*_accesses_narrowed(query), *_within(connection, _LOOKS.access_id, _LOOKS.at, query)]
    if query.about:
        of_appeal = [IS_ABOUT, _LOOKS.about.in_(query.about)]
        by_subject = [_LOOKS.about.is_(None), _LOOKS.subject.in_(query.about)]
        walks = [
            _walk(connection, accesses, "ix_accesses_about", [*narrowed, *of_appeal], query),
            _walk(connection, accesses, "ix_accesses_subject", [*narrowed, *by_subject], query),
        ]
    else:
        walks = [_walk(connection, accesses, _index_of_accesses(query), narrowed, query)]
    rows = _merged(walks, lambda row: row.access_id, query)
    placed = leaves_of(connection, accesses.name, [row.access_id for row in rows])
    return tuple(
        AccessEntry(row.access_id, row.at, row.reader, row.what, row.subject, row.about, placed.get(row.access_id))
        for row in rows
    )


def leaves_of(connection: Connection, record: str, numbers: Sequence[int]) -> dict[int, RecordLeaf]:
    """The leaves of rows whose key is one number."""
    keys = {key_text([number]): number for number in numbers}
    statement = select(leaves.c.key, leaves.c.position).where(leaves.c.record == record)
    return {
        keys[row.key]: RecordLeaf(row.position) for row in select_among(connection, statement, [leaves.c.key], keys)
    }


# --- conditions, and the index for each set of them -----------------------------------------------------------------


def _acts_narrowed(query: AuditQuery) -> Iterator[ColumnElement[bool]]:
    if query.act:
        yield _ACTS.act == query.act
    if query.subject:
        yield _ACTS.subject == query.subject
    if query.refused:
        yield IS_REFUSED


def _index_of_acts(query: AuditQuery) -> str | None:
    """None: the log itself, backwards."""
    if query.subject:  # little was done to any one thing
        return "ix_audit_log_about_act" if query.act else "ix_audit_log_about"
    given = (("refused", query.refused), ("by", query.by), ("act", query.act))
    parts = [name for name, is_given in given if is_given]
    return f"ix_audit_log_{'_'.join(parts)}" if parts else None


def _accesses_narrowed(query: AccessQuery) -> Iterator[ColumnElement[bool]]:
    yield IS_LOOK
    if query.reader:
        yield _LOOKS.reader == query.reader
    if query.what:
        yield _LOOKS.what == query.what
    if query.ours and not query.reader:
        yield IS_OURS


def _index_of_accesses(query: AccessQuery) -> str:
    if query.reader:
        return "ix_accesses_reader_what" if query.what else "ix_accesses_reader"
    if query.ours:
        return "ix_accesses_ours_what" if query.what else "ix_accesses_ours"
    return "ix_accesses_what" if query.what else "ix_accesses_looks"


def _within(
    connection: Connection,
    number: ColumnElement[int],
    at: ColumnElement[datetime],
    query: AuditQuery | AccessQuery,
) -> Iterator[ColumnElement[bool]]:
    """Of a period: numbers say about where to look, and the exact instants decide from there."""
    if query.since is not None:
        yield at >= query.since
        yield number > newest_by(connection, number, at, query.since - CLOCKS_APART)
    if query.until is not None:
        yield at < query.until
        yield number <= newest_by(connection, number, at, query.until + CLOCKS_APART)


def _walk(
    connection: Connection,
    table: Table,
    index: str | None,
    conditions: Sequence[ColumnElement[bool]],
    query: AuditQuery | AccessQuery,
) -> Sequence[AnyRow]:
    (number,) = table.primary_key.columns
    statement: AnySelect = in_order(select(table).where(*conditions), number, query)
    if index is not None:
        statement = statement.with_hint(table, f"INDEXED BY {index}", "sqlite")
    return connection.execute(statement).all()


def _merged(
    walks: Iterable[Sequence[AnyRow]], number: Callable[[Any], int], query: AuditQuery | AccessQuery
) -> list[AnyRow]:
    return list(islice(merge(*walks, key=number, reverse=not query.oldest_first), query.limit))
