"""Sealing: leaves get their positions, the tree grows at its right edge, a head is kept with its seal.

The work is done twice, once to be signed and once to be kept, since no transaction is open while a key signs. What is
kept must come to the very root that was signed, or nothing is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from dossier.ledger.merkle import MalformedLedger, Seal, TreeHead, leaf_hash, read_tree_head, tree_head_bytes
from dossier.ledger.tiles import TileKey, Tiles, edge_of, grown, reader_of, split_hashes, tiles_of
from dossier.ledger.tree import hash_of, root_range
from gateway.ports.ledger import (
    Growth,
    LedgerBroken,
    LedgerStatus,
    ListTokenlessSeals,
    LoadLedgerStatus,
    MeasureGrowth,
    SealWrite,
    StampSeal,
)
from gateway.ports.results import Conflict, Recorded
from gateway.store.engine.operations import serves, writes
from gateway.store.engine.statements import AnyRow, AnySelect, add, select_among
from gateway.store.ledger.records import EVENTS
from gateway.store.tables import leaves, seals, tiles, tree_heads
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate

_SEALING: Final = 0x44C3A46E  # any number, the same for every node: one seals, the others wait
_LEAVES_PER_STATEMENT: Final = 2_000
_NEWEST: Final = select(tree_heads).order_by(tree_heads.c.tree_size.desc()).limit(1)


@serves(MeasureGrowth)
def growth(connection: Connection, wanted: MeasureGrowth) -> Growth | LedgerBroken | None:
    """What the next seal would close, once the newest head is found to follow from what is kept."""
    try:
        former, held = _former(connection)
        waiting = _waiting(connection, wanted.limit)
        if not waiting:
            return None
        size = former.tree_size if former else 0
        _refuse_changed(waiting)
        changed = grown(held, size, [leaf_hash(row.digest) for row in waiting])
        root = hash_of(root_range(size + len(waiting)), reader_of({**held, **changed}))
    except (MalformedLedger, KeyUnusable) as broken:
        return LedgerBroken(str(broken))
    return Growth(former, tuple(row.leaf_id for row in waiting), root)


@writes(SealWrite)
def seal(connection: Connection, jobs: Sequence[SealWrite]) -> list[Recorded | Conflict]:
    """Keep each seal whose growth still holds; one sealer at a time."""
    if connection.dialect.name == "postgresql":  # SQLite writes one transaction at a time anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEALING})
    return [_seal(connection, job) for job in jobs]


@serves(ListTokenlessSeals)
def tokenless_seals(connection: Connection, wanted: ListTokenlessSeals) -> tuple[Seal, ...]:
    """Seals without a token, oldest first."""
    statement = sealed_heads().where(seals.c.token.is_(None)).order_by(seals.c.tree_size).limit(wanted.limit)
    return tuple(seal_of(row) for row in connection.execute(statement))


@writes(StampSeal)
def add_tokens(connection: Connection, jobs: Sequence[StampSeal]) -> list[None]:
    """A seal that has a token keeps it: a second one proves nothing earlier."""
    of = (seals.c.tree_size == bindparam("of"), seals.c.token.is_(None))
    values: dict[str, Any] = {"token": bindparam("to"), "token_at": bindparam("at")}
    given = [{"of": job.tree_size, "to": job.token, "at": job.stamped_at} for job in jobs]
    connection.execute(update(seals).where(*of).values(values), given)
    return [None] * len(jobs)


@serves(LoadLedgerStatus)
def status(connection: Connection, _: LoadLedgerStatus) -> LedgerStatus:
    """Where the ledger stands."""
    newest = connection.execute(_NEWEST).first()
    unsealed = select(func.count(), func.min(leaves.c.leaf_id)).where(leaves.c.position.is_(None))
    waiting, oldest = connection.execute(unsealed).one()
    tokenless = select(func.count(), func.min(seals.c.tree_size)).where(seals.c.token.is_(None))
    wanting, first = connection.execute(tokenless).one()
    stamped = select(func.coalesce(func.max(seals.c.tree_size), 0)).where(seals.c.token.is_not(None))
    return LedgerStatus(
        tree_size=newest.tree_size if newest else 0,
        sealed_at=newest.at if newest else None,
        stamped_size=connection.execute(stamped).scalar_one(),
        unsealed=waiting,
        oldest_unsealed_at=connection.scalars(select(leaves.c.at).where(leaves.c.leaf_id == oldest)).first(),
        tokenless=wanting,
        oldest_tokenless_at=connection.scalars(select(seals.c.signed_at).where(seals.c.tree_size == first)).first(),
    )


def sealed_heads() -> AnySelect:
    """Heads with their seals."""
    columns = (tree_heads.c.content, seals.c.signature, seals.c.certificate, seals.c.token)
    return select(*columns).select_from(seals.join(tree_heads, seals.c.tree_size == tree_heads.c.tree_size))


def seal_of(row: AnyRow) -> Seal:
    """A row of ``sealed_heads``. Raises MalformedLedger or KeyUnusable when somebody spoilt it."""
    return Seal(read_tree_head(row.content), row.signature, Certificate.from_der(row.certificate), row.token)


def read_tiles(connection: Connection, keys: frozenset[TileKey]) -> Tiles:
    """Those of these tiles that are there."""
    columns = [tiles.c.tile_row, tiles.c.tile_index]
    rows = select_among(connection, select(tiles), columns, {(key.row, key.index) for key in keys})
    return {TileKey(row.tile_row, row.tile_index): row.hashes for row in rows}


def _former(connection: Connection) -> tuple[TreeHead | None, Tiles]:
    """The newest head and what it follows from, computed anew. Raises MalformedLedger when it does not follow."""
    row = connection.execute(_NEWEST).first()
    if row is None:
        return None, {}
    head = read_tree_head(row.content)
    if (head.tree_size, head.root) != (row.tree_size, row.root):
        raise MalformedLedger(f"the newest tree head, of {row.tree_size} leaves, is not what was signed")
    held = read_tiles(connection, edge_of(head.tree_size) | tiles_of([root_range(head.tree_size)]))
    if hash_of(root_range(head.tree_size), reader_of(held)) != head.root:
        raise MalformedLedger(f"the tiles do not lead to the root that was signed over {head.tree_size} leaves")
    _refuse_changed_edge(connection, head.tree_size, held)
    return head, held


def _refuse_changed_edge(connection: Connection, tree_size: int, held: Tiles) -> None:
    """The leaves of the last tile must be those that it holds; all the others are for ``ledger verify``."""
    last = TileKey(0, (tree_size - 1) // 256)
    first = last.index * 256
    positions = (leaves.c.position >= first, leaves.c.position < tree_size)
    kept = connection.execute(select(leaves.c.position, leaves.c.digest).where(*positions).order_by(leaves.c.position))
    found = {row.position: leaf_hash(row.digest) for row in kept}
    there = held.get(last) or read_tiles(connection, frozenset({last})).get(last, b"")
    for position, hashed in enumerate(split_hashes(there), start=first):
        if found.get(position) != hashed:
            raise MalformedLedger(f"the leaf at position {position} is not the one that was sealed")


def _waiting(connection: Connection, limit: int) -> Sequence[AnyRow]:
    columns = (leaves.c.leaf_id, leaves.c.record, leaves.c.key, leaves.c.digest, leaves.c.content)
    statement = select(*columns).where(leaves.c.position.is_(None)).order_by(leaves.c.leaf_id).limit(limit)
    return connection.execute(statement).all()


def _refuse_changed(waiting: Sequence[AnyRow]) -> None:
    for row in waiting:
        if row.record != EVENTS and hashlib.sha256(row.content or b"").digest() != row.digest:
            raise MalformedLedger(f"the leaf of {row.record} {row.key} was changed before it was sealed")


def _seal(connection: Connection, job: SealWrite) -> Recorded | Conflict:
    ids, first, head = job.growth.leaf_ids, job.growth.first_position, job.seal.head
    try:
        former, held = _former(connection)
        digests = _digests(connection, ids)
        if (former.tree_size if former else 0) != first or len(digests) != len(ids):
            return Conflict()
        changed = grown(held, first, [leaf_hash(digest) for digest in digests])
        root = hash_of(root_range(head.tree_size), reader_of({**held, **changed}))
    except MalformedLedger:
        return Conflict()  # the next look says what is wrong, and nothing is sealed until then
    if root != head.root:
        return Conflict()
    _place(connection, ids, first)
    _keep_tiles(connection, changed)
    content = tree_head_bytes(head)
    row = {"tree_size": head.tree_size, "first_position": first, "root": head.root, "at": head.at, "content": content}
    add(connection, tree_heads, [row])
    made = {"signature": job.seal.signature, "certificate": job.seal.certificate.der, "signed_at": head.at}
    add(connection, seals, [{"tree_size": head.tree_size, **made}])
    return Recorded()


def _digests(connection: Connection, ids: Sequence[int]) -> list[bytes]:
    """Of those of these leaves that have no position yet, in the order of ``leaf_id``."""
    statement = select(leaves.c.leaf_id, leaves.c.digest).where(leaves.c.position.is_(None))
    return [row.digest for row in select_among(connection, statement, [leaves.c.leaf_id], ids)]


def _place(connection: Connection, ids: Sequence[int], first: int) -> None:
    """Positions in the order of ``leaf_id``, a few thousand per statement."""
    for start in range(0, len(ids), _LEAVES_PER_STATEMENT):
        chunk = ids[start : start + _LEAVES_PER_STATEMENT]
        order = func.row_number().over(order_by=leaves.c.leaf_id) - 1 + first
        ranked = select(leaves.c.leaf_id, order.label("place")).where(leaves.c.leaf_id.in_(chunk)).subquery()
        connection.execute(update(leaves).where(leaves.c.leaf_id == ranked.c.leaf_id).values(position=ranked.c.place))
        first += len(chunk)


def _keep_tiles(connection: Connection, changed: Tiles) -> None:
    """The unfinished tiles are written anew, whole."""
    for key in edge_replaced(changed):
        of = (tiles.c.tile_row == key.row, tiles.c.tile_index == key.index)
        connection.execute(delete(tiles).where(*of))
    rows = [{"tile_row": key.row, "tile_index": key.index, "hashes": held} for key, held in sorted(changed.items())]
    add(connection, tiles, rows)


def edge_replaced(changed: Tiles) -> list[TileKey]:
    """The first tile of each row that changes: only it can have been there before."""
    first: dict[int, TileKey] = {}
    for key in sorted(changed):
        first.setdefault(key.row, key)
    return list(first.values())
