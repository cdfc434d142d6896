"""Everything that the database holds against what was recorded: one pass, in constant memory, at one moment."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, func, select

from gateway.domain.ledger import LedgerProblem, LedgerReport, LedgerTally, Progress
from gateway.store.tables import conversations, envelopes, leaves, messages, tree_heads
from gateway.store.verify.cases import verify_cases
from gateway.store.verify.payloads import verify_envelopes, verify_operations
from gateway.store.verify.records import verify_coverage, verify_leaves
from gateway.store.verify.tree import ProofVerifiers, verify_tree


def verify_ledger(connection: Connection, proof_verifiers: ProofVerifiers, progress: Progress) -> LedgerReport:
    """What is not as it was recorded. The exchange may serve meanwhile: a reader sees one moment.

    1. Every leaf's row says what it said when it was written.
    2. Every row that proves something is in a leaf.
    3. Operations and envelopes are the bytes of their digests, or erased by somebody named.
    4. Cases, terms, commitments and dossiers follow from the events.
    5. Leaves, tiles and heads make one tree, and every head is sealed by a key that is vouched for.
    """
    tally = LedgerTally(progress)
    verify_leaves(connection, tally)  # 1
    verify_coverage(connection, tally)  # 2
    _read(tally, "messages", lambda: verify_operations(connection, tally))  # 3
    verify_envelopes(connection, tally)
    _read(tally, "conversations", lambda: verify_cases(connection, tally))  # 4
    _read(tally, "tree_heads", lambda: verify_tree(connection, tally, proof_verifiers))  # 5
    return tally.report()


def amount(connection: Connection) -> int:
    """How much ``verify_ledger`` will tell its progress about, more or less."""
    weights = {leaves: 3, messages: 1, envelopes: 1, conversations: 1, tree_heads: 1}
    return sum(
        weight * connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table, weight in weights.items()
    )


def _read(tally: LedgerTally, table: str, step: Callable[[], None]) -> None:
    """A value that no column of ours can hold ends the step, but not the check."""
    try:
        step()
    except (ValueError, TypeError, OverflowError) as error:
        tally.find(LedgerProblem.UNREADABLE, table, "[]", f"the rest was not looked at: {error}")


__all__ = ["ProofVerifiers", "amount", "verify_ledger"]
