"""A decision made concrete: ids minted, operation bytes written, everything one commit adds to one conversation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from contracts import codec
from contracts.header import ConversationId, Header, Message, MessageId, action_of
from contracts.party import PartyId
from contracts.payloads import AddDocuments, Deliver, Disagree, RegisterAppeal, Reply
from dossier.procedure.decision import CaseFile, CaseMessage, Decision, OutgoingIntent
from gateway.domain.delivery.priority import priority_of
from gateway.domain.registry.mentions import documents_named
from gateway.domain.trace import TraceContext
from gateway.ports.case import AssemblyDue, Case, CaseWrite, OutgoingMessage, SaltedSubject
from gateway.process.ambient import IdSource


@dataclass(frozen=True, slots=True)
class WriteCause:
    """What a write rests on: who caused it, by which message, and the contents its events commit to.

    ``contents``: (message_id or document_id, SHA-256 hex).
    """

    actor: PartyId
    message_id: MessageId | None = None
    contents: tuple[tuple[str, str], ...] = ()


def case_file(case: Case) -> CaseFile:
    """The stored case as the procedure reads it."""
    appeal = codec.parse_operation(case.registration).payload
    if not isinstance(appeal, RegisterAppeal):
        raise TypeError(f"conversation {case.conversation_id} was opened by {type(appeal).__name__}")
    spoken = [codec.parse_operation(operation) for operation in case.spoken]
    return CaseFile(
        case.conversation_id,
        case.events,
        appeal,
        added=tuple(ref for message in _of(spoken, AddDocuments) for ref in message.payload.documents),
        pressed=_of(spoken, Disagree),
        replies=_of(spoken, Reply),
    )


_P = TypeVar("_P", AddDocuments, Disagree, Reply)


def _of(spoken: list[Message], kind: type[_P]) -> tuple[CaseMessage[_P], ...]:
    return tuple(
        CaseMessage(message.header.sender, message.header.message_id, message.payload)
        for message in spoken
        if isinstance(message.payload, kind)
    )


def case_write(
    conversation_id: ConversationId,
    expected_seq: int,
    decision: Decision,
    cause: WriteCause,
    *,
    me: PartyId,
    ids: IdSource,
    now: datetime,
    trace: TraceContext | None = None,
) -> CaseWrite:
    """Everything ``decision`` adds to the conversation. ``trace``: what its consequences go on with."""
    order = decision.assembly
    return CaseWrite(
        conversation_id=conversation_id,
        expected_seq=expected_seq,
        at=now,
        actor=cause.actor,
        message_id=cause.message_id,
        facts=decision.facts,
        salted=tuple(SaltedSubject(subject, sha256, ids.salt()) for subject, sha256 in cause.contents),
        messages=tuple(
            _outgoing(intent, conversation_id, me=me, message_id=ids.message_id(), now=now, trace=trace)
            for intent in decision.messages
        ),
        assembly=None if order is None else AssemblyDue(order.dossier_no, order.court, order.claim, trace),
    )


def opening(write: CaseWrite, *, appeal_number: str, opened_by: PartyId) -> CaseWrite:
    """The same write as the first of a new conversation."""
    return replace(write, appeal_number=appeal_number, opened_by=opened_by)


def is_empty(decision: Decision) -> bool:
    """Whether nothing follows, so that nothing need be written."""
    return not (decision.facts or decision.messages or decision.assembly)


def _outgoing(
    intent: OutgoingIntent,
    conversation_id: ConversationId,
    *,
    me: PartyId,
    message_id: MessageId,
    now: datetime,
    trace: TraceContext | None,
) -> OutgoingMessage:
    payload = Deliver(intent.payload)
    header = Header(
        message_id=message_id,
        conversation_id=conversation_id,
        ref_to_message_id=intent.ref_to,
        sender=me,
        recipient=intent.recipient,
        action=action_of(payload),
        created_at=now,
    )
    operation = codec.build_request(Message(header, payload))
    return OutgoingMessage(
        message_id=message_id,
        conversation_id=conversation_id,
        ref_to_message_id=intent.ref_to,
        recipient=intent.recipient,
        action=header.action,
        operation=operation,
        digest=hashlib.sha256(operation).hexdigest(),
        created_at=now,
        priority=priority_of(header.action),
        documents=tuple(ref.document_id for ref in documents_named(intent.payload)),
        trace=trace,
    )
