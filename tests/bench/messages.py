"""What is sent: signed messages of 5 kB on the wire, each with an id of its own, and what is read from the answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from contracts import xmlsafe
from contracts.codec import build_request, parse_operation
from contracts.header import Action, ConversationId, Header, Message, MessageId
from contracts.payloads import HearingForm, HearingScheduled, RegisterAppeal, ReportProgress
from contracts.receipt import Receipt
from contracts.soap import operation_of
from signing.keys.pinned import PinnedCertificates
from signing.profile.envelope import ReadEnvelope
from signing.profile.verification import verify_envelope
from signing.profile.writing import sign_envelope
from tests.bench.cast import AGENCY, ME, Keys
from tests.bench.message import TEXT, register_appeal

WIRE_BYTES: Final = 5000
"""Of a whole envelope, certificate and signature included; 1 kB is 1,000 bytes."""


@dataclass(frozen=True, slots=True)
class RegisteredAppeal:
    """An appeal as its sender knows it from the receipt."""

    conversation_id: ConversationId
    appeal_number: str


def appeals(keys: Keys, count: int, *, wire_bytes: int = WIRE_BYTES) -> list[bytes]:
    """Appeals of the platform, without papers, which would have to be uploaded first."""
    now = datetime.now(UTC)
    message = register_appeal(now)
    if not isinstance(message.payload, RegisterAppeal):
        raise TypeError(type(message.payload))
    appeal = replace(message.payload, documents=())
    room = wire_bytes - len(_signed(replace(message, payload=replace(appeal, text="-")), keys, now)) + 1
    filled = replace(message, payload=replace(appeal, text=_text(room)))
    return [_signed(_fresh(filled), keys, now) for _ in range(count)]


def hearings(keys: Keys, registered: Sequence[RegisteredAppeal], *, wire_bytes: int = WIRE_BYTES) -> list[bytes]:
    """The body's next message in each of these cases: it announces a hearing, of which the platform is told."""
    now = datetime.now(UTC)
    room = wire_bytes - len(_signed(_hearing(registered[0], "-", now), keys, now)) + 1
    return [_signed(_hearing(one, _text(room), now), keys, now) for one in registered]


def registered_by(answers: Iterable[bytes], keys: Keys) -> list[RegisteredAppeal]:
    """What the receipts say. Each is verified: what is no receipt of the exchange, signed, fails the measurement."""
    pinned = PinnedCertificates([(ME, keys[ME].certificate)])
    now = datetime.now(UTC)
    found = []
    for answer in answers:
        receipt = _receipt(answer, pinned, now)
        if receipt.conversation_id is None or receipt.appeal_number is None:
            raise RuntimeError("the receipt for an appeal names no case")
        found.append(RegisteredAppeal(receipt.conversation_id, receipt.appeal_number))
    return found


def _receipt(answer: bytes, pinned: PinnedCertificates, now: datetime) -> Receipt:
    verify_envelope(ReadEnvelope.of(answer), pinned, now=now)
    payload = parse_operation(xmlsafe.canonical(operation_of(xmlsafe.parse(answer)))).payload
    receipt = getattr(payload, "receipt", payload)
    if not isinstance(receipt, Receipt):
        raise TypeError(f"the answer is a {type(payload).__name__} and no receipt")
    return receipt


def _hearing(registered: RegisteredAppeal, decision: str, now: datetime) -> Message:
    step = HearingScheduled(HearingForm.ORAL, "Алматы, Абай даңғылы, 10", now, decision, now)
    header = Header(
        message_id=MessageId(str(uuid.uuid4())),
        conversation_id=registered.conversation_id,
        ref_to_message_id=None,
        sender=AGENCY,
        recipient=ME,
        action=Action.REPORT_PROGRESS,
        created_at=now,
    )
    return Message(header, ReportProgress(step, ()))


def _fresh(message: Message) -> Message:
    return replace(message, header=replace(message.header, message_id=MessageId(str(uuid.uuid4()))))


def _signed(message: Message, keys: Keys, now: datetime) -> bytes:
    return sign_envelope(build_request(message), keys[message.header.sender], now=now)


def _text(size_bytes: int) -> str:
    """Of so many bytes of UTF-8, or one less: what people write."""
    return (TEXT * (size_bytes // len(TEXT) + 1)).encode()[:size_bytes].decode(errors="ignore")
