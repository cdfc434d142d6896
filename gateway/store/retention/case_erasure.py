"""Erasing what people wrote in cases that are over: bytes and salts go, digests, leaves and proofs stay.

A case is looked at twice: when it is found, and again, locked, in the commit that erases. Progress is
``conversations.erased_at``: whatever ends the process between two commits, the next look goes on with what remains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from contracts.header import ConversationId
from dossier.case.event_form import event_from_bytes
from gateway.domain.retention import Erased, RetentionKind, is_over
from gateway.ports.case import EraseCases, FindCasesOver, Place
from gateway.store.cases import likeness as likeness_rows
from gateway.store.cases import listing as listing_rows
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.paging import key_text
from gateway.store.engine.statements import AnyRow, AnySelect, add_missing, select_among
from gateway.store.ledger.erasures import record_erased
from gateway.store.tables import (
    assemblies,
    attempts,
    conversations,
    deliveries,
    documents,
    envelopes,
    events,
    inbox,
    leaves,
    lost_blobs,
    messages,
    salts,
    terms,
)
from gateway.store.tables.case import IS_KEPT, TermRowState
from gateway.store.tables.delivery import IS_DUE, IS_OPEN

CASES_AT_ONCE: Final = 20
"""Each may have megabytes; a longer commit would keep messages waiting."""


@serves(FindCasesOver)
def cases_over(
    connection: Connection, wanted: FindCasesOver, limit: int = CASES_AT_ONCE
) -> tuple[tuple[ConversationId, ...], Place | None]:
    """Cases that are over and quiet since ``before``, among the next ones; and where to go on, None at the end."""
    order = (conversations.c.opened_at, conversations.c.conversation_id)
    statement = select(*order).where(*_quiet(wanted.before)).order_by(*order).limit(limit)
    if wanted.after is not None:
        later = and_(conversations.c.opened_at == wanted.after[0], conversations.c.conversation_id > wanted.after[1])
        statement = statement.where(or_(conversations.c.opened_at > wanted.after[0], later))
    rows = connection.execute(statement).all()
    found = tuple(row.conversation_id for row in rows if is_over(_history(connection, row.conversation_id)))
    return found, (rows[-1].opened_at, rows[-1].conversation_id) if len(rows) == limit else None


@writes(EraseCases)
@each
def erase_cases(connection: Connection, job: EraseCases) -> Erased:
    """One commit; what is open again meanwhile stays as it is."""
    of = (conversations.c.conversation_id.in_(job.ids), *_quiet(job.before))
    ids = list(connection.scalars(select(conversations.c.conversation_id).where(*of).with_for_update()))
    if not ids:
        return Erased(RetentionKind.CASES, 0)
    subjects = [*_operations(connection, ids), *_envelopes(connection, ids)]
    likeness_rows.forget(connection, ids)
    listing_rows.forget(connection, ids)
    named = _salts(connection, ids)
    lost = _documents(connection, {row.subject for row in named})
    subjects += [f"{row.conversation_id} {row.seq} {row.subject}" for row in named]
    subjects += [f"documents {key}" for key, _ in lost]
    record_erased(connection, subjects, job)
    digests = sorted({sha256 for _, sha256 in lost})
    add_missing(connection, lost_blobs, [{"sha256": one, "lost_at": job.at} for one in digests])
    connection.execute(update(conversations).where(conversations.c.conversation_id.in_(ids)).values(erased_at=job.at))
    return Erased(RetentionKind.CASES, len(ids))


def _quiet(before: datetime) -> Iterator[ColumnElement[bool]]:
    """Nothing is open and nothing happened since. What a person set aside is open."""
    case = conversations.c.conversation_id
    yield IS_KEPT
    yield conversations.c.opened_at < before
    for table, state in (
        (deliveries, IS_OPEN),
        (terms, terms.c.state == TermRowState.OPEN),
        (assemblies, IS_DUE),
        (events, events.c.at >= before),
        (messages, messages.c.at >= before),
    ):
        yield ~exists().where(table.c.conversation_id == case, state).correlate(conversations)


def _history(connection: Connection, conversation_id: ConversationId) -> list[Any]:
    of = events.c.conversation_id == conversation_id
    contents = connection.scalars(select(events.c.content).where(of).order_by(events.c.seq))
    return [event_from_bytes(content) for content in contents]


def _operations(connection: Connection, ids: Sequence[ConversationId]) -> list[str]:
    of = (messages.c.conversation_id.in_(ids), messages.c.operation.is_not(None))
    subjects = list(connection.scalars(select(messages.c.message_id).where(*of)))
    connection.execute(update(messages).where(*of).values(operation=None))
    return subjects


def _envelopes(connection: Connection, ids: Sequence[ConversationId]) -> list[str]:
    """As they came, as we answered, and of every attempt. Receipts that came apart name digests only, and stay."""
    of_case = messages.c.conversation_id.in_(ids)
    answers = inbox.join(
        messages, (messages.c.sender == inbox.c.sender) & (messages.c.message_id == inbox.c.message_id)
    )
    tried = attempts.join(deliveries, deliveries.c.delivery_id == attempts.c.delivery_id)
    of_delivery = deliveries.c.conversation_id.in_(ids)
    named: tuple[AnySelect, ...] = (
        select(messages.c.envelope_sha256).where(of_case),
        select(inbox.c.answer_sha256).select_from(answers).where(of_case),
        select(attempts.c.request_sha256).select_from(tried).where(of_delivery),
        select(attempts.c.response_sha256).select_from(tried).where(of_delivery),
    )
    digests = {digest for statement in named for digest in connection.scalars(statement) if digest}
    kept = [row.sha256 for row in select_among(connection, _not_empty(), [envelopes.c.sha256], digests)]
    _in_chunks(connection, kept)
    return kept


def _not_empty() -> AnySelect:
    statement: AnySelect = select(envelopes.c.sha256).where(envelopes.c.content != b"")
    return statement


def _in_chunks(connection: Connection, digests: Sequence[str], size: int = 1_000) -> None:
    for start in range(0, len(digests), size):
        of = envelopes.c.sha256.in_(digests[start : start + size])
        connection.execute(update(envelopes).where(of).values(content=b""))


def _salts(connection: Connection, ids: Sequence[ConversationId]) -> Sequence[AnyRow]:
    of = salts.c.conversation_id.in_(ids)
    rows = connection.execute(select(salts.c.conversation_id, salts.c.seq, salts.c.subject).where(of)).all()
    connection.execute(delete(salts).where(of))
    return rows


def _documents(connection: Connection, named: Iterable[str]) -> list[tuple[str, str]]:
    """Keys and digests of documents that no other case rests on; their names go, and the salts of their leaves."""
    free = ~exists().where(salts.c.subject == documents.c.document_id).correlate(documents)
    statement = select(documents.c.document_id, documents.c.sha256).where(free, documents.c.file_name != "")
    lost = {
        row.document_id: row.sha256 for row in select_among(connection, statement, [documents.c.document_id], named)
    }
    if lost:
        connection.execute(update(documents).where(documents.c.document_id.in_(lost)).values(file_name=""))
        of = (leaves.c.record == documents.name, leaves.c.key.in_([key_text([one]) for one in lost]))
        connection.execute(update(leaves).where(*of).values(salt=None))
    return [(key_text([one]), sha256) for one, sha256 in lost.items()]
