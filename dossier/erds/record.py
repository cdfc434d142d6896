"""What the exchange recorded of one message: the facts that evidence is derived from, as values without bytes.

Envelopes are named by their SHA-256 (lower-case hex), under which they lie in the file too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.header import Action, ConversationId, MessageId
from contracts.party import Channel, LocalText, PartyId, PartyRole

FORM: Final = 1
"""Version of ``record.xml``; readers refuse what they do not know."""


class AttemptOutcome(StrEnum):
    """How an attempt ended."""

    ACKNOWLEDGED = "Acknowledged"  # a verified signed receipt
    REJECTED = "Rejected"  # a verified signed error signal
    DELIVERED = "Delivered"  # taken, or handed out of the mailbox; the signal is to follow
    DEFERRED = "Deferred"
    UNKNOWN = "Unknown"
    POISON = "Poison"


class Signalled(StrEnum):
    """What a party said through Acknowledge."""

    RECEIPT = "receipt"
    ERROR = "error"


class Ending(StrEnum):
    """How a delivery stands. ``OPEN``: it goes on, or waits for a person."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """A message that the exchange took or made. ``at``: taken or made; ``digest``: of its operation, SHA-256.

    ``envelope``: as received; None for our own, which are signed afresh for every attempt, and for document parts.
    """

    recipient: PartyId
    conversation_id: ConversationId | None
    ref_to_message_id: MessageId | None
    action: Action
    outgoing: bool
    at: datetime
    digest: str
    envelope: str | None


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """Our answer to an accepted message. ``envelope``: as it first went out; None before the exchange kept it."""

    at: datetime
    envelope: str | None


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """The delivery of our message. ``channel`` follows the registry while the delivery is open."""

    recipient: PartyId
    channel: Channel
    ending: Ending
    created_at: datetime
    finished_at: datetime | None
    ended_by: str | None  # the envelope whose signal ended it


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One try. ``request``, ``response``: envelopes as sent and as received, the latter whatever it is."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: AttemptOutcome
    code: str | None
    detail: str | None
    http_status: int | None
    request: str | None
    response: str | None


@dataclass(frozen=True, slots=True)
class SignalFacts:
    """A receipt or error signal for our message that came in an Acknowledge. ``envelope``: that Acknowledge."""

    at: datetime
    message_id: MessageId
    said: Signalled
    code: str | None
    detail: str | None
    envelope: str | None


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """A submission under this message_id that was refused. ``digest``: of the operation that its sender signed.

    ``fault``: our signed fault; None where there were too many of them that day. ``final``: the sender was told that
    the same message will not do, rather than to send it again.
    """

    at: datetime
    code: str
    detail: str
    final: bool
    request_sha256: str
    digest: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party of the message. ``certificates``: SHA-256 of the DER of every one that it ever had."""

    party_id: PartyId
    role: PartyRole
    bin: str
    name: LocalText
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """Everything recorded under (sender, message_id). ``message`` None: it was only ever refused.

    ``left_out``: attempts in the middle of a very long row of them, which are not told one by one. ``absent``:
    envelopes that are named here and kept no longer, since people's data was erased; the audit log tells of that.
    """

    form: int
    exchange: PartyId
    sender: PartyId
    message_id: MessageId
    message: MessageFacts | None
    receipt: ReceiptFacts | None
    refusals: tuple[RefusalFacts, ...]
    delivery: DeliveryFacts | None
    attempts: tuple[AttemptFacts, ...]
    left_out: int
    signals: tuple[SignalFacts, ...]
    absent: tuple[str, ...]
    parties: tuple[PartyFacts, ...]
    made_at: datetime

    def envelopes(self) -> tuple[str, ...]:
        """Digest of every envelope that is kept, each once, in the order in which they are told."""
        return tuple(digest for digest in self.named() if digest not in self.absent)

    def named(self) -> tuple[str, ...]:
        """The same with those that are kept no longer."""
        return tuple(dict.fromkeys(digest for digest in self._named() if digest))

    def certificates(self) -> tuple[str, ...]:
        """Digest of every certificate, each once."""
        return tuple(dict.fromkeys(digest for party in self.parties for digest in party.certificates))

    def _named(self) -> Iterator[str | None]:
        yield self.message.envelope if self.message else None
        yield self.receipt.envelope if self.receipt else None
        yield from (refusal.fault for refusal in self.refusals)
        for attempt in self.attempts:
            yield attempt.request
            yield attempt.response
        yield from (signal.envelope for signal in self.signals)
        yield self.delivery.ended_by if self.delivery else None
