"""Users: links to enrol by, users who sign in elsewhere, and by what a session is recognised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """Columns that the former release leaves alone; to it, whoever has no password is one whom no password fits."""
    op.add_column("users", sa.Column("signs_in", sa.String(), nullable=False, server_default="here"))
    op.add_column("users", sa.Column("identity_sha256", sa.String(length=64), nullable=True))
    op.add_column("users", sa.Column("enrol_sha256", sa.String(length=64), nullable=True))
    op.add_column("users", sa.Column("enrol_until", INSTANT, nullable=True))
    op.create_index("ix_users_role", "users", ["role", "name"])
    op.create_index("ix_users_enrolment", "users", ["enrol_sha256"], unique=True)
    op.create_index("ix_users_identity", "users", ["identity_sha256"], unique=True)
    op.add_column("sessions", sa.Column("remote", sa.String(), nullable=True))
    op.add_column("sessions", sa.Column("agent", sa.String(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
