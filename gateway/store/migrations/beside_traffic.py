"""Steps that must not stop those who serve meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alembic import op


def create_index(name: str, table: str, columns: Sequence[str], **how: Any) -> None:  # noqa: ANN401 - alembic's own
    """An index on a table that may be large: built while others write, outside of any transaction.

    Give it a step of its own, last in its release or first, since what the step did before is committed by this. One
    that was broken off is built anew.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(name, table, columns, if_not_exists=True, **how)
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it waits for those who began before it, and nobody waits for it
        op.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
        op.create_index(name, table, columns, postgresql_concurrently=True, **how)
        op.execute("RESET lock_timeout")
