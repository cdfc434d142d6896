"""Console: deliveries by operation, cause and end, dead letters by their cause, and views that people save."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """A table that the former release does not know, and indexes, which it keeps up unknowingly."""
    op.create_table(
        "saved_views",
        sa.Column("view_id", ROW_NUMBER, nullable=False),
        sa.Column("user_id", ROW_NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_views_user_id_name")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_saved_views_user_id")),
        if_not_exists=True,  # the step commits before its indexes are built, and may be broken off there
    )
    shared = sa.text("is_shared")
    op.create_index(
        "ix_saved_views_shared",
        "saved_views",
        ["name"],
        if_not_exists=True,
        sqlite_where=shared,
        postgresql_where=shared,
    )
    create_index("ix_deliveries_action", "deliveries", ["action", "delivery_id"])
    for name, columns, of in (
        ("code", ["code", "delivery_id"], "code IS NOT NULL"),
        ("dead", ["state", "recipient", "code", "delivery_id"], "state IN ('dead_lettered')"),
        ("ended", ["state", "finished_at", "delivery_id", "created_at"], "finished_at IS NOT NULL"),
    ):
        where = sa.text(of)
        create_index(f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
