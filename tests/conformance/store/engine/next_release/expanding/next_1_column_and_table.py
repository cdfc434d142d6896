"""The release to come, first step: a column that may be empty, one with a default, a table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.engine.steps import Steps

revision = "next_1"
down_revision = Steps.of_release().newest
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("carrier", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("weight", sa.Integer(), nullable=False, server_default="0"))
    op.create_table("carriers", sa.Column("name", sa.String(), primary_key=True))
