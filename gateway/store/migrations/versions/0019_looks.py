"""Console: who did what and who looked at what, found by whoever, whatever and whenever it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_LOOKS = "what != 'mailbox'"
_OURS = "replace(reader, ':', '') != reader"
_REFUSED = "substr(result, 1, 7) = 'refused'"
_INDEXES = (
    ("ix_accesses_looks", "accesses", ["access_id"], _LOOKS),
    ("ix_accesses_what", "accesses", ["what", "access_id"], _LOOKS),
    ("ix_accesses_reader", "accesses", ["reader", "access_id"], _LOOKS),
    ("ix_accesses_reader_what", "accesses", ["reader", "what", "access_id"], _LOOKS),
    ("ix_accesses_ours", "accesses", ["access_id"], _OURS),
    ("ix_accesses_ours_what", "accesses", ["what", "access_id"], _OURS),
    ("ix_accesses_about", "accesses", ["about", "access_id"], "about IS NOT NULL"),
    ("ix_audit_log_by", "audit_log", ["by", "audit_id"], None),
    ("ix_audit_log_act", "audit_log", ["act", "audit_id"], None),
    ("ix_audit_log_by_act", "audit_log", ["by", "act", "audit_id"], None),
    ("ix_audit_log_about", "audit_log", ["subject", "audit_id"], None),
    ("ix_audit_log_about_act", "audit_log", ["subject", "act", "audit_id"], None),
    ("ix_audit_log_refused", "audit_log", ["audit_id"], _REFUSED),
    ("ix_audit_log_refused_by", "audit_log", ["by", "audit_id"], _REFUSED),
    ("ix_audit_log_refused_act", "audit_log", ["act", "audit_id"], _REFUSED),
    ("ix_audit_log_refused_by_act", "audit_log", ["by", "act", "audit_id"], _REFUSED),
)


def upgrade() -> None:
    """A column that the former release leaves empty: what it lets people look at has a subject that says as much."""
    there = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("accesses")}
    if "about" not in there:  # the step commits before its indexes are built, and may be broken off there
        op.add_column("accesses", sa.Column("about", sa.String(), nullable=True))
    for name, table, columns, condition in _INDEXES:
        where = None if condition is None else sa.text(condition)
        create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
