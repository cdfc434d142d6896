"""Routing: the level of a route, the higher body and the place of a party, the duty body."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LEVELS = "'district', 'region', 'national'"


def upgrade() -> None:
    """NULL in versions applied before, and in those that the former release applies: their leaves know nothing of it.

    The check stands in the column's own words: SQLite adds no constraint to a table that is there.
    """
    op.add_column("registry_versions", sa.Column("duty_body", sa.String(), nullable=True))
    op.add_column("parties", sa.Column("higher", sa.String(), nullable=True))
    op.add_column("parties", sa.Column("kato", sa.String(), nullable=True))
    check = f"CONSTRAINT ck_routes_level CHECK (level IN ({LEVELS}))"
    op.execute(f"ALTER TABLE routes ADD COLUMN level VARCHAR {check}")


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
