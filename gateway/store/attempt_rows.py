"""Recording attempts: what went over the wire, and what it moves the delivery to, under the claim's fence only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from contracts.party import PartyId
from gateway.domain.delivery import FINAL, SIGNALLED, DeliveryState, may_move
from gateway.ports import AttemptRecord, AttemptRow, Conflict, FenceLost, Recorded
from gateway.store import envelopes
from gateway.store.history import look, open_conversations, write_cases
from gateway.store.leaf_rows import add_proven, stage
from gateway.store.records import DELIVERY_ENDS
from gateway.store.signals import ended_row
from gateway.store.statements import AnyRow, Values, select_among
from gateway.store.tables import attempts, deliveries

MOST_LETTERS: Final = 2_000
"""Of a peer's words, as the contract bounds them; the envelope is kept whole. A peer may send eight million."""

RecordResult = Recorded | Conflict | FenceLost


def record(connection: Connection, jobs: Sequence[AttemptRecord], *, exchange: PartyId) -> list[RecordResult]:
    """Fence first, then the case. A case that moved on writes nothing, so that it is decided again.

    A lost fence moves nothing, but what went over the wire is kept: an envelope that was sent is evidence. A verified
    receipt or error signal needs no fence, as if it had come through Acknowledge: it ends whatever is not final.
    Conversations are locked before deliveries, in the order in which ``intake`` does it.
    """
    standing = look(connection, [(job.case,) for job in jobs if job.case])
    found = _found(connection, jobs)
    results: list[RecordResult] = []
    taken: list[AttemptRecord] = []
    late: list[AttemptRecord] = []
    for job in jobs:
        if not _may_be_recorded(job, found.get(job.claim.delivery_id)):
            late.append(job)
            results.append(FenceLost())
        elif job.case and not standing.admits((job.case,)):
            results.append(Conflict())
        else:
            del found[job.claim.delivery_id]  # recorded once
            taken.append(job)
            results.append(Recorded())
    _keep(connection, late)
    _write(connection, taken, exchange=exchange)
    return results


def keep_attempts(connection: Connection, jobs: Sequence[Sequence[AttemptRecord]]) -> list[None]:
    """Attempts and their envelopes alone. After a ``fetch`` the deliveries are moved already, or ended meanwhile."""
    _keep(connection, [attempt for job in jobs for attempt in job])
    return [None] * len(jobs)


def attempts_of(connection: Connection, delivery_id: int) -> tuple[AttemptRow, ...]:
    """Attempts in the order they were made."""
    statement = (
        select(
            attempts.c.number,
            attempts.c.started_at,
            attempts.c.finished_at,
            attempts.c.outcome,
            attempts.c.code,
            attempts.c.detail,
            attempts.c.http_status,
        )
        .where(attempts.c.delivery_id == delivery_id)
        .order_by(attempts.c.attempt_id)
    )
    return tuple(AttemptRow(*row) for row in connection.execute(statement))


def _found(connection: Connection, jobs: Sequence[AttemptRecord]) -> dict[int, AnyRow]:
    """Fences and states of these deliveries, locked."""
    statement = select(deliveries.c.delivery_id, deliveries.c.fence, deliveries.c.state).with_for_update()
    rows = select_among(connection, statement, [deliveries.c.delivery_id], (job.claim.delivery_id for job in jobs))
    return {row.delivery_id: row for row in rows}


def _may_be_recorded(job: AttemptRecord, found: AnyRow | None) -> bool:
    if found is None:
        return False
    if job.state in SIGNALLED:
        return may_move(found.state, job.state)
    return found.state is DeliveryState.IN_FLIGHT and bool(found.fence == job.claim.fence)


def _write(connection: Connection, jobs: Sequence[AttemptRecord], *, exchange: PartyId) -> None:
    _keep(connection, jobs)
    if jobs:
        names = ("state", "next_attempt_at", "code", "detail", "receipt_sha256", "finished_at")
        values: dict[str, Any] = {**{name: bindparam(f"to_{name}") for name in names}, "lease_until": None}
        of = deliveries.c.delivery_id == bindparam("of")
        connection.execute(update(deliveries).where(of).values(values), moves := list(map(_move, jobs)))
        stage(connection, DELIVERY_ENDS, [ended_row(move) for move in moves if move["to_state"] in FINAL])
    cases = [job.case for job in jobs if job.case]
    open_conversations(connection, cases)
    write_cases(connection, cases, exchange=exchange)


def _keep(connection: Connection, jobs: Sequence[AttemptRecord]) -> None:
    envelopes.keep(connection, [sent for job in jobs for sent in _sent_and_received(job)])
    add_proven(connection, attempts, [_attempt_row(job) for job in jobs])


def _sent_and_received(job: AttemptRecord) -> Iterator[tuple[bytes | None, datetime]]:
    yield job.transmission.request, job.started_at
    yield job.transmission.response, job.finished_at


def _attempt_row(job: AttemptRecord) -> Values:
    return {
        "delivery_id": job.claim.delivery_id,
        "number": job.claim.attempt,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "outcome": job.outcome,
        "code": job.code,
        "detail": _bounded(job.detail),
        "http_status": job.transmission.http_status,
        "request_sha256": envelopes.digest_of(job.transmission.request),
        "response_sha256": envelopes.digest_of(job.transmission.response),
    }


def _move(job: AttemptRecord) -> Values:
    is_final = job.state in FINAL
    return {
        "of": job.claim.delivery_id,
        "to_state": job.state,
        "to_next_attempt_at": None if is_final else job.next_attempt_at,
        "to_code": job.code,
        "to_detail": _bounded(job.detail),
        "to_receipt_sha256": envelopes.digest_of(job.transmission.response) if is_final else None,
        "to_finished_at": job.finished_at if is_final else None,
    }


def _bounded(detail: str | None) -> str | None:
    return None if detail is None else detail[:MOST_LETTERS]
