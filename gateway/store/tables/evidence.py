"""The ledger: a leaf per record that proves something, its place in the tree once sealed, tiles, heads and seals."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from gateway.store.tables.base import InstantColumn, RowNumber, metadata

# ``record`` and ``key`` say which row of which table; ``content`` is what the digest is of, kept as written, except
# for events, which keep it themselves. ``salt`` hides the row's private columns in it and may be erased.
# ``leaf_id`` is no position: only the sealer gives positions, so that the tree has no gaps and no races.
leaves = Table(
    "leaves",
    metadata,
    Column("leaf_id", RowNumber, primary_key=True),
    Column("record", String, nullable=False),
    Column("key", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("content", LargeBinary),
    Column("salt", LargeBinary),
    Column("at", InstantColumn, nullable=False),
    Column("position", BigInteger),
    UniqueConstraint("record", "key"),
    UniqueConstraint("position"),
    CheckConstraint("position >= 0", name="position"),
)
_UNSEALED = leaves.c.position.is_(None)
Index("ix_leaves_unsealed", leaves.c.leaf_id, sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)

# Up to 256 node hashes of 32 bytes, one behind the other; tile row r holds nodes of level 8 · r.
tiles = Table(
    "tiles",
    metadata,
    Column("tile_row", Integer, primary_key=True, autoincrement=False),
    Column("tile_index", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

# RFC 9162 §2.1: the root over positions 0 … tree_size - 1; ``first_position`` is where this batch began.
tree_heads = Table(
    "tree_heads",
    metadata,
    Column("tree_size", BigInteger, primary_key=True, autoincrement=False),
    Column("first_position", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("first_position"),
    CheckConstraint("first_position >= 0 AND first_position < tree_size", name="range"),
)

# The token comes when the authority answers; traffic never waits for it.
seals = Table(
    "seals",
    metadata,
    Column("tree_size", ForeignKey(tree_heads.c.tree_size), primary_key=True, autoincrement=False),
    Column("signature", LargeBinary, nullable=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("signed_at", InstantColumn, nullable=False),
    Column("token", LargeBinary),
    Column("token_at", InstantColumn),
    CheckConstraint("(token IS NULL) = (token_at IS NULL)", name="token"),
)
_TOKENLESS = seals.c.token.is_(None)
Index("ix_seals_tokenless", seals.c.tree_size, sqlite_where=_TOKENLESS, postgresql_where=_TOKENLESS)
