"""A party sends receipts and error signals for what it was handed before; late ones count too."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import cast

from contracts.codes import Code
from contracts.errors import Violation
from contracts.header import ConversationId
from contracts.payloads import Accepted, Acknowledge
from contracts.receipt import ErrorSignal, Receipt
from dossier.procedure.decision import DeliveryAcknowledged, DeliveryRejected
from gateway.domain.delivery.states import DeliveryState, may_move
from gateway.ports.case import CaseWrite
from gateway.ports.deliveries import DeliveryRow, FindDelivery
from gateway.ports.intake import Acceptance, SignalRecord
from gateway.ports.tracing import SpanName
from gateway.service.cases.conclude import Ending, conclude
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes, receipt_for
from gateway.service.intake.once import incoming, once
from gateway.service.intake.refused import Refused
from signing.keys.keypair import KeySource

Signal = Receipt | ErrorSignal


async def acknowledge(exchange: Exchange, admitted: AdmittedMessage, key: KeySource) -> bytes:
    """End the deliveries that the signals name. All signals count, or the message is refused with every problem.

    Returns the signed answer.
    """
    signals = cast("Acknowledge", admitted.message.payload).signals
    began, named = exchange.tracer.now(), list[tuple[Signal, DeliveryRow]]()

    async def plan(now: datetime) -> Acceptance:
        named[:] = await _named(exchange, admitted, signals)
        cases = await _consequences(exchange, admitted, named, now=now)
        receipt = receipt_for(admitted, now=now)
        answer = answer_bytes(admitted, Accepted(receipt), ids=exchange.ids, now=now)
        records = tuple(_record(signal) for signal, _ in named)
        return Acceptance(incoming(admitted, answer, now=now), cases, records)

    answer = await once(exchange, admitted, plan, key)
    for signal, row in named:
        exchange.tracer.past(
            SpanName.RECEIPT, began=began, after=row.trace, delivery_id=row.delivery_id, recipient=row.recipient,
            message_id=row.message_id, conversation_id=row.conversation_id, outcome=_state(signal).value,
        )  # fmt: skip
    return answer


async def _named(
    exchange: Exchange, admitted: AdmittedMessage, signals: tuple[Signal, ...]
) -> list[tuple[Signal, DeliveryRow]]:
    found, problems = [], []
    for index, signal in enumerate(signals, start=1):
        row = await exchange.store.run(FindDelivery(admitted.header.sender, signal.message_id))
        if row is None:
            words = f"message {signal.message_id} was never for {admitted.header.sender}"
            problems.append((Code.UNKNOWN_DELIVERY, Violation(0, f"signals[{index}]", words)))
        elif row.digest != signal.digest:
            words = f"message {signal.message_id} has digest {row.digest}, the signal names {signal.digest}"
            problems.append((Code.DIGEST_MISMATCH, Violation(0, f"signals[{index}]", words)))
        else:
            found.append((signal, row))
    if problems:
        code, first = problems[0]
        raise Refused(code, first.message, violations=tuple(violation for _, violation in problems))
    return found


async def _consequences(
    exchange: Exchange, admitted: AdmittedMessage, named: list[tuple[Signal, DeliveryRow]], *, now: datetime
) -> tuple[CaseWrite, ...]:
    endings: dict[ConversationId, dict[str, Ending]] = defaultdict(dict)
    for signal, row in named:
        if may_move(row.state, _state(signal)):  # a repeat of an ended delivery changes nothing
            endings[row.conversation_id].setdefault(row.message_id, _ending(signal, row))
    writes = [
        await conclude(exchange, conversation_id, tuple(ended.values()), actor=admitted.header.sender, now=now)
        for conversation_id, ended in sorted(endings.items())
    ]
    return tuple(write for write in writes if write is not None)


def _state(signal: Signal) -> DeliveryState:
    return DeliveryState.ACKNOWLEDGED if isinstance(signal, Receipt) else DeliveryState.REJECTED


def _record(signal: Signal) -> SignalRecord:
    if isinstance(signal, Receipt):
        return SignalRecord(signal.message_id, DeliveryState.ACKNOWLEDGED)
    return SignalRecord(signal.message_id, DeliveryState.REJECTED, signal.code.value, signal.detail)


def _ending(signal: Signal, row: DeliveryRow) -> Ending:
    if isinstance(signal, Receipt):
        return DeliveryAcknowledged(row.message_id, row.recipient, row.action.value, signal.digest)
    return DeliveryRejected(row.message_id, row.recipient, row.action.value, signal.code.value, signal.detail)
