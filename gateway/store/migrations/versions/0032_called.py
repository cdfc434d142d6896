"""Deliveries: whether the exchange calls the recipient stands in the row, so that a claim knows no channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0032"
runs_from = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

INDEXES = (
    (
        "ix_deliveries_waiting",
        ["is_called", "recipient", "priority", "next_attempt_at", "delivery_id"],
        "state IN ('pending', 'retry_scheduled') AND held_by IS NULL",
    ),
    (
        "ix_deliveries_handed_out",
        ["is_called", "recipient", "fetched_by", "lease_until"],
        "state IN ('delivered')",
    ),
)


def upgrade() -> None:
    """A former release does not fill the column: this step is for stores that no former node uses."""
    bind = op.get_bind()
    if "is_called" not in {one["name"] for one in sa.inspect(bind).get_columns("deliveries")}:
        called: sa.Column[bool] = sa.Column("is_called", sa.Boolean(), nullable=False, server_default=sa.false())
        op.add_column("deliveries", called)
    op.execute("UPDATE deliveries SET is_called = true WHERE channel = 'push'")
    for name, columns, words in INDEXES:
        where = sa.text(words)
        if bind.dialect.name == "sqlite":
            op.drop_index(name, "deliveries")
        create_index(name, "deliveries", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
