"""Revocation: what authorities said of certificates, and the policy for silence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()
SPAN = sa.BigInteger()
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAY = 24 * 3600 * 1_000_000  # microseconds


def upgrade() -> None:
    _widen_agreements()
    _create_values()
    _create_checks()


def _widen_agreements() -> None:
    """Agreements made before get the default policy: wait for a day, and a BIN in every certificate."""
    with op.batch_alter_table("agreements") as agreements:
        agreements.add_column(sa.Column("on_unknown_revocation", sa.String(), nullable=False, server_default="wait"))
        agreements.add_column(sa.Column("revocation_patience", SPAN, nullable=False, server_default=str(DAY)))
        agreements.add_column(
            sa.Column("certificate_without_bin", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        agreements.create_check_constraint(
            op.f("ck_agreements_on_unknown_revocation"), "on_unknown_revocation IN ('accept', 'wait', 'refuse')"
        )
    with op.batch_alter_table("agreements") as agreements:
        for name in ("on_unknown_revocation", "revocation_patience", "certificate_without_bin"):
            agreements.alter_column(name, server_default=None)


def _create_values() -> None:
    op.create_table(
        "revocation_values",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.CheckConstraint("source IN ('ocsp', 'crl')", name=op.f("ck_revocation_values_source")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_revocation_values")),
    )


def _create_checks() -> None:
    op.create_table(
        "revocation_checks",
        sa.Column("check_id", ROW_NUMBER, nullable=False),
        sa.Column("certificate_sha256", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String()),
        sa.Column("value_sha256", sa.String()),
        sa.Column("this_update", INSTANT),
        sa.Column("next_update", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.Column("reason", sa.String()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.CheckConstraint("status IN ('good', 'revoked', 'unknown')", name=op.f("ck_revocation_checks_status")),
        sa.CheckConstraint("source IN ('ocsp', 'crl')", name=op.f("ck_revocation_checks_source")),
        sa.CheckConstraint("unanswered >= 0", name=op.f("ck_revocation_checks_unanswered")),
        sa.ForeignKeyConstraint(
            ["value_sha256"], ["revocation_values.sha256"], name=op.f("fk_revocation_checks_value_sha256")
        ),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_revocation_checks")),
    )
    op.create_index(
        "ix_revocation_checks_certificate", "revocation_checks", ["certificate_sha256", "check_id"], unique=False
    )


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
