"""The database behind the services.

Each method is one transaction. ``Conflict`` means: somebody wrote to the conversation since it was loaded; load and
decide again. Implementations batch calls of many tasks into one commit, so a method returns only after the commit
that carries it (promise 1: acknowledged means durably stored).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from contracts.header import ConversationId, MessageId
from contracts.party import Agreement, Party, PartyId, Registry
from dossier.case.record import KeptMessage
from dossier.ledger.merkle import LedgerEvidence, Seal
from dossier.procedure.decision import Resembling
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.delivery.escalation import Escalated, Escalation
from gateway.domain.delivery.sharing import Terms
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.registry.revocation import KnownRevocation, RevocationCheck
from gateway.domain.retention import Erased, RetentionKind
from gateway.ports.alarms import Alarms
from gateway.ports.appeals import Listings
from gateway.ports.case import Case, CaseWrite, ClaimedAssembly, DueTerm, OpenTerms, Place, SaltedSubject
from gateway.ports.causes import CauseWrites
from gateway.ports.deliveries import (
    AttemptRecord,
    AttemptRow,
    Backlog,
    ClaimedDelivery,
    DeliveryRow,
    Moved,
    MoveJob,
    Selection,
)
from gateway.ports.desk import DeskWrites, Incident
from gateway.ports.intake import Acceptance, RefusalRecord, SketchedReply
from gateway.ports.ledger import Growth, LedgerBroken, LedgerStatus, SealWrite
from gateway.ports.nodes import Node, NodeRow
from gateway.ports.parties import LastContacts, Pause, SwitchJob
from gateway.ports.results import AlreadyRecorded, Conflict, FenceLost, Recorded
from gateway.ports.tokens import Tokens
from gateway.ports.users import Users
from gateway.ports.views import Views
from signing.trust.revocation import RevocationValues


class Unavailable(Exception):
    """What keeps messages or documents cannot be used now; nothing was kept, and the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class StoreLoad:
    """``waiting``: callers whose commit is to come. ``stalled``: for how long none of them has got an answer."""

    waiting: int
    stalled: timedelta


class Store(Users, Tokens, Listings, Views, Alarms, DeskWrites, CauseWrites, Protocol):
    """The database behind the services; SQLite and PostgreSQL pass one conformance suite."""

    # intake
    async def find_answer(self, sender: PartyId, message_id: MessageId) -> AlreadyRecorded | None: ...
    async def accept(self, acceptance: Acceptance) -> Recorded | Conflict | AlreadyRecorded: ...
    async def refuse(self, refusal: RefusalRecord) -> None: ...
    async def forget_requests(self, *, before: datetime) -> int:
        """Bytes of refused requests that came before; some hundreds at a time. Returns how many went."""
        ...

    async def incidents_by(self, number: str) -> tuple[Incident, ...]:
        """By its number, its thread, or the message that reported it or that it is about; the newest ten."""
        ...

    # cases
    async def load_case(self, conversation_id: ConversationId) -> Case | None: ...
    async def find_conversation(self, appeal_number: str) -> ConversationId | None: ...
    async def replies_like(self, reply: SketchedReply) -> Resembling:
        """Earlier replies of the body in other appeals that are nearly identical: how many, and the newest 20 appeals.

        Counted up to 500. One that is being written at this moment may be missed.
        """
        ...

    async def messages_of(self, conversation_id: ConversationId) -> tuple[KeptMessage, ...]: ...
    async def salts_of(self, conversation_id: ConversationId) -> tuple[SaltedSubject, ...]: ...
    async def record_access(
        self, reader: PartyId, what: str, subject: str, at: datetime, *, about: str | None = None
    ) -> None:
        """Somebody read something; ``about``: number of the appeal that it is about."""
        ...

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

    async def switch_party(self, job: SwitchJob) -> str | None:
        """Pause a party or resume it; what stands against it in words, None when it is done.

        While it is paused nothing new is claimed for it nor handed out of its mailbox; what is in hand finishes.
        """
        ...

    async def pauses(self) -> tuple[Pause, ...]:
        """Of all parties that are paused now, in order of their ids."""
        ...

    async def last_contacts(self) -> LastContacts: ...
    async def backlog(self) -> tuple[Backlog, ...]:
        """Parties for which something is open, the one with the oldest first."""
        ...

    async def count_movable(self, act: Act, of: tuple[int, ...] | Selection, most: int | None = None) -> int:
        """How many deliveries the act would move; counted up to ``most`` of a selection."""
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

    async def count_old(self, kept: RetentionKind, before: datetime) -> int:
        """How many rows of this log, or of the desk, are to be erased."""
        ...

    async def erase_rows(self, kept: RetentionKind, before: datetime, *, by: str, reason: str, at: datetime) -> Erased:
        """The next rows of this log, or of the desk, the oldest first. One commit."""
        ...

    # time
    async def due_terms(self, *, now: datetime, limit: int) -> tuple[DueTerm, ...]: ...
    async def open_terms(self, *, now: datetime) -> OpenTerms: ...
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
