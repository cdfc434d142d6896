"""A release that takes a column away, which only releases that know this step go without."""

from __future__ import annotations

from alembic import op

from gateway.store.engine.steps import Steps

revision = "next_1"
runs_from = "next_1"
down_revision = Steps.of_release().newest
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("refusals", "remote")
