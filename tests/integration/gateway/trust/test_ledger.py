"""Somebody owns the database and changes it: whatever row it is, `ledger verify` finds and names it, on both databases.

One exchange lives through one past; each change is made by hand in a transaction that is rolled back.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, LargeBinary, String, Table, delete, insert, select, text, update
from sqlalchemy.sql.sqltypes import Integer

from gateway.domain.ledger import LedgerProblem, RowFinding
from gateway.domain.trace import TraceContext
from gateway.store.ledger.erasures import ERASED
from gateway.store.ledger.leaves import add_proven, write_staged
from gateway.store.ledger.working_state import WORKING_STATE
from gateway.store.tables import (
    audit_log,
    deliveries,
    envelopes,
    leaves,
    messages,
    metadata,
    refusals,
    salts,
    seals,
    terms,
    tree_heads,
)
from gateway.store.tables.base import InstantColumn, OneOf, SpanColumn, Trace
from signing.keys.detached import sign_detached
from tests.worlds.exchange.ledger_world import Past, a_past, let_go, spoiling, unbind, verified
from tests.worlds.sealing import seal_key
from tests.worlds.sqlite import migrated

ENTANGLED = {"conversations", "events", "leaves", "tiles", "tree_heads", "seals"}
TABLES = [table for table in metadata.sorted_tables if table.name not in WORKING_STATE]
Row = dict[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """One past for all tests of a database: whatever they do to it is undone."""
    with ExitStack() as kept:
        folder = tmp_path_factory.mktemp("lived")
        url = migrated(folder)
        if request.param == "postgresql":
            url = kept.enter_context(request.getfixturevalue("postgres").database())
        yield asyncio.run(a_past(folder, url))
        let_go(url)


def changed_by(past: Past, change) -> tuple[RowFinding, ...]:
    """What is found after ``change``, which is then undone."""
    with spoiling(past) as connection:
        unbind(connection)
        change(connection)
        return verified(connection, past).findings


def test_what_nobody_changed_holds_and_all_of_it_was_looked_at(lived: Past):
    with spoiling(lived) as connection:
        report = verified(connection, lived)
        held = {table.name: len(rows(connection, table)) for table in metadata.sorted_tables}
    assert report.findings == ()
    assert (report.counts.leaves, report.counts.heads, report.counts.tokens) == (held["leaves"], held["tree_heads"], 1)
    assert report.counts.leaves == report.counts.rows
    assert [name for name, count in held.items() if not count] == []  # else a table would pass by being empty


def test_an_edit_of_any_column_is_found_or_the_column_proves_nothing(lived: Past):
    missed = []
    for columns in at_a_time([proving(table) for table in TABLES]):
        found = changed_by(lived, lambda connection, all_of=columns: [edit(connection, one) for one in all_of])
        missed += [str(one) for one in columns if not any(is_about(finding, one.table) for finding in found)]
    assert missed == []


def at_a_time(by_table: list[list[Column]]) -> list[list[Column]]:
    """Columns that may be spoilt together: of tables whose rows are each held against a leaf or an event of their own.

    What is spoilt in one of the others shows in many tables, so there it is one column at a time.
    """
    apart = [columns for columns in by_table if columns and columns[0].table.name not in ENTANGLED]
    batcher = [[column for column in row if column is not None] for row in zip_longest(*apart)]
    alone = [[column] for columns in by_table for column in columns if column.table.name in ENTANGLED]
    return batcher + alone


def proving(table: Table) -> list[Column]:
    """Columns that are not declared to prove nothing."""
    if table.name in WORKING_STATE:
        return []
    return [column for column in table.columns if f"{table.name}.{column.name}" not in WORKING_STATE]


def test_what_is_declared_to_prove_nothing_is_there_and_is_really_not_looked_at(lived: Past):
    def change(connection: Connection) -> None:
        for name in WORKING_STATE:
            table, _, column = name.partition(".")
            if column and name != "leaves.leaf_id":  # a key cannot be edited without its row becoming another
                edit(connection, metadata.tables[table].columns[column])

    assert {name.partition(".")[0] for name in WORKING_STATE} <= set(metadata.tables)
    assert changed_by(lived, change) == ()


@pytest.mark.parametrize("how", ["remove_first", "remove_last", "forge", "swap"])
def test_a_deleted_a_forged_and_an_exchanged_row_of_any_table_is_found(lived: Past, how: str):
    spoil = globals()[how]
    tables = [table for table in TABLES if how != "swap" or is_exchangeable(lived, table)]
    missed = []
    for group in ([t for t in tables if t.name not in ENTANGLED], *([t] for t in tables if t.name in ENTANGLED)):
        found = changed_by(lived, lambda connection, all_of=group: [spoil(connection, one) for one in all_of])
        missed += [table.name for table in group if not any(is_about(one, table) for one in found)]
    assert missed == []


def test_a_row_that_is_dated_back_is_found_and_its_column_named(lived: Past):
    instants = [[one for one in proving(table) if isinstance(one.type, InstantColumn)] for table in TABLES]
    dated = [[one for one in columns if not is_all_absent(lived, one)] for columns in instants]
    missed = []
    for columns in at_a_time(dated):
        found = changed_by(lived, lambda connection, all_of=columns: [date_back(connection, one) for one in all_of])
        missed += [
            str(one) for one in columns if not any(is_about(f, one.table) and one.name in f.detail for f in found)
        ]
    assert missed == []


# --- those who know the ledger ----------------------------------------------------------------------------------------


def test_a_row_that_is_changed_with_its_leaf_is_found_in_the_tree(lived: Past):
    def change(connection: Connection) -> None:
        leaf = connection.execute(select(leaves).where(leaves.c.record == "accesses")).first()
        body = json.loads(leaf.content)
        body["row"]["reader"] = "nobody"
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        connection.execute(text("UPDATE accesses SET reader = 'nobody' WHERE access_id = :id"), {"id": body["key"][0]})
        by_hand = {"content": content, "digest": hashlib.sha256(content).digest()}
        connection.execute(update(leaves).where(leaves.c.leaf_id == leaf.leaf_id).values(by_hand))

    found = changed_by(lived, change)
    assert {(one.problem, one.table) for one in found} >= {(LedgerProblem.LEAF_CHANGED, "leaves")}


def test_a_whole_new_past_under_a_key_of_ones_own_is_found(lived: Past):
    """Everything is made to fit, tree and all; only the key that seals is not ours."""

    def change(connection: Connection) -> None:
        for head in connection.execute(select(tree_heads)).all():
            forged = {"signature": sign_detached(head.content, seal_key()), "certificate": seal_key().certificate.der}
            connection.execute(update(seals).where(seals.c.tree_size == head.tree_size).values(forged))

    found = changed_by(lived, change)
    assert LedgerProblem.SEAL_BROKEN in {one.problem for one in found}
    assert "unknown certificate" in {one.detail for one in found}


def test_the_last_seal_taken_away_with_its_head_leaves_sealed_positions_without_one(lived: Past):
    def change(connection: Connection) -> None:
        for table in (seals, tree_heads):
            remove(connection, table, rows(connection, table)[-1])

    assert {one.problem for one in changed_by(lived, change)} == {LedgerProblem.LEAF_CHANGED}


def test_a_leaf_moved_far_away_is_named_and_not_walked_to(lived: Past):
    far = update(leaves).where(leaves.c.position == 3).values(position=2**40)
    found = changed_by(lived, lambda connection: connection.execute(far))
    assert {one.problem for one in found} >= {LedgerProblem.LEAF_CHANGED, LedgerProblem.LEAF_MISSING}


def test_a_value_that_no_column_can_hold_is_told_and_ends_nothing(lived: Past):
    if lived.database_url.startswith("postgresql"):
        return  # its columns are typed, it takes no such value
    found = changed_by(
        lived,
        lambda connection: connection.execute(text("UPDATE messages SET action = 'Nonsense' WHERE message_no = 1")),
    )
    assert (LedgerProblem.UNREADABLE, "messages", "[1]") in {(one.problem, one.table, one.key) for one in found}


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_erasing_what_people_wrote_leaves_everything_verifiable(lived: Past):
    with spoiling(lived) as connection:
        unbind(connection)
        erased = erase_everything(connection)
        reported = [
            {"at": lived.now, "by": "DPO", "act": ERASED, "subject": one, "reason": "request", "result": "done"}
            for one in erased
        ]
        add_proven(connection, audit_log, reported)
        write_staged(connection)
        report = verified(connection, lived)
        assert report.findings == ()
        assert report.counts.erased == len(erased)
        left = json.dumps([str(row) for table in (messages, envelopes, salts) for row in rows(connection, table)])
    assert "Гүлнұр" not in left


def test_erasing_without_saying_so_is_found(lived: Past):
    found = changed_by(lived, erase_everything)
    assert {one.problem for one in found} == {LedgerProblem.ERASED_SILENTLY}
    assert {one.table for one in found} == {"messages", "envelopes", "salts", "leaves"}


def erase_everything(connection: Connection) -> list[str]:
    """Every operation, envelope, salt of a commitment and salt of a leaf; returns the subjects for the audit log."""
    subjects = [row["message_id"] for row in rows(connection, messages) if row["operation"] is not None]
    subjects += [row["sha256"] for row in rows(connection, envelopes)]
    subjects += [f"{row['conversation_id']} {row['seq']} {row['subject']}" for row in rows(connection, salts)]
    subjects += [f"{row['record']} {row['key']}" for row in rows(connection, leaves) if row["salt"] is not None]
    connection.execute(update(messages).values(operation=None))
    connection.execute(update(envelopes).values(content=b""))
    connection.execute(delete(salts))
    connection.execute(update(leaves).values(salt=None))
    return subjects


def test_no_leaf_holds_a_persons_words_or_a_digest_that_could_be_guessed(lived: Past):
    """The bytes that auditors are given: no name, no address, no reason, no digest of a content alone."""
    with spoiling(lived) as connection:
        given = [row["content"] for row in rows(connection, leaves) if row["content"]]
        digests = {row["digest"] for row in rows(connection, messages)} | {
            row["content_sha256"] for row in rows(connection, salts)
        }
        words = {row[name] for row in rows(connection, refusals) for name in ("detail",) if row[name]}
    everything = b"\n".join(given).decode()
    assert [
        one for one in ("Гүлнұр", "Абай", "900101300017", "сұралды", "құжат.pdf", *digests, *words) if one in everything
    ] == []


def test_records_of_an_upgraded_past_stay_verifiable(lived: Past):
    """A column that a later release adds is absent where nothing is in it, so old leaves keep their bytes."""

    def change(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE accesses ADD COLUMN later VARCHAR"))

    assert changed_by(lived, change) == ()


def test_delivery_that_is_made_final_by_hand_is_found(lived: Past):
    def change(connection: Connection) -> None:
        opened = update(deliveries).where(deliveries.c.finished_at.is_(None))
        connection.execute(opened.values(state="acknowledged", finished_at=lived.now))

    assert {(one.problem, one.table) for one in changed_by(lived, change)} == {
        (LedgerProblem.NOT_COVERED, "deliveries")
    }


def test_a_term_that_is_mended_by_hand_is_found(lived: Past):
    mended = update(terms).where(terms.c.breached_at.is_not(None)).values(state="met", breached_at=None)
    found = changed_by(lived, lambda connection: connection.execute(mended))
    assert {(one.problem, one.table) for one in found} == {(LedgerProblem.CONTRADICTS_EVENTS, "terms")}


# --- changes ----------------------------------------------------------------------------------------------------------


def is_about(found: RowFinding, table: Table) -> bool:
    """Whether the finding names this table. A spoilt leaf may be told by the row that it no longer fits."""
    return table.name in {found.table, "leaves"}


def rows(connection: Connection, table: Table) -> list[Row]:
    found = connection.execute(select(table).order_by(*table.primary_key.columns))
    return [dict(row._mapping) for row in found]


def is_exchangeable(past: Past, table: Table) -> bool:
    """Whether its first and last row differ in more than their key. A leaf's own number proves nothing."""
    keys = {column.name for column in table.primary_key.columns}
    with spoiling(past) as connection:
        bare = [{name: value for name, value in row.items() if name not in keys} for row in rows(connection, table)]
    return table.name != "leaves" and bare[0] != bare[-1]


def is_all_absent(past: Past, column: Column) -> bool:
    with spoiling(past) as connection:
        return all(row[column.name] is None for row in rows(connection, column.table))


def where(table: Table, row: Row):
    return [column == row[column.name] for column in table.primary_key.columns]


def edit(connection: Connection, column: Column) -> None:
    """Another value of the same type, in one row; in one that has a value there if any has."""
    table = column.table
    all_rows = rows(connection, table)
    row = next((row for row in all_rows if row[column.name] is not None), all_rows[0])
    connection.execute(update(table).where(*where(table, row)).values({column.name: another(column, row[column.name])}))


def another(column: Column, value: Any) -> Any:  # noqa: PLR0911 - one line per type
    match column.type:
        case InstantColumn():
            return (value or datetime(2026, 11, 24, tzinfo=UTC)) - timedelta(seconds=1)
        case SpanColumn():
            return value + timedelta(seconds=1)
        case OneOf():
            return next(one for one in column.type.enum if one is not value)
        case Trace():
            return TraceContext("7" * 32, "7" * 16, sampled=True)
        case Boolean():
            return not value
        case Integer():
            return 7_000_000 if value is None else value + 1_000_000
        case LargeBinary():
            return b"forged" if not value else bytes([value[0] ^ 1]) + value[1:]
        case String():
            return ("x" + (value or "")[1:]) if not (value or "").startswith("x") else "y" + value[1:]
        case _:
            return f"{value or ''} forged"


def remove(connection: Connection, table: Table, row: Row) -> None:
    connection.execute(delete(table).where(*where(table, row)))


def remove_first(connection: Connection, table: Table) -> None:
    remove(connection, table, rows(connection, table)[0])


def remove_last(connection: Connection, table: Table) -> None:
    remove(connection, table, rows(connection, table)[-1])


def forge(connection: Connection, table: Table) -> None:
    """A copy of the last row under another key, with all that must be unique made so."""
    row = rows(connection, table)[-1]
    forged = dict(row)
    unique = {
        column.name
        for constraint in table.constraints
        for column in getattr(constraint, "columns", ())
        if _is_unique(constraint)
    }
    for name in unique:
        forged[name] = another(table.columns[name], forged[name])
    connection.execute(insert(table).values(forged))


def _is_unique(constraint: object) -> bool:
    return type(constraint).__name__ in {"UniqueConstraint", "PrimaryKeyConstraint"}


def swap(connection: Connection, table: Table) -> None:
    """The first and the last row take each other's keys."""
    all_rows = rows(connection, table)
    first, last = all_rows[0], all_rows[-1]
    keys = [column.name for column in table.primary_key.columns]
    remove(connection, table, first)
    remove(connection, table, last)
    for row, key in ((first, last), (last, first)):
        connection.execute(insert(table).values({**row, **{name: key[name] for name in keys}}))


def date_back(connection: Connection, column: Column) -> None:
    table = column.table
    row = next(row for row in rows(connection, table) if row[column.name] is not None)
    earlier = row[column.name] - timedelta(days=30)
    connection.execute(update(table).where(*where(table, row)).values({column.name: earlier}))
