"""Revocation: what authorities said of certificates, and the policy for silence."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
