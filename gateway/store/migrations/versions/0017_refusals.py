"""Refusals: listed by who was refused and why, each with the bytes refused for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """A new table, which the former release does not know, and indexes, which it keeps up unknowingly."""
    op.create_table(
        "refused_requests",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.String(), nullable=True),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_refused_requests")),
        if_not_exists=True,  # the step commits before its indexes are built, and may be broken off there
    )
    op.create_index("ix_refused_requests_signer", "refused_requests", ["signer", "kept_at"], if_not_exists=True)
    op.create_index("ix_refused_requests_kept", "refused_requests", ["kept_at"], if_not_exists=True)
    create_index("ix_refusals_code", "refusals", ["code", "refusal_id"])
    create_index("ix_refusals_sender", "refusals", ["sender", "refusal_id"])
    create_index("ix_refusals_sender_code", "refusals", ["sender", "code", "refusal_id"])


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
