"""The sealed ledger as an auditor reads it: the bytes of each leaf in order, the heads, the nodes where it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from dossier.ledger.merkle import Seal
from dossier.ledger.tiles import reader_of, tiles_of
from dossier.ledger.tree import Range
from gateway.store.engine.paging import Key, pages, rows_of
from gateway.store.engine.statements import AnyRow
from gateway.store.ledger.records import EVENTS, read_key
from gateway.store.ledger.sealing import read_tiles, seal_of, sealed_heads
from gateway.store.tables import events, leaves, seals


def leaf_lines(connection: Connection, first: int, tree_size: int) -> Iterator[bytes]:
    """Bytes of the leaves at ``first`` … ``tree_size`` - 1; empty where a leaf has none any more."""
    columns = (leaves.c.position, leaves.c.record, leaves.c.key, leaves.c.content)
    within = (leaves.c.position >= first, leaves.c.position < tree_size)
    for page in pages(connection, select(*columns).where(*within), [leaves.c.position]):
        contents = _events(connection, page)
        for row in page:
            yield (contents.get(row.key) if row.record == EVENTS else row.content) or b""


def seals_after(connection: Connection, tree_size: int) -> Iterator[Seal]:
    """Every seal over more leaves than that, and the one over exactly as many, if there is one."""
    statement = sealed_heads().add_columns(seals.c.tree_size).where(seals.c.tree_size >= tree_size)
    after = tree_size
    while rows := connection.execute(
        statement.where(seals.c.tree_size >= after).order_by(seals.c.tree_size).limit(500)
    ).all():
        for row in rows:
            yield seal_of(row)
        after = rows[-1].tree_size + 1


def edge_nodes(connection: Connection, tree_size: int) -> tuple[bytes, ...]:
    """Roots of the complete subtrees of a former tree, the largest first. Raises MalformedLedger."""
    span = Range(0, tree_size)
    read = reader_of(read_tiles(connection, tiles_of([span])))
    return tuple(read(node) for node in span.nodes)


def _events(connection: Connection, page: Sequence[AnyRow]) -> dict[str, bytes]:
    keys: dict[Key, str] = {key: row.key for row in page if row.record == EVENTS and (key := read_key(row.key, events))}
    found = rows_of(connection, events, keys, lambda _: None)
    return {keys[key]: row.content for key, row in found.items()}
