"""Support desk: notes, incidents that parties report, and whom to call at a party."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """Two new tables and a column that may be NULL, none of which the former release knows."""
    op.add_column("parties", sa.Column("contact", sa.String(), nullable=True))
    _notes()
    _incidents()


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("note_id", ROW_NUMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("to_role", sa.String(), nullable=True),
        sa.Column("to_user", sa.String(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_notes")),
        sa.CheckConstraint("about IN ('appeal', 'delivery', 'party', 'incident')", name=op.f("ck_notes_about")),
    )
    op.create_index("ix_notes_about", "notes", ["about", "key", "note_id"])
    undone, done = sa.text("closed_at IS NULL"), sa.text("closed_at IS NOT NULL")
    for name, columns, where in (
        ("undone", [], undone),
        ("undone_role", ["to_role"], undone),
        ("undone_user", ["to_user"], undone),
        ("undone_author", ["author"], undone),
        ("done", [], done),
    ):
        op.create_index(f"ix_notes_{name}", "notes", [*columns, "note_id"], sqlite_where=where, postgresql_where=where)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("incident_id", ROW_NUMBER, nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("about_message_id", sa.String(), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=True),
        sa.Column("moved_at", INSTANT, nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incidents")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_incidents_conversation_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
        sa.CheckConstraint("severity IN ('high', 'normal')", name=op.f("ck_incidents_severity")),
        sa.CheckConstraint("state IN ('open', 'taken', 'closed')", name=op.f("ck_incidents_state")),
    )
    for name, columns in (
        ("state", ["state", "incident_id"]),
        ("party", ["party", "incident_id"]),
        ("party_state", ["party", "state", "incident_id"]),
        ("message", ["message_id"]),
        ("about", ["about_message_id"]),
        ("conversation", ["conversation_id"]),
    ):
        op.create_index(f"ix_incidents_{name}", "incidents", columns)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
