"""Terms that were missed and met later say both; such terms are found by when they were missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.beside_traffic import create_index

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

DEEDS: Final = {
    "appeal_redirected": {"redirect"},
    "appeal_returned": {"return", "consideration"},
    "replied": {"consideration", "extension"},
    "procedure_terminated": {"consideration", "extension"},
    "term_extended": {"extension_notice"},
    "hearing_announced": {"hearing_notice"},
    "materials_received": {"materials", "court_materials", "forward_complaint"},
    "position_received": {"position"},
    "complaint_forwarded": {"forward_complaint"},
    "complaint_decided": {"review"},
}
"""What did a duty, also after its term was missed, as of this step."""
AT_ONCE: Final = 500
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

SUSPECTS: Final = sa.text(
    "SELECT conversation_id, term_id, duty, party, state, breached_at FROM terms WHERE (conversation_id, term_id) > "
    "(:case, :term) AND (state IN ('breached', 'defaulted') OR (state = 'met' AND breached_at IS NULL AND closed_at >"
    " due_at)) ORDER BY conversation_id, term_id LIMIT :most"
)
TOLD: Final = sa.text(
    "SELECT at, kind, content FROM events WHERE conversation_id = :case AND kind IN :kinds ORDER BY seq"
).bindparams(sa.bindparam("kinds", expanding=True))
MEND: Final = sa.text(
    "UPDATE terms SET state = 'met', breached_at = COALESCE(breached_at, :known), closed_at = :met"
    " WHERE conversation_id = :case AND term_id = :term"
)


def upgrade() -> None:
    """What the histories say of terms that were missed, then two indexes over few rows of a large table.

    Beside a node of the former release, what is done late through it stays missed until its history is restored.
    """
    mend(op.get_bind())
    where = sa.text("state IN ('met') AND breached_at IS NOT NULL")
    how = {"sqlite_where": where, "postgresql_where": where}
    create_index("ix_terms_late", "terms", ["breached_at"], **how)
    create_index("ix_terms_late_party", "terms", ["party", "breached_at"], **how)


def mend(connection: sa.Connection) -> None:
    """A term whose history tells a late deed is met, then."""
    for case, term, known, met in _met_late(connection):
        connection.execute(MEND, {"case": case, "term": term, "known": known, "met": met})


def _met_late(connection: sa.Connection) -> Iterator[tuple[str, str, int, int]]:
    """Case, term, when it was known that it was missed, and when it was met."""
    case, term = "", ""
    while rows := connection.execute(SUSPECTS, {"case": case, "term": term, "most": AT_ONCE}).all():
        for row in rows:
            case, term = row.conversation_id, row.term_id
            found = _met(connection, row) if row.state == "met" else _done(connection, row)
            if found is not None:
                yield case, term, *found


def _met(connection: sa.Connection, row: Any) -> tuple[int, int] | None:  # noqa: ANN401 - a row
    """Of a term that was met: only its own fact says whether that was late, in another system perhaps."""
    for at, _, told in _events(connection, row.conversation_id, ["term_met"]):
        if told["facts"]["termId"] == row.term_id:
            return (at, _took_place(at, told)) if told["facts"]["late"] else None
    return None


def _done(connection: sa.Connection, row: Any) -> tuple[int, int] | None:  # noqa: ANN401 - a row
    kinds = [kind for kind, duties in DEEDS.items() if row.duty in duties]
    for at, kind, told in _events(connection, row.conversation_id, kinds) if kinds else ():
        doer = told["facts"].get("reviewer" if kind == "complaint_decided" else "body")
        if doer == row.party and at >= row.breached_at:
            return row.breached_at, _took_place(at, told)
    return None


def _events(connection: sa.Connection, case: str, kinds: list[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for event in connection.execute(TOLD, {"case": case, "kinds": kinds}).all():
        yield event.at, event.kind, json.loads(bytes(event.content))


def _took_place(at: int, told: dict[str, Any]) -> int:
    """Microseconds: when another system says that it happened there, else when it was recorded."""
    happened = told.get("happenedAt")
    return at if happened is None else (datetime.fromisoformat(happened) - EPOCH) // timedelta(microseconds=1)


def downgrade() -> None:
    raise RuntimeError("evidence is never migrated away; restore a backup instead")
