"""Operations: what people did to deliveries, and retention that resumes."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
