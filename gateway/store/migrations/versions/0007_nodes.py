"""Nodes: who serves from this database, and which releases may share it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

runs_from = "0007"
"""Releases before this step refuse every schema that they do not know; from here on each step says who may stay."""

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("schema_step", sa.String(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.Column("leads", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_nodes")),
    )
    op.create_table(
        "schema_steps",
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("runs_from", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_schema_steps")),
    )


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
