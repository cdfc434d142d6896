"""Rows against leaves, both ways: every leaf's row says what it said, and every row that proves something has one."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from dossier.case.event_form import MalformedEvent, event_from_bytes, fact_kind
from gateway.domain.ledger import LedgerProblem, LedgerTally
from gateway.store.engine.paging import Key, key_text, pages, rows_of
from gateway.store.engine.statements import AnyRow
from gateway.store.ledger.erasures import GONE, Spans, is_erased
from gateway.store.ledger.records import EVENTS, RECORD_OF, RECORDS, RecordKind, canonical, read_key
from gateway.store.tables import events, leaves

_LEAF = (leaves.c.leaf_id, leaves.c.record, leaves.c.key, leaves.c.digest, leaves.c.content, leaves.c.salt)


def verify_leaves(connection: Connection, tally: LedgerTally) -> None:
    """Each leaf against itself, then against the row it is of."""
    erased = Spans.read(connection)
    for page in pages(connection, select(*_LEAF), [leaves.c.leaf_id]):
        _verify_page(connection, tally, page, erased)


def verify_some(connection: Connection, tally: LedgerTally, *, after: int, limit: int) -> int | None:
    """The same for the next leaves; the last that was looked at, None when there are no more."""
    next_ones = select(*_LEAF).where(leaves.c.leaf_id > after).order_by(leaves.c.leaf_id).limit(limit)
    page = connection.execute(next_ones).all()
    if not page:
        return None
    _verify_page(connection, tally, page, Spans.read(connection))
    last: int = page[-1].leaf_id
    return last


def _verify_page(connection: Connection, tally: LedgerTally, page: Sequence[AnyRow], erased: Spans) -> None:
    by_record: dict[str, list[AnyRow]] = defaultdict(list)
    for leaf in page:
        by_record[leaf.record].append(leaf)
    for name, group in by_record.items():
        _verify_group(connection, tally, name, group, erased)
    tally.count("leaves", len(page))


def verify_coverage(connection: Connection, tally: LedgerTally) -> None:
    """No row that must have a leaf is without one."""
    for record in RECORDS:
        _verify_covered(connection, tally, record.name, record.table, record)
    _verify_covered(connection, tally, EVENTS, events, None)


def _verify_group(
    connection: Connection, tally: LedgerTally, name: str, group: Sequence[AnyRow], erased: Spans
) -> None:
    record = RECORD_OF.get(name)
    if record is None and name != EVENTS:
        for leaf in group:
            tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([leaf.leaf_id]), "record")
        return
    table = events if record is None else record.table
    keyed = {leaf.leaf_id: key for leaf in group if (key := read_key(leaf.key, table)) is not None}
    spoilt: set[Key] = set()
    found = rows_of(connection, table, set(keyed.values()), spoilt.add)
    for leaf in group:
        key = keyed.get(leaf.leaf_id)
        if key is None:
            tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([leaf.leaf_id]), "key")
        elif key in spoilt:
            tally.find(LedgerProblem.UNREADABLE, table.name, leaf.key)
        elif key not in found:
            _verify_gone(tally, leaf, table, erased)
        elif record is None:
            _verify_event(tally, leaf, found[key])
        else:
            _verify_row(connection, tally, record, leaf, found[key], erased)


def _verify_gone(tally: LedgerTally, leaf: AnyRow, table: Table, erased: Spans) -> None:
    """Rows of some logs may be erased, by somebody named; their leaves go on saying what they said."""
    if leaf.record not in GONE or not erased.cover(leaf.record, leaf.key):
        tally.find(LedgerProblem.MISSING, table.name, leaf.key)
    elif _recorded(leaf) is None:
        tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([leaf.leaf_id]), f"{leaf.record} {leaf.key}")
    else:
        tally.count("erased", 1)


def _verify_event(tally: LedgerTally, leaf: AnyRow, row: AnyRow) -> None:
    """The other columns only repeat what one searches by; the content decides."""
    if leaf.content is not None or leaf.salt is not None:
        tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([leaf.leaf_id]), "content, salt")
    if hashlib.sha256(row.content).digest() != leaf.digest:
        tally.find(LedgerProblem.CHANGED, EVENTS, leaf.key, "content")
        return
    try:
        event = event_from_bytes(row.content)
    except MalformedEvent as error:
        tally.find(LedgerProblem.UNREADABLE, EVENTS, leaf.key, str(error))
        return
    recorded = (event.conversation_id, event.seq, event.at, event.actor, event.message_id, fact_kind(event.fact))
    names = ("conversation_id", "seq", "at", "actor", "message_id", "kind")
    if wrong := [name for name, value in zip(names, recorded, strict=True) if getattr(row, name) != value]:
        tally.find(LedgerProblem.CHANGED, EVENTS, leaf.key, ", ".join(wrong))


def _verify_row(
    connection: Connection, tally: LedgerTally, record: RecordKind, leaf: AnyRow, row: AnyRow, erased: Spans
) -> None:
    now = record.content_of(dict(row._mapping), leaf.salt)  # noqa: SLF001 - the documented way to a row by names
    is_hidden = bool(record.private) and leaf.salt is None
    is_salted_as_it_must = bool(record.private) == (leaf.salt is not None)
    if is_salted_as_it_must and canonical(now) == leaf.content and _is_its_digest(leaf):
        return  # as nearly all are: nothing to take apart
    recorded = _recorded(leaf)
    if recorded is None:
        tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([leaf.leaf_id]), f"{record.name} {leaf.key}")
        return
    wrong = _differing(recorded["row"], now["row"])
    if leaf.salt is not None and not record.private:
        tally.find(LedgerProblem.LEAF_CHANGED, "leaves", key_text([leaf.leaf_id]), "salt")
    if is_hidden:
        tally.count("erased", 1)
        if not (erased.cover(record.name, leaf.key) or is_erased(connection, f"{record.name} {leaf.key}")):
            tally.find(LedgerProblem.ERASED_SILENTLY, "leaves", key_text([leaf.leaf_id]), "salt")
    elif recorded.get("private") != now.get("private"):
        wrong.append(" or ".join(record.private))
    if wrong:
        tally.find(LedgerProblem.CHANGED, record.table.name, leaf.key, ", ".join(wrong))


def _is_its_digest(leaf: AnyRow) -> bool:
    return leaf.content is not None and hashlib.sha256(leaf.content).digest() == leaf.digest


def _recorded(leaf: AnyRow) -> Mapping[str, Any] | None:
    """What the leaf's bytes say; None unless they are those of its digest, and of this record and key."""
    if not _is_its_digest(leaf):
        return None
    try:
        recorded = json.loads(leaf.content)
        is_its_own = recorded["record"] == leaf.record and key_text(recorded["key"]) == leaf.key
        return recorded if is_its_own and canonical(recorded) == leaf.content else None
    except (ValueError, KeyError, TypeError):
        return None


def _differing(recorded: Any, now: Any) -> list[str]:  # noqa: ANN401 - JSON objects
    return sorted(name for name in {**recorded, **now} if recorded.get(name) != now.get(name))


def _verify_covered(
    connection: Connection, tally: LedgerTally, name: str, table: Table, record: RecordKind | None
) -> None:
    order = list(table.primary_key.columns)
    statement = select(*order)
    if record is not None and record.only is not None:
        statement = statement.where(record.only)
    for page in pages(connection, statement, order):
        keys = {key_text(row) for row in page}
        having = select(leaves.c.key).where(leaves.c.record == name, leaves.c.key.in_(keys))
        for key in sorted(keys - set(connection.scalars(having))):
            tally.find(LedgerProblem.NOT_COVERED, table.name, key, name if name != table.name else "")
        tally.count("rows", len(page))
