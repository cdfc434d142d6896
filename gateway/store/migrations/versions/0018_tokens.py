"""API: tokens of programs, and their acts that may come twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
ROLES = "'viewer', 'operator', 'support', 'security_officer', 'auditor', 'admin'"


def upgrade() -> None:
    """Two new tables, which the former release does not know."""
    op.create_table(
        "tokens",
        sa.Column("token_id", ROW_NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("name", name=op.f("uq_tokens_name")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_tokens_token_sha256")),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_tokens_role")),
    )
    op.create_table(
        "requests",
        sa.Column("token_id", ROW_NUMBER, nullable=False),
        sa.Column("key_sha256", sa.String(length=64), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("token_id", "key_sha256", name=op.f("pk_requests")),
        sa.ForeignKeyConstraint(["token_id"], ["tokens.token_id"], name=op.f("fk_requests_token_id")),
    )
    op.create_index("ix_requests_at", "requests", ["at"])


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
