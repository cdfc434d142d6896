"""The ledger in full: leaves for every record that proves something, tiles of the tree."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z

_CARRIED = (
    "INSERT INTO leaves (leaf_id, record, key, digest, at, position)"
    " SELECT leaf_id, 'events', '[\"' || conversation_id || '\",' || seq || ']', digest, at, position"
    " FROM event_leaves ORDER BY leaf_id"
)
_GO_ON = "SELECT setval(pg_get_serial_sequence('leaves', 'leaf_id'), coalesce(max(leaf_id), 0) + 1, false) FROM leaves"


def upgrade() -> None:
    """Leaves of events are carried over; a table made anew, since SQLite changes no constraint in place."""
    op.rename_table("leaves", "event_leaves")
    op.drop_index("ix_leaves_unsealed", "event_leaves")
    if op.get_bind().dialect.name == "postgresql":  # names of constraints are unique per schema there
        for constraint in ("pk_leaves", "uq_leaves_conversation_id_seq", "uq_leaves_position"):
            op.execute(f"ALTER INDEX {constraint} RENAME TO event_{constraint}")
        op.execute("ALTER SEQUENCE leaves_leaf_id_seq RENAME TO event_leaves_leaf_id_seq")
    _create_leaves()
    op.execute(_CARRIED)
    op.drop_table("event_leaves")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_GO_ON)
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.create_table(
        "tiles",
        sa.Column("tile_row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tile_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tile_row", "tile_index", name=op.f("pk_tiles")),
    )


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")


def _create_leaves() -> None:
    op.create_table(
        "leaves",
        sa.Column("leaf_id", ROW_NUMBER, nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_leaves_position")),
        sa.PrimaryKeyConstraint("leaf_id", name=op.f("pk_leaves")),
        sa.UniqueConstraint("record", "key", name=op.f("uq_leaves_record_key")),
        sa.UniqueConstraint("position", name=op.f("uq_leaves_position")),
    )
    unsealed = sa.text("position IS NULL")
    op.create_index("ix_leaves_unsealed", "leaves", ["leaf_id"], sqlite_where=unsealed, postgresql_where=unsealed)
