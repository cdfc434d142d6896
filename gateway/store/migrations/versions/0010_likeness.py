"""Likeness: the sketches of replies and the buckets to find them by. Replies taken before have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two new tables; a release that does not know them goes on taking replies, which then have no sketch."""
    op.create_table(
        "reply_sketches",
        sa.Column("message_no", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message_no", name=op.f("pk_reply_sketches")),
        sa.ForeignKeyConstraint(["message_no"], ["messages.message_no"], name=op.f("fk_reply_sketches_message_no")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_reply_sketches_conversation_id")
        ),
    )
    op.create_table(
        "reply_buckets",
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_no", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "message_no", name=op.f("pk_reply_buckets")),
    )
    op.create_index("ix_reply_buckets_message", "reply_buckets", ["message_no"])


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
