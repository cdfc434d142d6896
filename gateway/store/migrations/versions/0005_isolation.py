"""Isolation: circuits of parties, their limits, and escalations."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
