"""Console: users, their sessions, and lists that stay fast whatever was delivered before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
ROLES = "'viewer', 'operator', 'support', 'security_officer', 'auditor', 'admin'"


def upgrade() -> None:
    """Two new tables, which the former release does not know, and an index, which it keeps up unknowingly."""
    op.create_table(
        "users",
        sa.Column("user_id", ROW_NUMBER, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
        sa.CheckConstraint(f"role IN ({ROLES})", name=op.f("ck_users_role")),
        if_not_exists=True,  # the step commits before its index is built, and may be broken off there
    )
    op.create_table(
        "sessions",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", ROW_NUMBER, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sessions")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_sessions_user_id")),
        if_not_exists=True,
    )
    op.create_index("ix_sessions_user", "sessions", ["user_id"], if_not_exists=True)
    where = sa.text("state NOT IN ('acknowledged')")
    columns = ["recipient", "state", "delivery_id"]
    create_index("ix_deliveries_listed", "deliveries", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
