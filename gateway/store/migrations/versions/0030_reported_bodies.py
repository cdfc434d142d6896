"""Reports: what an appeal counts as with each body that had the duty to decide, not only with the one that has it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COPY = (
    "INSERT INTO reported_bodies (conversation_id, body, day, region, subject, answer, extended, formal, road, court)"
    " SELECT conversation_id, body, day, region, subject, answer, extended, formal, road, court FROM reported_appeals"
)


def upgrade() -> None:
    """A new table, filled with what the sums by body are made of now; the loop that lists counts each appeal anew.

    A node of the former release counts on by the body that has the appeal; ``dalel report --recount`` mends what both
    have counted at once.
    """
    op.create_table(
        "reported_bodies",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("formal", sa.Boolean(), nullable=False),
        sa.Column("road", sa.String(), nullable=True),
        sa.Column("court", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", "body", name=op.f("pk_reported_bodies")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_reported_bodies_conversation_id")
        ),
    )
    op.execute(COPY)
    for figure, condition in (
        ("answer", None),
        ("extended", "extended = true"),
        ("formal", "formal = true"),
        ("road", "road IS NOT NULL"),
        ("court", "court IS NOT NULL"),
    ):
        where = None if condition is None else sa.text(condition)
        columns = ["body", figure, "day", "conversation_id"]
        name = f"ix_reported_bodies_{figure}"
        op.create_index(name, "reported_bodies", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
