"""Alarms: when people were notified stands in a column that says so."""

from __future__ import annotations

from alembic import op

revision = "0031"
runs_from = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only the name changes. A former release does not know it: this step is for stores that no former node uses."""
    op.alter_column("alarms", "told_at", new_column_name="notified_at")


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
