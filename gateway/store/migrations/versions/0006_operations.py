"""Operations: where retention stands with each case, which cases name a document, who fetched what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    """The former release goes on: it never reads these columns, and writes NULL."""
    op.add_column("conversations", sa.Column("erased_at", INSTANT, nullable=True))
    kept = sa.text("erased_at IS NULL")
    op.create_index("ix_conversations_kept", "conversations", ["opened_at"], sqlite_where=kept, postgresql_where=kept)
    op.create_index("ix_salts_subject", "salts", ["subject"])
    op.create_table(
        "lost_blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("lost_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_lost_blobs")),
    )
    op.add_column("deliveries", sa.Column("fetched_by", sa.String(), nullable=True))
    _index("handed_out", ["channel", "recipient", "fetched_by", "lease_until"], "state IN ('delivered')")
    still_open = "(state NOT IN ('acknowledged', 'cancelled', 'rejected'))"
    _index("backlog", ["recipient", "state", "created_at"], still_open)
    _index("receipts", ["recipient", "finished_at"], "state IN ('acknowledged')")


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        f"ix_deliveries_{name}",
        "deliveries",
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
