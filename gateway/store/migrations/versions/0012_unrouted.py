"""Routing: appeals that no route fitted are found without reading all that ever happened."""

from __future__ import annotations

import sqlalchemy as sa

from gateway.store.migrations.beside_traffic import create_index

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index, over few rows of a large table."""
    where = sa.text("kind = 'appeal_unrouted'")
    name, columns = "ix_events_unrouted", ["at", "conversation_id"]
    create_index(name, "events", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
