"""Rows of one message as the facts of its record."""

from __future__ import annotations

from typing import Final

from contracts.codes import Code, Disposition
from contracts.texts import text_of
from dossier.erds.record import (
    AttemptFacts,
    AttemptOutcome,
    DeliveryFacts,
    Ending,
    MessageFacts,
    ReceiptFacts,
    RefusalFacts,
    SignalFacts,
    Signalled,
)
from gateway.domain.delivery.states import DeliveryState
from gateway.store.engine.statements import AnyRow

_ENDINGS: Final = {
    DeliveryState.ACKNOWLEDGED: Ending.ACKNOWLEDGED,
    DeliveryState.REJECTED: Ending.REJECTED,
    DeliveryState.CANCELLED: Ending.CANCELLED,
}


def message_facts(row: AnyRow) -> MessageFacts:
    """A message as taken or made."""
    return MessageFacts(
        recipient=row.recipient,
        conversation_id=row.conversation_id,
        ref_to_message_id=row.ref_to_message_id,
        action=row.action,
        outgoing=row.outgoing,
        at=row.at,
        digest=row.digest,
        envelope=row.envelope_sha256,
    )


def delivery_facts(row: AnyRow) -> DeliveryFacts:
    """Its delivery; every state that is not final is open."""
    ending = _ENDINGS.get(row.state, Ending.OPEN)
    return DeliveryFacts(row.recipient, row.channel, ending, row.created_at, row.finished_at, row.receipt_sha256)


def attempt_facts(row: AnyRow) -> AttemptFacts:
    """One attempt."""
    return AttemptFacts(
        number=row.number,
        started_at=row.started_at,
        finished_at=row.finished_at,
        outcome=AttemptOutcome(row.outcome),
        code=_printable(row.code),
        detail=_printable(row.detail),
        http_status=row.http_status,
        request=row.request_sha256,
        response=row.response_sha256,
    )


def signal_facts(row: AnyRow) -> SignalFacts:
    """One signal, with the envelope of the Acknowledge that brought it."""
    signal = Signalled.RECEIPT if row.state is DeliveryState.ACKNOWLEDGED else Signalled.ERROR
    code, detail = _printable(row.code), _printable(row.detail)
    return SignalFacts(row.at, row.message_id, signal, code, detail, row.envelope_sha256)


def refusal_facts(row: AnyRow) -> RefusalFacts:
    """One refused submission of a sender that proved who it is."""
    return RefusalFacts(
        at=row.at,
        code=row.code,
        detail=_printable(row.detail) or "",
        final=text_of(Code(row.code)).disposition is not Disposition.RETRY,
        request_sha256=row.request_sha256,
        digest=row.digest,
        fault=row.answer_sha256,
    )


def receipt_facts(row: AnyRow) -> ReceiptFacts:
    """Our answer."""
    return ReceiptFacts(row.received_at, row.answer_sha256)


def _printable(words: str | None) -> str | None:
    """A peer's words may hold what XML cannot; they stand unharmed in its envelope."""
    return None if words is None else "".join(c if c.isprintable() or c in "\t\n" else "\ufffd" for c in words)
