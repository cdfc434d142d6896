"""The release to come, second step: an index on a large table, built while others write."""

from __future__ import annotations

from gateway.store.migrations.beside_traffic import create_index

revision = "next_2"
down_revision = "next_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("ix_deliveries_carrier", "deliveries", ["carrier"])
