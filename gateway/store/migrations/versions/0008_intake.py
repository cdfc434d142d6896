"""Intake: uploads that are unfinished are found without reading those that are done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index, over few rows."""
    unfinished = sa.text("complete IS NOT TRUE")
    name, columns = "ix_uploads_unfinished", ["owner", "started_at"]
    op.create_index(name, "uploads", columns, sqlite_where=unfinished, postgresql_where=unfinished)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
