"""Evidence: signed answers, faults and what ties them to their messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """Messages taken before have no kept envelope of their answer, and their late signals no row: both stay NULL."""
    _add_envelope("inbox", "answer_sha256")
    op.add_column("refusals", sa.Column("signer", sa.String(), nullable=True))
    op.add_column("refusals", sa.Column("digest", sa.String(length=64), nullable=True))
    _add_envelope("refusals", "answer_sha256")
    kept = sa.text("answer_sha256 IS NOT NULL")
    op.create_index("ix_refusals_kept", "refusals", ["signer", "at"], sqlite_where=kept, postgresql_where=kept)
    _create_signals()


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")


def _add_envelope(table: str, column: str) -> None:
    """In SQL that both databases speak: alembic would copy the whole table to give SQLite a foreign key."""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {column} VARCHAR(64)"
        f" CONSTRAINT fk_{table}_{column} REFERENCES envelopes (sha256)"
    )


def _create_signals() -> None:
    op.create_table(
        "signals",
        sa.Column("signal_id", ROW_NUMBER, nullable=False),
        sa.Column("delivery_id", ROW_NUMBER, nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('acknowledged', 'rejected')", name=op.f("ck_signals_state")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_signals_delivery_id")),
        sa.ForeignKeyConstraint(
            ["sender", "message_id"],
            ["messages.sender", "messages.message_id"],
            name=op.f("fk_signals_sender_message_id"),
        ),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_signals")),
    )
    op.create_index("ix_signals_delivery", "signals", ["delivery_id", "signal_id"])
