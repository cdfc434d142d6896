"""What the store in memory keeps: mutable rows, as the tables have them, and functions by the operation they serve."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import Channel, PartyId, Registry
from dossier.case.events import Event
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.delivery.escalation import Escalation
from gateway.domain.delivery.sharing import Lane
from gateway.domain.delivery.states import FINAL, DeliveryState
from gateway.ports.audit import RecordAccess
from gateway.ports.case import AssemblyDue, OutgoingMessage, SaltedSubject
from gateway.ports.deliveries import AttemptRow, ClaimedDelivery
from gateway.ports.intake import IncomingMessage, RefusalRecord, SketchedReply
from gateway.ports.parties import Pause
from gateway.ports.people.users import AuditNote

O = TypeVar("O")  # noqa: E741
R = TypeVar("R")


class NotServed(NotImplementedError):
    """The store in memory does not do this; the test needs a database."""


@dataclass
class StoredCase:
    conversation_id: ConversationId
    appeal_number: str
    opened_by: PartyId
    opened_at: datetime
    events: list[Event] = field(default_factory=list)
    salted: list[SaltedSubject] = field(default_factory=list)

    @property
    def seq(self) -> int:
        return len(self.events)


@dataclass
class StoredDelivery:
    """``receipt``: the envelope that ended it."""

    delivery_id: int
    message: OutgoingMessage
    channel: Channel
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    fence: int = 0
    escalated: int = 0
    next_attempt_at: datetime | None = None
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    finished_at: datetime | None = None
    fetched_by: MessageId | None = None
    code: str | None = None
    detail: str | None = None
    receipt: bytes | None = None

    @property
    def pair(self) -> tuple[PartyId, ConversationId]:
        return self.message.recipient, self.message.conversation_id

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL

    def claimed(self) -> ClaimedDelivery:
        sent = self.message
        assert self.lease_until is not None
        return ClaimedDelivery(
            self.delivery_id, self.fence, self.attempts, sent.message_id, sent.conversation_id, sent.recipient,
            sent.action, sent.operation, sent.digest, self.lease_until, sent.trace,
        )  # fmt: skip


@dataclass
class StoredAttempt:
    delivery_id: int
    row: AttemptRow
    request: bytes | None
    response: bytes | None


@dataclass
class StoredLane:
    circuit: Circuit
    paced_until: datetime | None = None
    rests_until: datetime | None = None
    pause: Pause | None = None

    def seen(self, in_flight: int) -> Lane:
        return Lane(self.circuit, in_flight, self.paced_until, self.pause is not None)


@dataclass
class StoredAssembly:
    conversation_id: ConversationId
    due: AssemblyDue
    ordered_at: datetime
    fence: int = 0
    lease_until: datetime | None = None
    is_filed: bool = False


@dataclass
class Memory:
    """All that is kept. ``documents``: which there are; a message may name no other."""

    exchange: PartyId
    cases: dict[ConversationId, StoredCase] = field(default_factory=dict)
    messages: list[IncomingMessage | OutgoingMessage] = field(default_factory=list)
    inbox: dict[tuple[PartyId, MessageId], IncomingMessage] = field(default_factory=dict)
    deliveries: dict[int, StoredDelivery] = field(default_factory=dict)
    attempts: list[StoredAttempt] = field(default_factory=list)
    lanes: dict[PartyId, StoredLane] = field(default_factory=dict)
    assemblies: list[StoredAssembly] = field(default_factory=list)
    escalations: dict[int, list[Escalation]] = field(default_factory=dict)
    registries: list[Registry] = field(default_factory=list)
    replies: list[tuple[SketchedReply, datetime]] = field(default_factory=list)
    audit: list[AuditNote] = field(default_factory=list)
    accesses: list[RecordAccess] = field(default_factory=list)
    refusals: list[RefusalRecord] = field(default_factory=list)
    documents: set[DocumentId] = field(default_factory=set)
    has_work: bool = False

    @property
    def registry(self) -> Registry:
        return self.registries[-1] if self.registries else Registry(0, (), (), ())

    def channel_of(self, party_id: PartyId) -> Channel:
        """One in no registry counts as called."""
        known = {party.party_id: party.channel for party in self.registry.parties}
        return known.get(party_id, next(channel for channel in Channel if channel.is_called))

    def lane(self, party_id: PartyId) -> StoredLane:
        return self.lanes.setdefault(party_id, StoredLane(Circuit(party_id)))

    def is_head(self, delivery: StoredDelivery) -> bool:
        """Nothing earlier of its pair is open."""
        return not any(
            other.is_open and other.pair == delivery.pair and other.delivery_id < delivery.delivery_id
            for other in self.deliveries.values()
        )

    def open_deliveries(self) -> Iterator[StoredDelivery]:
        return (delivery for delivery in self.deliveries.values() if delivery.is_open)


SERVED: dict[type[Any], Callable[[Memory, Any], Any]] = {}


def serves(*operations: type[Any]) -> Callable[[Callable[[Memory, O], R]], Callable[[Memory, O], R]]:
    """The function carries these out, whole or not at all."""

    def bind(function: Callable[[Memory, O], R]) -> Callable[[Memory, O], R]:
        SERVED.update(dict.fromkeys(operations, function))
        return function

    return bind
