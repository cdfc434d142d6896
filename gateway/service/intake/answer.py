"""Answers to callers: header, receipt, and the operation bytes that are signed afresh for every repeat."""

from __future__ import annotations

from datetime import datetime

from contracts import codec
from contracts.header import Action, ConversationId, Header, Message
from contracts.payloads import Answer
from contracts.receipt import Receipt
from gateway.process.ambient import IdSource
from gateway.service.intake.admit import AdmittedMessage


def receipt_for(
    admitted: AdmittedMessage,
    *,
    now: datetime,
    conversation_id: ConversationId | None = None,
    appeal_number: str | None = None,
) -> Receipt:
    """The receipt for this very message; it may leave only after the commit that carries it."""
    return Receipt(admitted.header.message_id, admitted.digest, now, conversation_id, appeal_number)


def answer_bytes(
    admitted: AdmittedMessage,
    answer: Answer,
    *,
    ids: IdSource,
    now: datetime,
    conversation_id: ConversationId | None = None,
) -> bytes:
    """Operation bytes of ``<operation>Response``."""
    request_header = admitted.header
    header = Header(
        message_id=ids.message_id(),
        conversation_id=conversation_id or request_header.conversation_id,
        ref_to_message_id=request_header.message_id,
        sender=request_header.recipient,
        recipient=request_header.sender,
        action=Action.of(Answer),
        created_at=now,
    )
    return codec.build_answer(admitted.operation.name, Message(header, answer))
