"""Reading cases: a conversation with its events, its messages, its salts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Table, and_, func, select

from contracts.header import Action, ConversationId
from contracts.party import PartyId
from contracts.payloads import AddDocuments, Disagree, RegisterAppeal, Reply
from dossier.case.event_form import event_from_bytes
from dossier.case.record import KeptMessage
from dossier.packaging.description import MessageForm
from gateway.ports.case import Case, FindConversation, ListMessages, ListSalts, SaltedSubject
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect, RowsSelect
from gateway.store.tables import attempts, conversations, deliveries, envelopes, events, inbox, messages, salts
from gateway.store.tables.base import is_any

_SPOKEN: Final = (Action.of(Disagree), Action.of(Reply), Action.of(AddDocuments))
_CONVERSATIONS: Final = RowsSelect(
    select(
        conversations.c.conversation_id, conversations.c.appeal_number, conversations.c.opened_by, conversations.c.seq
    ),
    conversations.c.conversation_id,
)
_CONTENTS: Final = RowsSelect(
    select(events.c.conversation_id, events.c.content).order_by(events.c.conversation_id, events.c.seq),
    events.c.conversation_id,
)
_OPERATIONS: Final = RowsSelect(
    select(messages.c.conversation_id, messages.c.action, messages.c.operation)
    .where(
        is_any(messages.c.action, [Action.of(RegisterAppeal), *_SPOKEN]),
        messages.c.operation.is_not(None),  # retention took it: then nothing rests on it any more
    )
    .order_by(messages.c.conversation_id, messages.c.message_no),
    messages.c.conversation_id,
)


@dataclass(frozen=True, slots=True)
class CaseRows:
    """A conversation as it is stored: the bytes of its events, and actions with operations, each in order."""

    conversation_id: ConversationId
    appeal_number: str
    opened_by: PartyId
    seq: int
    contents: list[bytes] = field(default_factory=list)
    operations: list[tuple[Action, bytes]] = field(default_factory=list)


def load_cases(connection: Connection, ids: Sequence[ConversationId]) -> dict[ConversationId, CaseRows]:
    """Those of these conversations that are there. Nearly every message asks for one."""
    found = {
        row.conversation_id: CaseRows(row.conversation_id, row.appeal_number, row.opened_by, row.seq)
        for row in _CONVERSATIONS.rows(connection, ids)
    }
    for conversation_id, content in _CONTENTS.rows(connection, found):
        found[conversation_id].contents.append(content)
    for conversation_id, action, operation in _OPERATIONS.rows(connection, found):
        found[conversation_id].operations.append((action, operation))
    return found


def case_of(rows: CaseRows) -> Case:
    """The conversation with all its events."""
    return Case(
        conversation_id=rows.conversation_id,
        appeal_number=rows.appeal_number,
        opened_by=rows.opened_by,
        seq=rows.seq,
        events=tuple(map(event_from_bytes, rows.contents)),
        registration=next(
            (operation for action, operation in rows.operations if action == Action.of(RegisterAppeal)), b""
        ),
        spoken=tuple(operation for action, operation in rows.operations if action in _SPOKEN),
    )


@serves(FindConversation)
def find_conversation(connection: Connection, wanted: FindConversation) -> ConversationId | None:
    """The conversation of an appeal."""
    statement = select(conversations.c.conversation_id).where(conversations.c.appeal_number == wanted.appeal_number)
    return connection.scalars(statement).first()


@serves(ListMessages)
def messages_of(connection: Connection, wanted: ListMessages) -> tuple[KeptMessage, ...]:
    """Messages in order of recording."""
    received, sent, ending, answered = (envelopes.alias(name) for name in ("received", "sent", "ending", "answered"))
    joined = (
        messages.outerjoin(received, received.c.sha256 == messages.c.envelope_sha256)
        .outerjoin(inbox, and_(_same_key(inbox), ~messages.c.outgoing))
        .outerjoin(deliveries, and_(_same_key(deliveries), messages.c.outgoing))
        .outerjoin(sent, sent.c.sha256 == _last_request())
        .outerjoin(ending, ending.c.sha256 == deliveries.c.receipt_sha256)
        .outerjoin(answered, answered.c.sha256 == inbox.c.answer_sha256)
    )
    statement: AnySelect = (
        select(
            messages.c.message_id,
            messages.c.sender,
            messages.c.recipient,
            messages.c.action,
            messages.c.outgoing,
            messages.c.at,
            messages.c.digest,
            func.coalesce(messages.c.operation, b"").label("operation"),
            func.coalesce(received.c.content, sent.c.content).label("envelope"),
            func.coalesce(answered.c.content, ending.c.content, inbox.c.answer).label("receipt"),
            and_(answered.c.content.is_(None), inbox.c.answer.is_not(None)).label("is_bare"),
        )
        .select_from(joined)
        .where(messages.c.conversation_id == wanted.conversation_id)
        .order_by(messages.c.message_no)
    )
    return tuple(_kept(**row._asdict()) for row in connection.execute(statement))


def _kept(*, is_bare: bool, **columns: Any) -> KeptMessage:  # noqa: ANN401 - by the names of its fields
    return KeptMessage(**columns, receipt_form=MessageForm.OPERATION if is_bare else MessageForm.ENVELOPE)


@serves(ListSalts)
def salts_of(connection: Connection, wanted: ListSalts) -> tuple[SaltedSubject, ...]:
    """Salts that were not erased, in order of their events."""
    statement = (
        select(salts.c.subject, salts.c.content_sha256, salts.c.salt)
        .where(salts.c.conversation_id == wanted.conversation_id)
        .order_by(salts.c.seq, salts.c.subject)
    )
    return tuple(SaltedSubject(*row) for row in connection.execute(statement))


def _same_key(table: Table) -> ColumnElement[bool]:
    return (table.c.sender == messages.c.sender) & (table.c.message_id == messages.c.message_id)


def _last_request() -> ScalarSelect[str | None]:
    """Digest of the envelope of the last attempt that sent one."""
    return (
        select(attempts.c.request_sha256)
        .where(attempts.c.delivery_id == deliveries.c.delivery_id, attempts.c.request_sha256.is_not(None))
        .order_by(attempts.c.attempt_id.desc())
        .limit(1)
        .correlate(deliveries)
        .scalar_subquery()
    )
