"""Reading what the exchange wrote to us: a Deliver envelope, pushed to an Inbox or fetched from the mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.codec import parse_operation
from contracts.codes import Code
from contracts.errors import ContractError
from contracts.header import Header, action_of
from contracts.party import PartyId
from contracts.payloads import Deliver, Deliverable
from contracts.soap import operation_of
from contracts.validate import validate_operation
from signing.errors import SignatureRefused
from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope


@dataclass(frozen=True, slots=True)
class VerifiedDelivery:
    """A message that the exchange signed for us. ``operation``: its canonical bytes, ``digest`` their SHA-256."""

    header: Header
    payload: Deliverable
    digest: str
    operation: bytes
    envelope: bytes


class DeliveryRefused(Exception):
    """The envelope is no message of the exchange to us. Whoever sent it gets a fault with ``code``."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail


def verify_delivery(
    envelope: bytes, pinned: PinnedCertificates, *, me: PartyId, exchange: PartyId, now: datetime
) -> VerifiedDelivery:
    """Parse, validate, verify, and only then believe. Raises ``DeliveryRefused``; nothing has happened then."""
    try:
        read = ReadEnvelope.of(envelope)
        validate_operation(operation_of(read.root))
        verified = verify_envelope(read, pinned, now=now)
        message = parse_operation(verified.content)
    except (ContractError, SignatureRefused) as error:
        raise DeliveryRefused(error.code, error.detail) from error
    if not isinstance(message.payload, Deliver):
        raise DeliveryRefused(Code.UNKNOWN_OPERATION, f"{type(message.payload).__name__} is not Deliver")
    _check_address(message.header, verified.owner, me=me, exchange=exchange)
    if message.header.action is not action_of(message.payload):
        raise DeliveryRefused(Code.SCHEMA_VIOLATION, f"the action {message.header.action} is not what is carried")
    return VerifiedDelivery(message.header, message.payload.payload, verified.digest, verified.content, envelope)


def _check_address(header: Header, signer: str, *, me: PartyId, exchange: PartyId) -> None:
    """A message for somebody else, replayed to us, must have no effect here."""
    if (signer, header.sender) != (exchange, exchange):
        raise DeliveryRefused(Code.WRONG_SIGNER, f"signed by {signer} for {header.sender}")
    if header.recipient != me:
        raise DeliveryRefused(Code.WRONG_RECIPIENT, f"addressed to {header.recipient}")
