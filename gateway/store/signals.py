"""Receipts and error signals that come later, through Acknowledge: they end the deliveries they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from contracts.header import MessageId
from contracts.party import PartyId
from gateway.domain.delivery import DeliveryState, may_move
from gateway.ports import Acceptance, SignalRecord
from gateway.store import envelopes
from gateway.store.statements import Values, select_among
from gateway.store.tables import deliveries

Pair = tuple[PartyId, MessageId]


def end_deliveries(connection: Connection, jobs: Sequence[Acceptance]) -> None:
    """Move on each delivery that the table of moves allows; one that is final already stays as it ended.

    A signal for a message that was never for its sender matches nothing: the service refuses those before.
    """
    named = {(job.incoming.sender, signal.message_id) for job in jobs for signal in job.signals}
    if not named:
        return
    columns = [deliveries.c.recipient, deliveries.c.message_id]
    statement = select(deliveries.c.delivery_id, deliveries.c.state, *columns).with_for_update()
    found = {(row.recipient, row.message_id): row for row in select_among(connection, statement, columns, named)}
    states: dict[Pair, DeliveryState] = {pair: row.state for pair, row in found.items()}
    moves = [{"of": found[pair].delivery_id, **move} for pair, move in _moves(jobs, states)]
    if moves:
        changed: dict[str, Any] = {
            name: bindparam(f"to_{name}") for name in ("state", "code", "detail", "receipt_sha256", "finished_at")
        }
        ended = {**changed, "next_attempt_at": None, "lease_until": None}
        connection.execute(update(deliveries).where(deliveries.c.delivery_id == bindparam("of")).values(ended), moves)


def _moves(jobs: Sequence[Acceptance], states: dict[Pair, DeliveryState]) -> Iterator[tuple[Pair, Values]]:
    for job in jobs:
        for signal in job.signals:
            pair = (job.incoming.sender, signal.message_id)
            if pair in states and may_move(states[pair], signal.state):
                states[pair] = signal.state
                yield pair, _move(job, signal)


def _move(job: Acceptance, signal: SignalRecord) -> Values:
    return {
        "to_state": signal.state,
        "to_code": signal.code,
        "to_detail": signal.detail,
        "to_receipt_sha256": envelopes.digest_of(job.incoming.envelope),
        "to_finished_at": job.incoming.received_at,
    }
