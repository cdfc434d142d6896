"""Alarms: what people are told of, what they were told, and how far the ledger is checked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
LEVELS = "level IN ('warn', 'alarm', 'page')"
HAPPENINGS = "happening IN ('raised', 'worsened', 'escalated', 'reminded', 'acknowledged', 'cleared')"


def upgrade() -> None:
    """Four new tables, which the former release does not know."""
    _alarms()
    op.create_table(
        "alarm_steps",
        sa.Column("step_id", ROW_NUMBER, nullable=False),
        sa.Column("alarm_id", ROW_NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("happening", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_alarm_steps")),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.alarm_id"], name=op.f("fk_alarm_steps_alarm_id")),
        sa.CheckConstraint(HAPPENINGS, name=op.f("ck_alarm_steps_happening")),
        sa.CheckConstraint(LEVELS, name=op.f("ck_alarm_steps_level")),
    )
    op.create_index("ix_alarm_steps_alarm", "alarm_steps", ["alarm_id", "step_id"])
    _messages()
    op.create_table(
        "ledger_walks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leaf_id", ROW_NUMBER, nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("former_faults", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ledger_walks")),
    )


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("alarm_id", ROW_NUMBER, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("until", INSTANT, nullable=True),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("louder_at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_why", sa.Text(), nullable=True),
        sa.Column("unseen_since", INSTANT, nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("cleared_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("alarm_id", name=op.f("pk_alarms")),
        sa.CheckConstraint(LEVELS, name=op.f("ck_alarms_level")),
    )
    is_open = sa.text("cleared_at IS NULL")
    op.create_index(
        "ux_alarms_open", "alarms", ["kind", "subject"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index("ix_alarms_kind", "alarms", ["kind", "alarm_id"])


def _messages() -> None:
    op.create_table(
        "alarm_messages",
        sa.Column("letter_id", ROW_NUMBER, nullable=False),
        sa.Column("step_id", ROW_NUMBER, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_alarm_messages")),
        sa.ForeignKeyConstraint(["step_id"], ["alarm_steps.step_id"], name=op.f("fk_alarm_messages_step_id")),
        sa.UniqueConstraint(
            "step_id", "channel", "recipient", name=op.f("uq_alarm_messages_step_id_channel_recipient")
        ),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'given_up')", name=op.f("ck_alarm_messages_state")),
    )
    for name, column, state in (("waiting", "next_try_at", "waiting"), ("given_up", "ended_at", "given_up")):
        where = sa.text(f"state IN ('{state}')")
        op.create_index(
            f"ix_alarm_messages_{name}", "alarm_messages", [column], sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
