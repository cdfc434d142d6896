"""The first schema of 0.2. Steps of 0.1 were numbered 0001 to 0032, and nothing of it is installed anywhere."""

from __future__ import annotations

from gateway.store.migrations.first_schema import create_schema

revision = "0100"
runs_from = "0100"
down_revision = None
branch_labels = None
depends_on = None

upgrade = create_schema


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
