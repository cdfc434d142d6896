"""Isolation: the lane of each party, its limits, and escalations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
SPAN = sa.BigInteger()  # microseconds


def upgrade() -> None:
    """The former release goes on: it sets none of the new columns, and finds what is due by another index."""
    _add_terms()
    op.add_column("deliveries", sa.Column("held_by", ROW_NUMBER, nullable=True))
    op.add_column("deliveries", sa.Column("escalated", sa.Integer(), nullable=False, server_default="0"))
    _index_deliveries()
    _create_lanes()
    _create_escalations()


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")


def _add_terms() -> None:
    """NULL in versions applied before: their leaves know nothing of these terms."""
    for name in ("most_at_once", "most_per_minute", "breaker_after"):
        op.add_column("agreements", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("agreements", sa.Column("quiet_hours", sa.String(), nullable=True))
    for name in ("breaker_rest", "warn_after", "alarm_after", "page_after"):
        op.add_column("agreements", sa.Column(name, SPAN, nullable=True))


def _index_deliveries() -> None:
    op.drop_index("ix_deliveries_due", "deliveries")
    waiting = "state IN ('pending', 'retry_scheduled') AND held_by IS NULL"
    _index("waiting", ["channel", "recipient", "priority", "next_attempt_at", "delivery_id"], waiting)
    _index("held", ["held_by"], "held_by IS NOT NULL")
    aging = "(state NOT IN ('acknowledged', 'cancelled', 'rejected')) AND escalated < 3"
    _index("aging", ["recipient", "escalated", "created_at", "delivery_id"], aging)


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        f"ix_deliveries_{name}",
        "deliveries",
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _create_lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("rest", SPAN, nullable=True),
        sa.Column("probe_at", INSTANT, nullable=True),
        sa.Column("probe", ROW_NUMBER, nullable=True),
        sa.Column("paced_until", INSTANT, nullable=True),
        sa.Column("rests_until", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('closed', 'open', 'half_open')", name=op.f("ck_lanes_state")),
        sa.CheckConstraint("(state = 'closed') = (probe_at IS NULL)", name=op.f("ck_lanes_probe")),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_lanes")),
    )


def _create_escalations() -> None:
    op.create_table(
        "escalations",
        sa.Column("delivery_id", ROW_NUMBER, nullable=False, autoincrement=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("step IN ('warn', 'alarm', 'page')", name=op.f("ck_escalations_step")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"], name=op.f("fk_escalations_delivery_id")),
        sa.PrimaryKeyConstraint("delivery_id", "step", name=op.f("pk_escalations")),
    )
