"""Alarms: open ones, the loudest first, and those that are over are listed off an index of their own, of any kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OPEN, OVER = "cleared_at IS NULL", "cleared_at IS NOT NULL"
LISTS: tuple[tuple[str, list[str], str], ...] = (
    ("open", [], OPEN),
    ("over", [], OVER),
    ("unheeded", ["level"], f"{OPEN} AND acknowledged_at IS NULL"),
    ("heeded", ["level"], f"{OPEN} AND acknowledged_at IS NOT NULL"),
)


def upgrade() -> None:
    """Indexes, which the former release keeps up unknowingly; it reads by them what it read by the one that goes."""
    op.drop_index("ix_alarms_kind", "alarms", if_exists=True)  # a step that was broken off has dropped it already
    for name, columns, words in LISTS:
        where = sa.text(words)
        how = {"sqlite_where": where, "postgresql_where": where}
        create_index(f"ix_alarms_{name}", "alarms", [*columns, "alarm_id"], **how)
        create_index(f"ix_alarms_{name}_kind", "alarms", ["kind", *columns, "alarm_id"], **how)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
