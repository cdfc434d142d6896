"""The judgement on a party's answer to Deliver. Pure: bytes and what we sent go in, an outcome comes out.

What may end a delivery is narrow on purpose: a receipt or an error signal, in a Body signed by that very party,
addressed to us, naming our message and its digest. Everything else only decides *when* the same message goes again:

- 202 with an empty body: Delivered, the receipt is to follow
- a SOAP fault, signed or not, or a plain HTTP refusal: Deferred
- anything else: Unknown, for the party may have taken the message
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Outcome, Reach, Rejected, Transmission, Unknown
from connectors.soap.transport import ConnectionFailed, HttpAnswer, NoResponse
from contracts.codec import parse_operation
from contracts.errors import ContractError
from contracts.header import Message, MessageId
from contracts.party import PartyId
from contracts.payloads import DeliverAnswer
from contracts.receipt import ErrorSignal, Receipt
from contracts.soap import operation_of, parse_fault
from signing.errors import SignatureRefused
from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope


@dataclass(frozen=True, slots=True)
class SentEnvelope:
    """What the answer must name: our message, its digest, who had to sign, and to whom it had to write."""

    message_id: MessageId
    digest: str
    party: PartyId
    me: PartyId
    envelope: bytes


class _NotCredible(Exception):
    """The answer proves nothing; its words are the reason of ``Unknown``."""


def judge(
    answer: HttpAnswer | ConnectionFailed | NoResponse, sent: SentEnvelope, pinned: PinnedCertificates, *, now: datetime
) -> Outcome:
    """What came of one attempt."""
    match answer:
        case ConnectionFailed(reason):
            return Deferred(reason, Transmission(sent.envelope))
        case NoResponse(reason):
            return Unknown(reason, Transmission(sent.envelope))
        case HttpAnswer():
            return _judge_http(answer, sent, pinned, now=now)


def _judge_http(answer: HttpAnswer, sent: SentEnvelope, pinned: PinnedCertificates, *, now: datetime) -> Outcome:
    transmission = Transmission(sent.envelope, answer.body, answer.status)
    if answer.status == 202 and not answer.body.strip():
        return Delivered(transmission)
    try:
        read = ReadEnvelope.of(answer.body)
        operation = operation_of(read.root)
    except ContractError as error:
        return _without_soap(answer, transmission, str(error))
    fault = parse_fault(operation)
    if fault is not None:
        reason = f"fault {fault.code or fault.fault}: {fault.detail}"
        return Deferred(reason, transmission, answer.retry_after, Reach.ANSWERED)
    try:
        return _judge_signal(_credible_signal(read, sent, pinned, now=now), sent, transmission)
    except _NotCredible as doubt:
        return Unknown(str(doubt), transmission)


def _without_soap(answer: HttpAnswer, transmission: Transmission, why: str) -> Outcome:
    """A proxy's or a web server's page. These statuses say that the application behind it never saw the message."""
    if answer.status in {429, 503} or 300 <= answer.status < 500:
        return Deferred(f"HTTP {answer.status}", transmission, answer.retry_after)
    return Unknown(f"HTTP {answer.status}, no SOAP answer: {why}", transmission)


def _credible_signal(
    read: ReadEnvelope, sent: SentEnvelope, pinned: PinnedCertificates, *, now: datetime
) -> Receipt | ErrorSignal:
    """The signal, once it is proven that this party wrote it to us about this message."""
    try:
        verified = verify_envelope(read, pinned, now=now)
        message = parse_operation(verified.content if verified.element is None else verified.element)
    except SignatureRefused as refused:
        raise _NotCredible(f"answer not verified: {refused}") from refused
    except ContractError as error:
        raise _NotCredible(f"answer breaks the contract: {error}") from error
    _check_address(verified.owner, message, sent)
    if not isinstance(message.payload, DeliverAnswer):
        raise _NotCredible(f"answer is {type(message.payload).__name__}, not DeliverResponse")
    return message.payload.signal


def _check_address(signer: str, message: Message, sent: SentEnvelope) -> None:
    """A true answer replayed from another party, to another recipient or for another message proves nothing."""
    header = message.header
    if (signer, header.sender) != (sent.party, sent.party):
        raise _NotCredible(f"answer is by {signer} for {header.sender}, not by {sent.party}")
    if header.recipient != sent.me:
        raise _NotCredible(f"answer is addressed to {header.recipient}")
    if header.ref_to_message_id != sent.message_id:
        raise _NotCredible(f"answer refers to message {header.ref_to_message_id}")


def _judge_signal(signal: Receipt | ErrorSignal, sent: SentEnvelope, transmission: Transmission) -> Outcome:
    if (signal.message_id, signal.digest) != (sent.message_id, sent.digest):
        raise _NotCredible(f"the signal names {signal.message_id} with digest {signal.digest}")
    if isinstance(signal, Receipt):
        return Acknowledged(signal, transmission)
    return Rejected(signal, transmission)
