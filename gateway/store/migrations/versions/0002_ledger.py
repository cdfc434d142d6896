"""The ledger in full: leaves for every record that proves something, tiles of the tree."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
