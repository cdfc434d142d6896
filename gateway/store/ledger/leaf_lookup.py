"""One leaf by its record or its position, with its proof; and seals, newest first, each against the one before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, select

from dossier.ledger.merkle import MalformedLedger, Seal, TreeHead, tree_head_bytes, verify_consistency
from gateway.ports.ledger import FindLeaf, FindLeafAt, LeafFound, ListRecordKinds, ListSeals, SealRow
from gateway.store.engine.operations import serves
from gateway.store.engine.paging import key_text
from gateway.store.engine.statements import AnyRow, AnySelect
from gateway.store.ledger.proofs import consistency_of, proofs_of
from gateway.store.ledger.records import EVENTS, RECORD_OF, read_key
from gateway.store.ledger.sealing import seal_of
from gateway.store.tables import events, leaves, seals, tree_heads
from signing.errors import KeyUnusable
from signing.keys.detached import is_signed_by

KINDS: Final = (EVENTS, *RECORD_OF)


@serves(ListRecordKinds)
def record_kinds(_connection: Connection, _: ListRecordKinds) -> tuple[str, ...]:
    """What has leaves."""
    return KINDS


@serves(FindLeaf)
def leaf_of(connection: Connection, wanted: FindLeaf) -> LeafFound | None:
    """``words``: the key as the ledger spells it, or its values with blanks between them."""
    table = (
        events if wanted.record == EVENTS else RECORD_OF[wanted.record].table if wanted.record in RECORD_OF else None
    )
    key = _key_of(wanted.key.strip(), table) if table is not None else None
    if key is None:
        return None
    return _found(connection, select(leaves).where(leaves.c.record == wanted.record, leaves.c.key == key))


@serves(FindLeafAt)
def leaf_at(connection: Connection, wanted: FindLeafAt) -> LeafFound | None:
    """Of the tree."""
    return _found(connection, select(leaves).where(leaves.c.position == wanted.position))


@serves(ListSeals)
def seals_before(connection: Connection, wanted: ListSeals) -> tuple[SealRow, ...]:
    """One more is read, so that the last of the page is held against it."""
    columns = (tree_heads, seals.c.signature, seals.c.certificate, seals.c.token)
    joined = tree_heads.outerjoin(seals, seals.c.tree_size == tree_heads.c.tree_size)
    statement = select(*columns).select_from(joined).order_by(tree_heads.c.tree_size.desc()).limit(wanted.limit + 1)
    if wanted.before is not None:
        statement = statement.where(tree_heads.c.tree_size < wanted.before)
    read = [(row, _seal_of(row)) for row in connection.execute(statement)]
    leaves = [_row(connection, row, seal, _head_of(former)) for (row, seal), (_, former) in pairwise(read)]
    if len(read) <= wanted.limit and read:  # the first of all follows on nothing
        leaves.append(_row(connection, *read[-1], None))
    return tuple(leaves)


def _key_of(words: str, table: Table) -> str | None:
    if words.startswith("["):
        key = read_key(words, table)
        return None if key is None else key_text(key)
    columns, parts = list(table.primary_key.columns), words.split()
    if len(parts) != len(columns):
        return None
    values = [_value(part, column) for part, column in zip(parts, columns, strict=True)]
    return None if None in values else key_text(values)


def _value(part: str, column: Column[Any]) -> str | int | None:
    if column.type.python_type is not int:
        return part
    return int(part) if part.isascii() and part.isdigit() and len(part) < 19 else None


def _found(connection: Connection, statement: AnySelect) -> LeafFound | None:
    row = connection.execute(statement).first()
    if row is None:
        return None
    leaf = LeafFound(row.record, row.key, row.digest, row.content, row.at, row.position)
    if row.position is None:
        return leaf
    try:
        return replace(leaf, evidence=proofs_of(connection, {1: (row.digest, row.position)}))
    except (MalformedLedger, KeyUnusable) as broken:
        return replace(leaf, trouble=str(broken))


def _seal_of(row: AnyRow) -> Seal | None:
    """None for one that somebody spoilt."""
    try:
        return seal_of(row) if row.signature is not None else None
    except (MalformedLedger, KeyUnusable):
        return None


def _head_of(seal: Seal | None) -> TreeHead | None:
    return seal.head if seal else None


def _row(connection: Connection, row: AnyRow, seal: Seal | None, former: TreeHead | None) -> SealRow:
    is_signed = seal is not None and is_signed_by(seal.certificate, tree_head_bytes(seal.head), seal.signature)
    follows = row.first_position == 0 if former is None else _follows(connection, former, _head_of(seal))
    return SealRow(row.tree_size, row.first_position, row.at, seal if is_signed else None, follows)


def _follows(connection: Connection, former: TreeHead, head: TreeHead | None) -> bool:
    if head is None:
        return False
    try:
        return verify_consistency(former, head, consistency_of(connection, former.tree_size, head.tree_size))
    except MalformedLedger:
        return False
