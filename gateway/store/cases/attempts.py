"""Recording attempts: what went over the wire, and what it moves the delivery to, under the claim's fence only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from gateway.domain.delivery.states import FINAL, SIGNALLED, DeliveryState, may_move
from gateway.ports.case import CaseFact, CaseWrite
from gateway.ports.deliveries import AttemptRecord, AttemptRow, KeepAttempts, ListAttempts
from gateway.ports.results import Conflict, FenceLost, Recorded
from gateway.store.cases import envelopes
from gateway.store.cases.write import look_at, write_cases
from gateway.store.deliveries.held import free_followers
from gateway.store.deliveries.lanes import note
from gateway.store.engine.operations import Transactions, serves, steps, writes
from gateway.store.engine.statements import AnyRow, RowsSelect, Values, change
from gateway.store.ledger.leaves import add_proven, stage
from gateway.store.ledger.records import DELIVERY_ENDS
from gateway.store.tables import attempts, deliveries

MOST_LETTERS: Final = 2_000
"""Of a peer's words, as the contract bounds them; the envelope is kept whole. A peer may send eight million."""

RecordResult = Recorded | Conflict | FenceLost


@writes(AttemptRecord)
def record(connection: Connection, jobs: Sequence[AttemptRecord]) -> list[RecordResult]:
    """Fence first, then the case. A case that moved on writes nothing, so that it is decided again.

    A lost fence moves nothing, but what went over the wire is kept: an envelope that was sent is evidence. A verified
    receipt or error signal needs no fence, as if it had come through Acknowledge: it ends whatever is not final.
    Conversations are locked before deliveries, in the order in which ``intake`` does it.
    """
    standing = look_at(connection, {job.case.conversation_id for job in jobs if job.case})
    found = _found(connection, jobs)
    results: list[RecordResult] = []
    taken: list[AttemptRecord] = []
    late: list[AttemptRecord] = []
    cases: list[CaseWrite] = []
    for job in jobs:
        case = standing.next_write(job.case) if isinstance(job.case, CaseFact) else job.case
        if not _may_be_recorded(job, found.get(job.claim.delivery_id)):
            late.append(job)
            results.append(FenceLost())
        elif case and not standing.admits((case,)):
            results.append(Conflict())
        else:
            del found[job.claim.delivery_id]  # recorded once
            taken.append(job)
            cases += [case] if case else []
            results.append(Recorded())
    _keep(connection, [_Kept.of(job) for job in late])
    kept = [_Kept.of(job) for job in taken]
    _keep(connection, kept)
    _move_on(connection, kept)
    write_cases(connection, cases)
    return results


@steps(KeepAttempts)
async def keep_attempts(store: Transactions, wanted: KeepAttempts) -> None:
    """Most mailboxes are empty, and write nothing."""
    if wanted.attempts:
        await store.write(keep_some, wanted)


def keep_some(connection: Connection, jobs: Sequence[KeepAttempts]) -> list[None]:
    """Attempts and their envelopes alone. After a ``fetch`` the deliveries are moved already, or ended meanwhile."""
    _keep(connection, [_Kept.of(attempt) for job in jobs for attempt in job.attempts])
    return [None] * len(jobs)


@serves(ListAttempts)
def attempts_of(connection: Connection, wanted: ListAttempts) -> tuple[AttemptRow, ...]:
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
        .where(attempts.c.delivery_id == wanted.delivery_id)
        .order_by(attempts.c.attempt_id)
    )
    return tuple(AttemptRow(*row) for row in connection.execute(statement))


_LOCKED: Final = RowsSelect(
    select(deliveries.c.delivery_id, deliveries.c.fence, deliveries.c.state).with_for_update(),
    deliveries.c.delivery_id,
)


def _found(connection: Connection, jobs: Sequence[AttemptRecord]) -> dict[int, AnyRow]:
    """Fences and states of these deliveries, locked."""
    return {row.delivery_id: row for row in _LOCKED.rows(connection, (job.claim.delivery_id for job in jobs))}


def _may_be_recorded(job: AttemptRecord, found: AnyRow | None) -> bool:
    if found is None:
        return False
    if job.state in SIGNALLED:
        return may_move(found.state, job.state)
    return found.state is DeliveryState.IN_FLIGHT and bool(found.fence == job.claim.fence)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An attempt with the keys under which its envelopes are kept: each is hashed once."""

    job: AttemptRecord
    request_sha256: str | None
    response_sha256: str | None

    @classmethod
    def of(cls, job: AttemptRecord) -> _Kept:
        sent = job.transmission
        return cls(job, envelopes.digest_of(sent.request), envelopes.digest_of(sent.response))


def _keep(connection: Connection, kept: Sequence[_Kept]) -> None:
    envelopes.keep_known(connection, [sent for one in kept for sent in _sent_and_received(one)])
    add_proven(connection, attempts, [_attempt_row(one) for one in kept])


def _sent_and_received(kept: _Kept) -> Iterator[envelopes.Known]:
    sent = kept.job.transmission
    yield kept.request_sha256, sent.request, kept.job.started_at
    yield kept.response_sha256, sent.response, kept.job.finished_at


def _move_on(connection: Connection, kept: Sequence[_Kept]) -> None:
    moved = [_moved(one) for one in kept]
    ended = [row for row in moved if row["state"] in FINAL]
    change(connection, deliveries, moved)
    stage(connection, DELIVERY_ENDS, ended)
    free_followers(connection, [row["delivery_id"] for row in ended])
    note(connection, [one.job for one in kept])


def _attempt_row(kept: _Kept) -> Values:
    job = kept.job
    return {
        "delivery_id": job.claim.delivery_id,
        "number": job.claim.attempt,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "outcome": job.outcome,
        "code": job.code,
        "detail": _bounded(job.detail),
        "http_status": job.transmission.http_status,
        "request_sha256": kept.request_sha256,
        "response_sha256": kept.response_sha256,
    }


def _moved(kept: _Kept) -> Values:
    job = kept.job
    is_final = job.state in FINAL
    return {
        "delivery_id": job.claim.delivery_id,
        "state": job.state,
        "next_attempt_at": None if is_final else job.next_attempt_at,
        "lease_until": None,
        "code": job.code,
        "detail": _bounded(job.detail),
        "receipt_sha256": kept.response_sha256 if is_final else None,
        "finished_at": job.finished_at if is_final else None,
    }


def _bounded(detail: str | None) -> str | None:
    return None if detail is None else detail[:MOST_LETTERS]
