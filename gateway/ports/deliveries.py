"""Deliveries and attempts as values: claimed, recorded, looked at, moved by people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.ports.outcome import Reach, Transmission
from contracts.header import Action, ConversationId, MessageId
from contracts.party import Agreement, PartyId
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.delivery.escalation import Escalated, Escalation
from gateway.domain.delivery.sharing import Terms
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.trace import TraceContext
from gateway.ports.case import CaseFact, CaseWrite
from gateway.ports.operations import Read, Write
from gateway.ports.results import Conflict, FenceLost, Recorded


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery under lease. Outcomes count only with this ``fence`` (grows at every claim)."""

    delivery_id: int
    fence: int
    attempt: int  # number of this attempt, from 1
    message_id: MessageId
    conversation_id: ConversationId
    recipient: PartyId
    action: Action
    operation: bytes
    digest: str
    lease_until: datetime
    trace: TraceContext | None = None  # of what caused the message


@dataclass(frozen=True, slots=True)
class AttemptRecord(Write[Recorded | Conflict | FenceLost]):
    """One attempt and what it moves the delivery to.

    ``next_attempt_at``: for RETRY_SCHEDULED the next attempt, for DELIVERED when the receipt is overdue. ``case``:
    consequence of an acknowledgement or refusal; only a CaseWrite, which was decided on a history, can conflict.
    ``reach``: what it tells about the party's health.
    """

    claim: ClaimedDelivery
    started_at: datetime
    finished_at: datetime
    outcome: str  # name of the outcome class
    code: str | None
    detail: str | None
    transmission: Transmission
    state: DeliveryState
    next_attempt_at: datetime | None
    case: CaseWrite | CaseFact | None = None
    reach: Reach = Reach.NOT_TRIED


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as operators see it."""

    delivery_id: int
    message_id: MessageId
    conversation_id: ConversationId
    appeal_number: str
    recipient: PartyId
    action: Action
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    code: str | None
    detail: str | None
    digest: str
    trace: TraceContext | None = None  # of what caused the message, where traces were on


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt as operators see it."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    code: str | None
    detail: str | None
    http_status: int | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open for one party. ``waiting``: due or to be tried again; ``handed_out``: its receipt is to follow.

    ``oldest_at``: when the oldest was made that nobody parked. ``last_receipt_at``: when the party acknowledged last.
    """

    recipient: PartyId
    waiting: int
    in_flight: int
    handed_out: int
    parked: int
    dead_lettered: int
    oldest_at: datetime | None
    last_receipt_at: datetime | None

    @property
    def open(self) -> int:
        """Everything that has not ended."""
        return self.waiting + self.in_flight + self.handed_out + self.parked + self.dead_lettered


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries an act is for; what is None narrows nothing. ``created_before``: that instant included.

    ``among``: several states, of which an act takes those that it takes when no state is said. ``code``: "" for those
    that have none.
    """

    recipient: PartyId | None = None
    state: DeliveryState | None = None
    appeal: str | None = None
    action: Action | None = None
    created_before: datetime | None = None
    created_from: datetime | None = None
    code: str | None = None
    among: frozenset[DeliveryState] | None = None


@dataclass(frozen=True, slots=True)
class RefusedMove:
    """A delivery that stays as it is, and why."""

    delivery_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What one commit of an act came to. ``go_on_after``: where a selection goes on; None when it is worked off."""

    moved: tuple[int, ...]
    refused: tuple[RefusedMove, ...]
    go_on_after: int | None


@dataclass(frozen=True, slots=True)
class MoveJob(Write[Moved]):
    """A named person acts on deliveries: on those with these numbers, or on the next of a selection.

    Each delivery gets a line in the audit log, also one that is refused. An attempt in hand of one that is parked or
    cancelled meanwhile is kept; a signed answer that it brings still ends what is not final.

    ``after``, ``limit``: for a selection, which is worked off in order of delivery_id, so many in one commit.
    """

    act: Act
    of: tuple[int, ...] | Selection
    by: str
    reason: str
    at: datetime
    after: int = 0
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class ClaimDeliveries(Write[Sequence[ClaimedDelivery]]):
    """Due deliveries of push parties, heads of their (recipient, conversation) only, by priority and age.

    A batch is shared evenly among parties, within what ``terms`` allow each of them on all nodes together. One whose
    circuit is open gets nothing; once its rest is over, one delivery as probe.
    """

    now: datetime
    limit: int
    lease_until: datetime
    terms: Terms = Agreement


@dataclass(frozen=True, slots=True)
class Escalate(Write[tuple[Escalated, ...]]):
    """Take the steps that are due, ``limit`` at most: a row each, once. Returns what people are to be told."""

    now: datetime
    limit: int
    terms: Terms = Agreement


@dataclass(frozen=True, slots=True)
class FetchMailbox(Write[tuple[Sequence[ClaimedDelivery], int]]):
    """The mailbox: the batch leased to this request and not yet over, else a new one; state DELIVERED.

    Also returns how many more wait, counted up to 1,000; 1,001 stands for more. The same ``request`` again returns its
    batch with the old ``lease_until``; another one never gets what is leased.
    """

    recipient: PartyId
    request: MessageId
    now: datetime
    limit: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class GiveBack(Write[int]):
    """Leases whose attempt was never begun: due again at once, uncounted. Returns how many were still held."""

    claims: Sequence[ClaimedDelivery]


@dataclass(frozen=True, slots=True)
class KeepAttempts(Write[None]):
    """Attempts with what went over the wire, moving nothing: the mailbox's, and one that found no free case."""

    attempts: Sequence[AttemptRecord]


@dataclass(frozen=True, slots=True)
class TakeBack(Write[int]):
    """After the clock was set back: what it dated while it was ahead waits no longer than was meant.

    A bounded number at a time; returns how many deliveries. ``lease``: the longest that one who works on something may
    hold it.
    """

    now: datetime
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Rescue(Write[int]):
    """Expired leases and overdue receipts go back to RETRY_SCHEDULED, due now. Returns how many."""

    now: datetime


@dataclass(frozen=True, slots=True)
class FreeOrphans(Write[int]):
    """Let go of what waits behind deliveries that ended without a word, looked for in turns.

    ``after``: what the turn before returned; 0 at the beginning.
    """

    after: int


@dataclass(frozen=True, slots=True)
class FindDelivery(Read[DeliveryRow | None]):
    """The delivery of one message to one party."""

    recipient: PartyId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class DeliveryPageQuery(Read[tuple[DeliveryRow, ...]]):
    """Newest first; ``before`` is the delivery_id to go on from (keyset paging)."""

    state: DeliveryState | None = None
    recipient: PartyId | None = None
    appeal: str | None = None
    limit: int = 50
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ListBacklog(Read[tuple[Backlog, ...]]):
    """Parties for which something is open, the one with the oldest first."""


@dataclass(frozen=True, slots=True)
class CountMovable(Read[int]):
    """How many deliveries the act would move; counted up to ``most`` of a selection."""

    act: Act
    of: tuple[int, ...] | Selection
    most: int | None = None


@dataclass(frozen=True, slots=True)
class ListAttempts(Read[tuple[AttemptRow, ...]]):
    """Attempts of a delivery, in order."""

    delivery_id: int


@dataclass(frozen=True, slots=True)
class FindNextDue(Read[datetime | None]):
    """When a claim may next find something: in the past if it may now; None when nothing waits for a push party."""

    now: datetime


@dataclass(frozen=True, slots=True)
class ListCircuits(Read[tuple[Circuit, ...]]):
    """Of parties that did not answer of late, in order of their ids; all others are closed."""


@dataclass(frozen=True, slots=True)
class ListEscalations(Read[tuple[Escalation, ...]]):
    """The steps taken for a delivery, in their order."""

    delivery_id: int
