"""Reminders: when whoever is bound by a term is told that it is near."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """One column and its index. A node of the release before leaves it NULL: its terms fall due unreminded."""
    op.add_column("terms", sa.Column("remind_at", INSTANT))
    to_remind = sa.text("state IN ('open') AND remind_at IS NOT NULL")
    op.create_index("ix_terms_remind", "terms", ["remind_at"], sqlite_where=to_remind, postgresql_where=to_remind)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
