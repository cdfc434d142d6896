"""Intake: quotas of uploads, and what the path of messages needs."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
