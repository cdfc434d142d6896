"""Console: appeals in lists, found by any number, and terms by whom they bind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
ORDER = ["opened_at", "conversation_id"]


def upgrade() -> None:
    """Three new tables, which a loop fills from what is there, and two indexes over the few terms that matter."""
    _listed_appeals()
    op.create_table(
        "appeal_persons",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "conversation_id", name=op.f("pk_appeal_persons")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_appeal_persons_conversation_id")
        ),
        if_not_exists=True,  # the step commits before its last indexes are built, and may be broken off there
    )
    op.create_index("ix_appeal_persons_conversation", "appeal_persons", ["conversation_id"], if_not_exists=True)
    op.create_table(
        "listings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leaf_id", ROW_NUMBER, nullable=False),
        sa.Column("persons_key", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_listings")),
        if_not_exists=True,
    )
    is_open, is_breached = sa.text("state IN ('open')"), sa.text("state IN ('breached', 'defaulted')")
    create_index("ix_terms_due_party", "terms", ["party", "due_at"], sqlite_where=is_open, postgresql_where=is_open)
    columns = ["party", "breached_at"]
    create_index("ix_terms_breached_party", "terms", columns, sqlite_where=is_breached, postgresql_where=is_breached)


def _listed_appeals() -> None:
    op.create_table(
        "listed_appeals",
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("disagreed", sa.Boolean(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("has_missed", sa.Boolean(), nullable=False),
        sa.Column("persons_key", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_listed_appeals")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name=op.f("fk_listed_appeals_conversation_id")
        ),
        if_not_exists=True,
    )
    for name, columns, condition in (
        ("opened", ORDER, None),
        ("body", ["body", *ORDER], None),
        ("status", ["status", *ORDER], None),
        ("body_status", ["body", "status", *ORDER], None),
        ("missed", ["has_missed", *ORDER], "has_missed = true"),
        ("missed_body", ["has_missed", "body", *ORDER], "has_missed = true"),
        ("missed_status", ["has_missed", "status", *ORDER], "has_missed = true"),
        ("missed_body_status", ["has_missed", "body", "status", *ORDER], "has_missed = true"),
        ("disagreed", ["disagreed", *ORDER], "disagreed = true"),
        ("disagreed_body", ["disagreed", "body", *ORDER], "disagreed = true"),
        ("case", ["case_number"], "case_number IS NOT NULL"),
    ):
        where = None if condition is None else sa.text(condition)
        op.create_index(
            f"ix_listed_appeals_{name}",
            "listed_appeals",
            columns,
            if_not_exists=True,
            sqlite_where=where,
            postgresql_where=where,
        )


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
