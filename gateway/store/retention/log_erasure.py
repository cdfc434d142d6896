"""Shortening the logs: a thousand rows in a commit, with one proven line that says which. Progress is that line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Table, delete, func, select, update

from gateway.domain.retention import Erased, RetentionKind
from gateway.ports.case import CountOld, EraseRows
from gateway.store.engine.operations import serves, writes
from gateway.store.ledger.erasures import Spans, record_erased
from gateway.store.retention.desk_erasure import count_old_words, erase_words
from gateway.store.tables import accesses, envelopes, leaves, refusals, refused_requests, revocation_checks

ROWS_AT_ONCE: Final = 1_000

TABLES: Final[Mapping[RetentionKind, Table]] = {
    RetentionKind.REFUSALS: refusals,
    RetentionKind.ACCESSES: accesses,
    RetentionKind.REVOCATION_CHECKS: revocation_checks,
}


@serves(CountOld)
def count_old(connection: Connection, wanted: CountOld) -> int:
    """How many rows are to be erased."""
    if wanted.kept is RetentionKind.DESK:
        return count_old_words(connection, wanted.before)
    table = TABLES[wanted.kept]
    counted: int = connection.execute(
        select(func.count()).select_from(table).where(*_next(connection, table), table.c.at < wanted.before)
    ).scalar_one()
    return counted


@writes(EraseRows)
def erase_rows(connection: Connection, jobs: Sequence[EraseRows]) -> list[Erased]:
    """The next rows of each."""
    return [Erased(job.kept, _erase(connection, job)) for job in jobs]


def _erase(connection: Connection, job: EraseRows) -> int:
    if job.kept is RetentionKind.DESK:
        return erase_words(connection, job)
    table = TABLES[job.kept]
    number = _number(table)
    old = select(number).where(*_next(connection, table), table.c.at < job.before)
    numbers = list(connection.scalars(old.order_by(number).limit(ROWS_AT_ONCE)))
    if not numbers:
        return 0
    within = (number >= numbers[0], number <= numbers[-1], table.c.at < job.before)
    match job.kept:
        case RetentionKind.REFUSALS:
            _blank_refusals(connection, within, job)
        case RetentionKind.REVOCATION_CHECKS:
            connection.execute(delete(table).where(*within, number.not_in(_telling_checks())))
        case _:
            connection.execute(delete(table).where(*within))
    subject = f"{table.name} {numbers[0]}-{numbers[-1]}"
    record_erased(connection, [subject], job, result=f"{len(numbers)} rows")
    return len(numbers)


def _next(connection: Connection, table: Table) -> tuple[ColumnElement[bool], ...]:
    return (_number(table) > Spans.read(connection).end(table.name),)


def _number(table: Table) -> ColumnElement[int]:
    (column,) = table.primary_key.columns
    return column


def _blank_refusals(connection: Connection, within: tuple[ColumnElement[bool], ...], why: EraseRows) -> None:
    """Everything that could tell of a person; when, by which code and how much stays, and each row's proof."""
    rows = connection.execute(
        select(refusals.c.refusal_id, refusals.c.answer_sha256, refusals.c.request_sha256).where(*within)
    ).all()
    answers = sorted({row.answer_sha256 for row in rows if row.answer_sha256})
    blank: dict[str, Any] = dict.fromkeys(("path", "remote", "detail", "request_sha256"), "")
    blank |= dict.fromkeys(("sender", "message_id", "digest"))
    connection.execute(update(refusals).where(*within).values(blank))
    connection.execute(update(envelopes).where(envelopes.c.sha256.in_(answers)).values(content=b""))
    requests = [row.request_sha256 for row in rows]
    connection.execute(delete(refused_requests).where(refused_requests.c.sha256.in_(requests)))
    of = (leaves.c.record == refusals.name, leaves.c.key.in_([f"[{row.refusal_id}]" for row in rows]))
    connection.execute(update(leaves).where(*of).values(salt=None))
    record_erased(connection, answers, why)


def _telling_checks() -> CompoundSelect[int]:
    """Of each certificate the first look, and the newest of each kind with and without an answer: they decide today."""
    checks = revocation_checks.c
    newest = select(func.max(checks.check_id)).group_by(checks.certificate_sha256, checks.status)
    first = select(func.min(checks.check_id)).group_by(checks.certificate_sha256)
    return newest.union(newest.where(checks.value_sha256.is_not(None)), first)
