"""Causes: how often something goes wrong, by the hour; failed attempts and refusals by parties are found by time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """A new table, which the former release does not know, and indexes, which it keeps up unknowingly."""
    op.create_table(
        "cause_counts",
        sa.Column("hour", INSTANT, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "kind", "cause", "party", name=op.f("pk_cause_counts")),
        sa.CheckConstraint("kind IN ('refusal', 'peer', 'breach')", name=op.f("ck_cause_counts_kind")),
        if_not_exists=True,  # the step commits before its indexes are built, and may be broken off there
    )
    failed = sa.text("outcome IN ('Deferred', 'Poison', 'Rejected', 'Unknown')")
    create_index("ix_attempts_failed", "attempts", ["started_at"], sqlite_where=failed, postgresql_where=failed)
    rejected = sa.text("state IN ('rejected')")
    create_index("ix_signals_rejected", "signals", ["at"], sqlite_where=rejected, postgresql_where=rejected)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
