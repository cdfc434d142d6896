"""Reports: what each appeal counts as, and the sums by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FIGURES = (
    "received", "on_time", "late", "silent", "open", "not_due", "extended", "formal", "disagreed", "higher", "court",
    "both", "nowhere", "pending", "granted", "in_part", "refused", "returned", "otherwise", "untold",
)  # fmt: skip


def upgrade() -> None:
    """Two new tables, which a loop fills from what is there; the former release does not know them."""
    op.create_table(
        "reported_appeals",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("formal", sa.Boolean(), nullable=False),
        sa.Column("road", sa.String(), nullable=True),
        sa.Column("court", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_reported_appeals")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_reported_appeals_conversation_id")
        ),
    )
    for name, by in {"all": [], "body": ["body"], "region": ["region"], "subject": ["subject"]}.items():
        for figure, condition in (
            ("answer", None),
            ("extended", "extended = true"),
            ("formal", "formal = true"),
            ("road", "road IS NOT NULL"),
            ("court", "court IS NOT NULL"),
        ):
            where = None if condition is None else sa.text(condition)
            op.create_index(
                f"ix_reported_appeals_{name}_{figure}",
                "reported_appeals",
                [*by, figure, "day", "conversation_id"],
                sqlite_where=where,
                postgresql_where=where,
            )
    op.create_table(
        "report_days",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *(sa.Column(figure, sa.Integer(), nullable=False) for figure in FIGURES),
        sa.PrimaryKeyConstraint("kind", "day", "name", name=op.f("pk_report_days")),
    )
    op.create_index("ix_report_days_name", "report_days", ["kind", "name", "day"])


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
