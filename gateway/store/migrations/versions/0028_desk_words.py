"""Support desk: open notes are found by what they are about, severity is a person's to change, old words may go."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INSTANT = sa.BigInteger()  # microseconds since 1970-01-01T00:00Z
UNDONE, DONE = "closed_at IS NULL", "closed_at IS NOT NULL AND erased_at IS NULL"
CLOSED = "words IS NOT NULL"  # which has them from its end until they are erased
INDEXES: tuple[tuple[str, str, list[str], str | None], ...] = (
    ("notes", "undone_about", ["about", "key", "note_id"], UNDONE),
    ("notes", "kept", ["closed_at", "note_id"], DONE),
    ("incidents", "kept", ["moved_at", "incident_id"], CLOSED),
    ("incidents", "severity", ["severity", "incident_id"], None),
    ("incidents", "severity_state", ["severity", "state", "incident_id"], None),
    ("incidents", "party_severity", ["party", "severity", "incident_id"], None),
    ("incidents", "party_severity_state", ["party", "severity", "state", "incident_id"], None),
)


def upgrade() -> None:
    """Columns that may be NULL, and indexes; the former release fills and reads none of them.

    Beside a node of it, an incident or note whose words were erased shows empty ones there.
    """
    for table, name, kind in (
        ("notes", "erased_at", INSTANT),
        ("incidents", "erased_at", INSTANT),
        ("incidents", "severity_by", sa.String()),
        ("incidents", "severity_at", INSTANT),
        ("incidents", "severity_why", sa.Text()),
    ):
        _add(table, name, kind)
    for table, name, columns, words in INDEXES:
        where = None if words is None else sa.text(words)
        how = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
        create_index(f"ix_{table}_{name}", table, columns, **how)


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any]) -> None:
    """The step commits before its indexes are built, and may be broken off there."""
    if name not in {one["name"] for one in sa.inspect(op.get_bind()).get_columns(table)}:
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
