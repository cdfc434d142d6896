"""Parties: a person may pause one, and when a mailbox was asked last is found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """The former release sets none of the new columns; it keeps to a pause by ``rests_until``, which it knows."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("lanes")}
    for column in (
        sa.Column("paused_at", INSTANT, nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("pause_reason", sa.Text(), nullable=True),
    ):
        if column.name not in there:  # the step commits before its index is built, and may be broken off there
            op.add_column("lanes", column)
    where = sa.text("what = 'mailbox'")
    create_index("ix_accesses_fetches", "accesses", ["reader", "at"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
