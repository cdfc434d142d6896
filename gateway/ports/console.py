"""What the console reads: lists, one delivery with all that is kept about it, counts. It writes nothing here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.header import Action, ConversationId, MessageId
from contracts.party import Channel, PartyId
from dossier.erds.pack import Traced
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.delivery.escalation import Escalation
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.operations import Read
from gateway.ports.parties import Pause

MOST_SCANNED: Final = 4_000
"""Deliveries that one page looks at where no index knows all that it is narrowed to."""


NO_CODE: Final = "-"
"""Looked for as a code: those that have none."""


@dataclass(frozen=True, slots=True)
class InstantPeriod:
    """From an instant until another one, which is not in it; None for no bound."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundDeliveries:
    """One page. ``go_on_after``: where the next begins, None when there is none.

    A page may be short, even empty, and yet go on: so far was looked, and no further at once.
    """

    rows: tuple[DeliveryRow, ...]
    go_on_after: int | None


@dataclass(frozen=True, slots=True)
class EndedCount:
    """How many ended in the stretch of time that begins ``at``; ``took``: class of the time from making to end."""

    at: datetime
    state: DeliveryState
    took: int
    count: int


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Dead letters of one party with one cause; ``words``: of the newest. ``code``: "" where none was kept."""

    recipient: PartyId
    code: str
    count: int
    oldest_at: datetime
    newest_at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt. ``request_sha256``, ``response_sha256``: of the envelopes, which are kept byte for byte."""

    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    code: str | None
    detail: str | None
    http_status: int | None
    request_sha256: str | None
    response_sha256: str | None


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A receipt or an error signal that came by itself, with the envelope that brought it."""

    message_id: MessageId
    state: DeliveryState
    code: str | None
    detail: str | None
    at: datetime
    envelope_sha256: str | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What a person did to it, whether it worked or not."""

    at: datetime
    by: str
    act: str
    reason: str
    result: str


@dataclass(frozen=True, slots=True)
class DeliveryDetail:
    """One delivery and all that happened to it.

    ``held_by``: the one before it in its pair, for which it waits. ``left_out``: attempts between the first and the
    newest that are not listed.
    """

    row: DeliveryRow
    channel: Channel
    is_called: bool
    lease_until: datetime | None
    held_by: int | None
    tried: tuple[AttemptLine, ...]
    left_out: int
    signals: tuple[SignalRow, ...]
    audit: tuple[AuditRow, ...]
    escalations: tuple[Escalation, ...]
    circuit: Circuit | None
    pause: Pause | None


@dataclass(frozen=True, slots=True)
class TermCounts:
    """``due``: open ones that fall due until the given end. ``breached``: since the given start, still unmet."""

    due: int
    breached: int


@dataclass(frozen=True, slots=True)
class TraceDelivery(Read[Traced | None]):
    """Everything kept about the message that is delivered; None when there is no such delivery.

    Raises MalformedLedger when the ledger is broken.
    """

    delivery_id: int
    exchange: PartyId
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryQuery(Read[FoundDeliveries]):
    """Which deliveries are looked for; what is empty or None narrows nothing.

    ``number``: of a delivery, an appeal, a court case, a conversation or a message, whichever it is. ``made_before``:
    that instant included. ``ended``: when it ended; then the list goes by that. ``conversations``: only of these;
    ``ids``: only these. ``after``: the delivery_id at which the page before ended.

    A page, by number of delivery or by its end; it costs the same whatever was delivered before.
    """

    number: str = ""
    states: frozenset[DeliveryState] = frozenset()
    recipient: PartyId | None = None
    action: Action | None = None
    code: str = ""
    made_before: datetime | None = None
    made: InstantPeriod | None = None
    ended: InstantPeriod | None = None
    conversations: tuple[ConversationId, ...] = ()
    ids: tuple[int, ...] = ()
    oldest_first: bool = False
    after: int | None = None
    limit: int = 50
    most_scanned: int = MOST_SCANNED


@dataclass(frozen=True, slots=True)
class CountEnded(Read[tuple[EndedCount, ...]]):
    """What ended in the period, by stretches of ``width`` from 1970 on, states and classes; from one index."""

    period: InstantPeriod
    width: timedelta


@dataclass(frozen=True, slots=True)
class ListDeadGroups(Read[tuple[DeadGroup, ...]]):
    """Dead letters by party and cause, the group with the oldest first."""

    limit: int


@dataclass(frozen=True, slots=True)
class FindOldestOpen(Read[DeliveryRow | None]):
    """The oldest delivery that has not ended and that nobody parked."""


@dataclass(frozen=True, slots=True)
class LoadDelivery(Read[DeliveryDetail | None]):
    """One delivery and all that happened to it; None when there is none."""

    delivery_id: int


@dataclass(frozen=True, slots=True)
class LoadDeliveryVersion(Read[str | None]):
    """Words that differ whenever the delivery has moved; None when there is none."""

    delivery_id: int


@dataclass(frozen=True, slots=True)
class LoadEnvelope(Read[bytes | None]):
    """An envelope that went out or came in for this delivery; empty when retention took it."""

    delivery_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CountTerms(Read[TermCounts]):
    """How many fall due, and how many were let pass."""

    due_until: datetime
    breached_since: datetime
