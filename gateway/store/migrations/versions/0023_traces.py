"""Traces: a delivery and an assembly go on with the trace of what caused them, on whichever node, after a restart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The former release sets neither column; what it makes has no trace, and is sent all the same."""
    for table in ("deliveries", "assemblies"):
        op.add_column(table, sa.Column("trace", sa.Text(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
