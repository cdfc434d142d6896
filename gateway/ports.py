"""What the services ask of the outside: one store, documents, connectors. Values cross, never rows or connections.

Each method is one transaction. ``Conflict`` means: somebody wrote to the conversation since it was loaded; load and
decide again. Implementations batch calls of many tasks into one commit, so a method returns only after the commit
that carries it (promise 1: acknowledged means durably stored).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import BinaryIO, Protocol

from contracts.header import Action, ConversationId, DocumentId, MessageId
from contracts.outcome import Outcome, Reach, Transmission
from contracts.party import Agreement, Party, PartyId, Registry
from contracts.payloads import ClaimKind
from dossier.events import Event, Fact
from dossier.ledger import LedgerEvidence, Seal, TreeHead
from dossier.record import KeptMessage
from gateway.domain.acts import Act
from gateway.domain.circuit import Circuit
from gateway.domain.delivery import DeliveryState
from gateway.domain.escalation import Escalated, Escalation
from gateway.domain.retention import Erased, Kept
from gateway.domain.revocation import KnownRevocation, RevocationCheck
from gateway.domain.sharing import Terms
from signing.answer import Inquiry
from signing.keys import Certificate
from signing.revocation import RevocationValues
from signing.timestamp import TimestampToken

# --- writing to a case ----------------------------------------------------------------------------------------------


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

    ``digest``: their SHA-256. ``documents``: what the recipient may read because this message names it.
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


@dataclass(frozen=True, slots=True)
class AssemblyDue:
    """A dossier to be assembled by the collector."""

    dossier_no: int
    court: PartyId
    claim: ClaimKind


@dataclass(frozen=True, slots=True)
class CaseWrite:
    """Everything one decision adds to one conversation.

    ``expected_seq``: last seq the decision was made on, 0 for a new conversation (then ``appeal_number`` and
    ``opened_by`` are set). TermOpened and the facts that close a term also maintain the terms table. A
    DossierFiled fact marks its assembly as filed.
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


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A fact that rests on nothing in the history: it becomes the conversation's next event, whichever that is."""

    conversation_id: ConversationId
    at: datetime
    actor: PartyId
    fact: Fact


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A verified message as recorded.

    ``envelope``: bytes as received; None for PutDocument (its content is kept as the document). ``answer``: operation
    bytes of our answer, sent again, freshly signed, for every repeat. ``answer_envelope``: the answer as it first
    goes out, signed: our receipt, kept with what it acknowledges.
    """

    sender: PartyId
    message_id: MessageId
    conversation_id: ConversationId | None
    ref_to_message_id: MessageId | None
    action: Action
    digest: str
    operation: bytes | None
    envelope: bytes | None
    answer: bytes
    received_at: datetime
    answer_envelope: bytes | None = None


@dataclass(frozen=True, slots=True)
class SignalRecord:
    """A receipt or error signal that a party sent through Acknowledge: ends the delivery of (sender, message_id).

    ``code`` and ``detail`` are set for an error signal.
    """

    message_id: MessageId
    state: DeliveryState  # ACKNOWLEDGED or REJECTED
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepted write: inbox key, message, what it ends and what it adds to its cases; one commit."""

    incoming: IncomingMessage
    cases: tuple[CaseWrite, ...] = ()
    signals: tuple[SignalRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """Written."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing was written: a conversation moved on, or a minted number was taken. Load and decide again."""


@dataclass(frozen=True, slots=True)
class AlreadyRecorded:
    """(sender, message_id) is known. Same digest: ``answer`` goes out again; other digest: refuse."""

    digest: str
    answer: bytes


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """A conversation as stored. ``registration`` is the operation bytes of RegisterAppeal."""

    conversation_id: ConversationId
    appeal_number: str
    opened_by: PartyId
    seq: int
    events: tuple[Event, ...]
    registration: bytes


@dataclass(frozen=True, slots=True)
class DueTerm:
    """An open term whose instant has passed."""

    conversation_id: ConversationId
    term_id: str


# --- deliveries -----------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class AttemptRecord:
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
class FenceLost:
    """The delivery was not moved: the lease was taken back meanwhile, or a signal ended it. The attempt is kept."""


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


# --- what people do to deliveries ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries an act is for; what is None narrows nothing. ``created_before``: that instant included."""

    recipient: PartyId | None = None
    state: DeliveryState | None = None
    appeal: str | None = None
    action: Action | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class MoveJob:
    """A named person acts on deliveries: on those with these numbers, or on the next of a selection.

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


# --- retention ------------------------------------------------------------------------------------------------------

Place = tuple[datetime, ConversationId]
"""Where a look at all cases goes on: they are looked at from the oldest on."""


# --- documents ------------------------------------------------------------------------------------------------------


class UploadProblem(StrEnum):
    """Why a part cannot be taken."""

    CONTRADICTS = "contradicts"  # other size, digest, names or parts than the first part of this upload said
    MISMATCH = "mismatch"  # the whole has another size or digest than announced; the upload is discarded
    UNFINISHED = "unfinished"  # one more would be more than its owner may have unfinished


@dataclass(frozen=True, slots=True)
class UploadQuota:
    """What one party may have begun and not finished. ``size_bytes``: as announced, of all of them."""

    uploads: int = 100
    size_bytes: int = 8 * 1024**3


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A complete document. Its bytes lie once by digest."""

    document_id: DocumentId
    owner: PartyId
    size: int
    sha256: str
    file_name: str
    media_type: str


# --- the dossier's turn ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimedAssembly:
    """An assembly under lease. ``ordered_at``: since when it is due."""

    conversation_id: ConversationId
    dossier_no: int
    court: PartyId
    claim: ClaimKind
    fence: int
    ordered_at: datetime


@dataclass(frozen=True, slots=True)
class RefusalRecord:
    """One refused request, for the log of refusals. No payload: ``request_sha256`` identifies the bytes.

    ``sender`` and ``message_id`` are what the request says of itself. ``signer``: the party whose signature it proved
    to carry, None for a stranger; ``digest`` is then that of the signed operation. ``answer``: our signed fault, which
    the store keeps for a signer, within bounds.
    """

    at: datetime
    path: str
    remote: str
    code: str
    detail: str
    sender: str | None
    message_id: str | None
    request_sha256: str
    size: int
    signer: PartyId | None = None
    digest: str | None = None
    answer: bytes | None = None


# --- the ledger -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Growth:
    """The tree that the next seal would close. ``leaf_ids``: in the order of their positions, from ``former`` on.

    ``former``: the newest head, whose root was computed anew from what is kept and found the same; None before the
    first. ``root``: with the new leaves.
    """

    former: TreeHead | None
    leaf_ids: tuple[int, ...]
    root: bytes

    @property
    def first_position(self) -> int:
        """Where the new leaves begin."""
        return self.former.tree_size if self.former else 0

    @property
    def tree_size(self) -> int:
        """With the new leaves."""
        return self.first_position + len(self.leaf_ids)


@dataclass(frozen=True, slots=True)
class LedgerBroken:
    """What is kept does not lead to the root that was signed: somebody changed the database. Nothing may be sealed."""

    detail: str


@dataclass(frozen=True, slots=True)
class SealWrite:
    """A seal over ``growth``, made while no transaction was open. Its token follows."""

    growth: Growth
    seal: Seal


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Where the ledger stands. ``oldest_unsealed_at``, ``oldest_tokenless_at``: None when nothing waits."""

    tree_size: int
    sealed_at: datetime | None
    stamped_size: int
    unsealed: int
    oldest_unsealed_at: datetime | None
    tokenless: int
    oldest_tokenless_at: datetime | None


# --- trouble --------------------------------------------------------------------------------------------------------


class Unavailable(Exception):
    """What keeps messages or documents cannot be used now; nothing was kept, and the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class StoreLoad:
    """``waiting``: callers whose commit is to come. ``stalled``: for how long none of them has got an answer."""

    waiting: int
    stalled: timedelta


# --- nodes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """A process that serves, as it says of itself. ``schema_step``: the newest that its release knows."""

    name: str
    host: str
    pid: int
    version: str
    schema_step: str
    started_at: datetime
    draining: bool = False


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as others see it. ``silent_for``: by the clock of the database."""

    node: Node
    leads: tuple[str, ...]
    last_seen_at: datetime
    silent_for: timedelta


# --- the ports ------------------------------------------------------------------------------------------------------


class Store(Protocol):
    """The database behind the services; SQLite and PostgreSQL pass one conformance suite."""

    # intake
    async def find_answer(self, sender: PartyId, message_id: MessageId) -> AlreadyRecorded | None: ...
    async def accept(self, acceptance: Acceptance) -> Recorded | Conflict | AlreadyRecorded: ...
    async def refuse(self, refusal: RefusalRecord) -> None: ...

    # cases
    async def load_case(self, conversation_id: ConversationId) -> Case | None: ...
    async def find_conversation(self, appeal_number: str) -> ConversationId | None: ...
    async def messages_of(self, conversation_id: ConversationId) -> tuple[KeptMessage, ...]: ...
    async def salts_of(self, conversation_id: ConversationId) -> tuple[SaltedSubject, ...]: ...
    async def record_access(self, reader: PartyId, what: str, subject: str, at: datetime) -> None: ...

    # deliveries
    async def claim(
        self, *, now: datetime, limit: int, lease_until: datetime, terms: Terms = Agreement
    ) -> Sequence[ClaimedDelivery]:
        """Due deliveries of push parties, heads of their (recipient, conversation) only, by priority and age.

        A batch is shared evenly among parties, within what ``terms`` allow each of them on all nodes together. One
        whose circuit is open gets nothing; once its rest is over, one delivery as probe.
        """
        ...

    async def next_due(self, *, now: datetime) -> datetime | None:
        """When a claim may next find something: in the past if it may now; None when nothing waits for a push party."""
        ...

    async def circuits(self) -> tuple[Circuit, ...]:
        """Of parties that did not answer of late, in order of their ids; all others are closed."""
        ...

    async def escalate(self, *, now: datetime, limit: int, terms: Terms = Agreement) -> tuple[Escalated, ...]:
        """Take the steps that are due, ``limit`` at most: a row each, once. Returns what people are to be told."""
        ...

    async def escalations_of(self, delivery_id: int) -> tuple[Escalation, ...]:
        """The steps taken for a delivery, in their order."""
        ...

    async def fetch(
        self, recipient: PartyId, *, request: MessageId, now: datetime, limit: int, lease_until: datetime
    ) -> tuple[Sequence[ClaimedDelivery], int]:
        """The mailbox: the batch leased to this request and not yet over, else a new one; state DELIVERED.

        Also returns how many more wait, counted up to 1,000; 1,001 stands for more. The same ``request`` again
        returns its batch with the old ``lease_until``; another one never gets what is leased.
        """
        ...

    async def give_back(self, claims: Sequence[ClaimedDelivery]) -> int:
        """Leases whose attempt was never begun: due again at once, uncounted. Returns how many were still held."""
        ...

    async def record(self, attempt: AttemptRecord) -> Recorded | Conflict | FenceLost: ...
    async def keep_attempts(self, attempts: Sequence[AttemptRecord]) -> None:
        """Attempts with what went over the wire, moving nothing: the mailbox's, and one that found no free case."""
        ...

    async def take_back(self, *, now: datetime, lease: timedelta) -> int:
        """After the clock was set back: what it dated while it was ahead waits no longer than was meant.

        A bounded number at a time; returns how many deliveries.
        """
        ...

    async def rescue(self, *, now: datetime) -> int:
        """Expired leases and overdue receipts go back to RETRY_SCHEDULED, due now. Returns how many."""
        ...

    async def find_delivery(self, recipient: PartyId, message_id: MessageId) -> DeliveryRow | None: ...
    async def deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        recipient: PartyId | None = None,
        appeal: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> tuple[DeliveryRow, ...]:
        """Newest first; ``before`` is the delivery_id to go on from (keyset paging)."""
        ...

    async def attempts_of(self, delivery_id: int) -> tuple[AttemptRow, ...]: ...
    async def move(self, job: MoveJob) -> Moved:
        """A person resends, parks, releases or cancels; at most 1,000 of a selection in one commit.

        Each delivery gets a line in the audit log, also one that is refused. An attempt in hand of one that is
        parked or cancelled meanwhile is kept; a signed answer that it brings still ends what is not final.
        """
        ...

    async def backlog(self) -> tuple[Backlog, ...]:
        """Parties for which something is open, the one with the oldest first."""
        ...

    async def count_movable(self, act: Act, of: tuple[int, ...] | Selection) -> int:
        """How many deliveries the act would move."""
        ...

    # retention
    async def cases_over(
        self, before: datetime, after: Place | None
    ) -> tuple[tuple[ConversationId, ...], Place | None]:
        """Cases that are over and quiet since ``before``, among the next ones; and where to go on, None at the end."""
        ...

    async def erase_cases(
        self, ids: Sequence[ConversationId], before: datetime, *, by: str, reason: str, at: datetime
    ) -> Erased:
        """What people wrote in these cases; one that moved meanwhile stays as it is. One commit."""
        ...

    async def count_old(self, kept: Kept, before: datetime) -> int:
        """How many rows of this log are to be erased."""
        ...

    async def erase_rows(self, kept: Kept, before: datetime, *, by: str, reason: str, at: datetime) -> Erased:
        """The next rows of this log, the oldest first. One commit."""
        ...

    # time
    async def due_terms(self, *, now: datetime, limit: int) -> tuple[DueTerm, ...]: ...
    async def write_case(self, write: CaseWrite) -> Recorded | Conflict: ...

    # assembly
    async def claim_assembly(self, *, now: datetime, lease_until: datetime) -> ClaimedAssembly | None: ...
    async def postpone_assembly(self, order: ClaimedAssembly, *, until: datetime) -> None:
        """Give the lease back: the order stays due, and nobody claims it before ``until``. Nothing once it was lost."""
        ...

    # ledger
    async def growth(self, *, limit: int) -> Growth | LedgerBroken | None:
        """What the next seal would close, ``limit`` leaves at most; None when every leaf is sealed."""
        ...

    async def seal(self, write: SealWrite) -> Recorded | Conflict:
        """Positions, tiles, head and seal in one commit. Conflict: another sealer was first, or leaves changed."""
        ...

    async def tokenless_seals(self, *, limit: int) -> tuple[Seal, ...]:
        """Seals that still want a time-stamp token, oldest first."""
        ...

    async def add_token(self, tree_size: int, token: bytes, *, stamped_at: datetime) -> None:
        """Add the token to a seal that has none; one that has keeps its own."""
        ...

    async def ledger_evidence(self, conversation_id: ConversationId, up_to_seq: int) -> LedgerEvidence | None:
        """Proofs for all events up to ``up_to_seq`` under one seal, the newest with a token that covers them.

        Without such a one, under the newest that covers them; None when none does yet, or what is kept is broken.
        """
        ...

    async def ledger_status(self) -> LedgerStatus: ...

    # registry
    async def load_registry(self) -> Registry: ...
    async def registry_version(self) -> int: ...
    async def parties_ever(self, party_ids: Iterable[PartyId]) -> tuple[Party, ...]:
        """Each as the newest version that has it says, with every certificate it ever had.

        What a party signed stays signed, also after its key was replaced or it left.
        """
        ...

    async def apply_registry(self, registry: Registry, *, by: str, at: datetime) -> int:
        """Write a new version (the value's own ``version`` is ignored); returns its number."""
        ...

    # revocation
    async def record_check(self, check: RevocationCheck) -> None: ...
    async def known_revocations(self) -> tuple[KnownRevocation, ...]: ...
    async def revocation_values_of(self, certificates: Iterable[str]) -> RevocationValues:
        """Kept answers, the newest good and the newest revoked, about each certificate (SHA-256, hex)."""
        ...

    def load(self) -> StoreLoad:
        """How hard it is at work; known without asking the database."""
        ...

    # nodes
    async def enter(self, node: Node) -> None:
        """The node is there from now on. Raises NodeNameTaken while another one has its name."""
        ...

    async def beat(self, node: Node) -> None:
        """The node is still there; said every few seconds, or it counts as gone and leads nothing any more."""
        ...

    async def leave(self, name: str) -> None:
        """The node is gone; others lead at once what it led."""
        ...

    async def nodes(self) -> tuple[NodeRow, ...]: ...
    async def lead(self, name: str) -> bool:
        """Whether this process, and no other node, does ``name`` now. Asked before each piece of work.

        False also while the database is away. An embedded store has one process, which leads all.
        """
        ...

    async def follow(self, name: str) -> None:
        """Do ``name`` no more; another node may lead it at once."""
        ...

    def on_work(self, ring: Callable[[], None]) -> None:
        """``ring`` is called in the running loop after any node committed something claimable.

        It may be called for nothing; a call that is missed costs an idle interval.
        """
        ...

    def on_seal_wanted(self, ring: Callable[[], None]) -> None:
        """The same for dossiers that wait for the seal of the ledger."""
        ...

    def want_seal(self) -> None:
        """A dossier waits for the seal: call whoever seals, here or elsewhere."""
        ...

    async def check(self) -> str:
        """One cheap read; returns the store's name and version. Raises StoreUnavailable."""
        ...

    async def close(self) -> None: ...


class Documents(Protocol):
    """Documents: rows in the store, bytes on disk once by digest."""

    async def put_part(
        self,
        *,
        owner: PartyId,
        upload_id: str,
        part: int,
        parts: int,
        size: int,
        sha256: str,
        file_name: str,
        media_type: str,
        content: bytes,
        document_id: DocumentId,
        at: datetime,
    ) -> tuple[DocumentId, bool] | UploadProblem:
        """Keep one part, durable on return; repeating a part is harmless.

        Returns the upload's id (``document_id`` is used only for its first part) and whether the document is
        complete now.
        """
        ...

    async def discard_leftovers(self, prefix: str) -> int:
        """Remove bytes that no document has and that nobody put for days: what a crash left between bytes and row.

        Of one 256th, by the first two hex digits of the digest. Returns how many.
        """
        ...

    async def discard_lost(self, *, limit: int) -> int:
        """Remove bytes of documents that were erased, unless they came anew. Returns how many were settled."""
        ...

    async def discard_uploads(self, *, before: datetime, limit: int) -> int:
        """Forget uploads begun before and not finished, rows and bytes, so many at most. Returns how many."""
        ...

    async def find(self, document_ids: Sequence[DocumentId]) -> dict[DocumentId, StoredDocument]: ...
    async def granted(self, party: PartyId, document_ids: Sequence[DocumentId]) -> frozenset[DocumentId]: ...
    async def read(self, document_id: DocumentId, *, offset: int, length: int) -> bytes: ...
    def open(self, document: StoredDocument) -> BinaryIO:
        """Open a complete document for reading; blocking, for use in a thread. The caller closes it."""
        ...

    async def add_file(
        self, *, owner: PartyId, path: str, file_name: str, media_type: str, document_id: DocumentId, at: datetime
    ) -> StoredDocument:
        """Take over a finished file (a dossier): moved, not copied, hashed once."""
        ...


@dataclass(frozen=True, slots=True)
class OutgoingEnvelope:
    """What a connector sends: signed bytes, and what the answer must name."""

    party: Party
    agreement: Agreement
    message_id: MessageId
    digest: str
    envelope: bytes


class Connector(Protocol):
    """Speaks to one kind of party. Never raises for what the peer or the network does: that is an Outcome."""

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome: ...


class TimestampAuthority(Protocol):
    """Whoever stamps time for us; behind it may stand several authorities."""

    async def stamp(self, digest: bytes) -> TimestampToken:
        """A trusted token over a SHA-256 digest (32 bytes). Raises TimestampUnavailable in bounded time."""
        ...

    def is_away(self) -> bool:
        """Whether everyone who could give one failed a moment ago: ``stamp`` would raise at once."""
        ...


class RevocationAuthorities(Protocol):
    """Those who can say whether a certificate was revoked. Never raises for what they or the network do."""

    async def ask(self, certificate: Certificate, issuer: Certificate) -> Inquiry: ...
