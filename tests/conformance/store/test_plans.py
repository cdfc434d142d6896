"""With many rows waiting, what runs all the time must go through its partial index, never over the table."""

from pathlib import Path

import pytest
from sqlalchemy import event

from gateway.store import intake, mailbox, outbox, term_rows
from gateway.store.engine import writing_engine
from gateway.store.migrate import migrate
from tests.builders import JER, NOON, refusal


@pytest.mark.parametrize(
    ("run", "index"),
    [
        (lambda c: outbox.claim(c, [outbox.ClaimJob(NOON, 100, NOON)]), "ix_deliveries_due"),
        (lambda c: outbox.claim(c, [outbox.ClaimJob(NOON, 100, NOON)]), "ix_deliveries_open"),
        (lambda c: outbox.rescue(c, [NOON]), "ix_deliveries_leased"),
        (lambda c: outbox.rescue(c, [NOON]), "ix_deliveries_awaited"),
        (lambda c: mailbox.is_empty(c, JER, NOON), "ix_deliveries_recipient"),
        (lambda c: term_rows.due_terms(c, NOON, 100), "ix_terms_due"),
        (lambda c: intake.refuse(c, [refusal(signer=JER, answer=b"<fault/>")]), "ix_refusals_kept"),
    ],
)
def test_the_loops_read_their_partial_indexes(tmp_path: Path, run, index: str):
    """On SQLite: PostgreSQL plans by statistics, which an empty database does not have."""
    url = f"sqlite:///{tmp_path / 'dalel.db'}"
    migrate(url)
    engine = writing_engine(url, connections=1)
    plans: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

    with engine.begin() as connection:
        run(connection)
    engine.dispose()
    assert any(index in plan for plan in plans), plans
