"""Receipts and error signals that come later, through Acknowledge: kept each, they end the deliveries they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, select

from contracts.header import MessageId
from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState, may_move
from gateway.ports.intake import Acceptance, SignalRecord
from gateway.store.cases import envelopes
from gateway.store.deliveries.held import free_followers
from gateway.store.engine.statements import RowsSelect, Values, change
from gateway.store.engine.wake import note_work
from gateway.store.ledger.leaves import add_proven, stage
from gateway.store.ledger.records import DELIVERY_ENDS
from gateway.store.tables import deliveries, signals

Pair = tuple[PartyId, MessageId]


def end_deliveries(connection: Connection, jobs: Sequence[Acceptance]) -> None:
    """Move on each delivery that the table of moves allows; one that is final already stays as it ended.

    Every signal is noted with its delivery, also one that comes too late to move it: it is evidence all the same.

    A signal for a message that was never for its sender matches nothing: the service refuses those before.
    """
    named = {(job.incoming.sender, signal.message_id) for job in jobs for signal in job.signals}
    if not named:
        return
    found = {(row.recipient, row.message_id): row for row in _LOCKED.rows(connection, named)}
    add_proven(connection, signals, list(_signal_rows(jobs, {pair: row.delivery_id for pair, row in found.items()})))
    states: dict[Pair, DeliveryState] = {pair: row.state for pair, row in found.items()}
    ended = [{"delivery_id": found[pair].delivery_id, **end} for pair, end in _ends(jobs, states)]
    change(connection, deliveries, ended)
    stage(connection, DELIVERY_ENDS, ended)
    free_followers(connection, [row["delivery_id"] for row in ended])
    if ended:
        note_work(connection)  # the next of its pair may go, also if no claim has found it waiting yet


_LOCKED: Final = RowsSelect(
    select(
        deliveries.c.delivery_id, deliveries.c.state, deliveries.c.recipient, deliveries.c.message_id
    ).with_for_update(),
    deliveries.c.recipient,
    deliveries.c.message_id,
)


def _signal_rows(jobs: Sequence[Acceptance], delivery_ids: dict[Pair, int]) -> Iterator[Values]:
    for job in jobs:
        for signal in job.signals:
            delivery_id = delivery_ids.get((job.incoming.sender, signal.message_id))
            if delivery_id is not None:
                yield {
                    "delivery_id": delivery_id,
                    "sender": job.incoming.sender,
                    "message_id": job.incoming.message_id,
                    "state": signal.state,
                    "code": signal.code,
                    "detail": signal.detail,
                    "at": job.incoming.received_at,
                }


def _ends(jobs: Sequence[Acceptance], states: dict[Pair, DeliveryState]) -> Iterator[tuple[Pair, Values]]:
    for job in jobs:
        for signal in job.signals:
            pair = (job.incoming.sender, signal.message_id)
            if pair in states and may_move(states[pair], signal.state):
                states[pair] = signal.state
                yield pair, _end(job, signal)


def _end(job: Acceptance, signal: SignalRecord) -> Values:
    return {
        "state": signal.state,
        "next_attempt_at": None,
        "lease_until": None,
        "code": signal.code,
        "detail": signal.detail,
        "receipt_sha256": envelopes.digest_of(job.incoming.envelope),
        "finished_at": job.incoming.received_at,
    }
