"""Metrics: terms that were missed and are not met are counted without reading all terms."""

from __future__ import annotations

import sqlalchemy as sa

from gateway.store.migrations.beside_traffic import create_index

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index, over few rows of a large table."""
    where = sa.text("state IN ('breached', 'defaulted')")
    create_index("ix_terms_breached", "terms", ["breached_at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
