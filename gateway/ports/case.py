"""What is written to a case and read of it, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.header import Action, ConversationId, DocumentId, MessageId
from contracts.party import PartyId
from contracts.payloads import ClaimKind
from dossier.case.events import Event, Fact
from dossier.case.record import KeptMessage
from dossier.erds.pack import Traced
from gateway.domain.retention import Erased, RetentionKind
from gateway.domain.trace import TraceContext
from gateway.ports.operations import Read, Write
from gateway.ports.results import Conflict, Recorded


@dataclass(frozen=True, slots=True)
class SaltedSubject:
    """Something the facts of one write rest on, committed to with its own 32-byte salt.

    ``content_sha256`` is the plain digest (hex) of the message's operation bytes or of the document.
    """

    subject: str
    content_sha256: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message of the exchange with its delivery. ``operation``: canonical bytes of the signed operation element.

    ``digest``: their SHA-256. ``documents``: what the recipient may read because this message names it. ``trace``: of
    what caused it, where traces are on; the delivery goes on with it on whichever node, also after a restart.
    """

    message_id: MessageId
    conversation_id: ConversationId
    ref_to_message_id: MessageId | None
    recipient: PartyId
    action: Action
    operation: bytes
    digest: str
    created_at: datetime
    priority: int
    documents: tuple[DocumentId, ...]
    trace: TraceContext | None = None


@dataclass(frozen=True, slots=True)
class AssemblyDue:
    """A dossier to be assembled by the collector. ``trace``: of what ordered it."""

    dossier_no: int
    court: PartyId
    claim: ClaimKind
    trace: TraceContext | None = None


@dataclass(frozen=True, slots=True)
class CaseWrite(Write[Recorded | Conflict]):
    """Everything one decision adds to one conversation.

    ``expected_seq``: last seq the decision was made on, 0 for a new conversation (then ``appeal_number`` and
    ``opened_by`` are set). TermOpened and the facts that close a term also maintain the terms table. A
    DossierFiled fact marks its assembly as filed. ``happened_at``: of each fact, where another system told of it
    later (``Event.happened_at``); empty where all is recorded as it happens.
    """

    conversation_id: ConversationId
    expected_seq: int
    at: datetime
    actor: PartyId
    message_id: MessageId | None
    facts: tuple[Fact, ...]
    salted: tuple[SaltedSubject, ...]
    messages: tuple[OutgoingMessage, ...]
    assembly: AssemblyDue | None = None
    appeal_number: str | None = None
    opened_by: PartyId | None = None
    happened_at: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A fact that rests on nothing in the history: it becomes the conversation's next event, whichever that is."""

    conversation_id: ConversationId
    at: datetime
    actor: PartyId
    fact: Fact


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation as stored. ``registration`` is the operation bytes of RegisterAppeal.

    ``spoken``: the operations that later decisions rest on (disagreements, acts, added documents), as they came.
    """

    conversation_id: ConversationId
    appeal_number: str
    opened_by: PartyId
    seq: int
    events: tuple[Event, ...]
    registration: bytes
    spoken: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class DueTerm:
    """An open term of which an instant has passed: the one to remind at, or the due one."""

    conversation_id: ConversationId
    term_id: str


@dataclass(frozen=True, slots=True)
class OpenTerms:
    """Terms that a person should know of, each counted up to ``COUNTED_TERMS``; one more stands for more.

    ``near``: due within a day. ``overdue``: past, and nobody has acted on that yet. ``breached``: missed, and still not
    met.
    """

    near: int
    overdue: int
    breached: int


COUNTED_TERMS = 10_000


@dataclass(frozen=True, slots=True)
class UnroutedRow:
    """An appeal that no route fitted: what a route is missing for, and who got it on duty."""

    appeal_number: str
    at: datetime
    subject: str
    kato: str
    duty_body: PartyId


@dataclass(frozen=True, slots=True)
class ClaimedAssembly:
    """An assembly under lease. ``ordered_at``: since when it is due."""

    conversation_id: ConversationId
    dossier_no: int
    court: PartyId
    claim: ClaimKind
    fence: int
    ordered_at: datetime
    trace: TraceContext | None = None


Place = tuple[datetime, ConversationId]
"""Where a look at all cases goes on: they are looked at from the oldest on."""


@dataclass(frozen=True, slots=True)
class ClaimAssembly(Write[ClaimedAssembly | None]):
    """The oldest due dossier that nobody holds."""

    now: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class PostponeAssembly(Write[None]):
    """Give the lease back: the order stays due, and nobody claims it before ``until``. Nothing once it was lost."""

    order: ClaimedAssembly
    until: datetime


@dataclass(frozen=True, slots=True)
class EraseCases(Write[Erased]):
    """What people wrote in these cases, if they are still quiet since ``before``; one that moved stays as it is."""

    ids: Sequence[ConversationId]
    before: datetime
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EraseRows(Write[Erased]):
    """The next rows of this log, or of the desk, the oldest first."""

    kept: RetentionKind
    before: datetime
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoadCase(Read[Case | None]):
    """The conversation with its whole history; None when there is none."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class FindConversation(Read[ConversationId | None]):
    """By the number of its appeal."""

    appeal_number: str


@dataclass(frozen=True, slots=True)
class ListMessages(Read[tuple[KeptMessage, ...]]):
    """What was said in the conversation, as kept, in order."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class ListSalts(Read[tuple[SaltedSubject, ...]]):
    """What the facts of the conversation rest on."""

    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class FindCasesOver(Read[tuple[tuple[ConversationId, ...], Place | None]]):
    """Cases that are over and quiet since ``before``, among the next ones; and where to go on, None at the end."""

    before: datetime
    after: Place | None


@dataclass(frozen=True, slots=True)
class CountOld(Read[int]):
    """How many rows of this log, or of the desk, are to be erased."""

    kept: RetentionKind
    before: datetime


@dataclass(frozen=True, slots=True)
class ListSenders(Read[tuple[PartyId, ...]]):
    """Who sent, or proved to have sent, a message with this id."""

    message_id: MessageId
    exchange: PartyId


@dataclass(frozen=True, slots=True)
class TraceQuery(Read[Traced | None]):
    """Whose message, and as of when the record is made. ``exchange``: the party id of this exchange.

    Everything kept about one message; None when nothing is.
    """

    sender: PartyId
    message_id: MessageId
    exchange: PartyId
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ListDueTerms(Read[tuple[DueTerm, ...]]):
    """Open terms whose instant has passed."""

    now: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class CountOpenTerms(Read[OpenTerms]):
    """Terms that a person should know of, counted."""

    now: datetime


@dataclass(frozen=True, slots=True)
class ListUnrouted(Read[tuple[UnroutedRow, ...]]):
    """Appeals that fell to the duty body, newest first; ``before``: the one to go on from (keyset paging)."""

    limit: int
    before: ConversationId | None = None
