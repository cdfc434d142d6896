"""The database behind the services.

Each method is one transaction. ``Conflict`` means: somebody wrote to the conversation since it was loaded; load and
decide again. Implementations batch calls of many tasks into one commit, so a method returns only after the commit
that carries it (promise 1: acknowledged means durably stored).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from contracts.header import ConversationId, MessageId
from contracts.party import Agreement, PartyId, Registry
from gateway.domain.delivery.escalation import Escalated
from gateway.domain.delivery.sharing import Terms
from gateway.domain.registry.revocation import RevocationCheck
from gateway.domain.retention import Erased, RetentionKind
from gateway.ports.alarms import Alarms
from gateway.ports.appeals import Listings
from gateway.ports.case import CaseWrite, ClaimedAssembly
from gateway.ports.causes import CauseWrites
from gateway.ports.deliveries import (
    AttemptRecord,
    ClaimedDelivery,
    Moved,
    MoveJob,
)
from gateway.ports.intake import Acceptance, RefusalRecord
from gateway.ports.ledger import SealWrite
from gateway.ports.nodes import Node
from gateway.ports.parties import SwitchJob
from gateway.ports.people.desk import DeskWrites
from gateway.ports.people.tokens import Tokens
from gateway.ports.people.users import Users
from gateway.ports.people.views import Views
from gateway.ports.results import AlreadyRecorded, Conflict, FenceLost, Recorded


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
    async def accept(self, acceptance: Acceptance) -> Recorded | Conflict | AlreadyRecorded: ...
    async def refuse(self, refusal: RefusalRecord) -> None: ...
    async def forget_requests(self, *, before: datetime) -> int:
        """Bytes of refused requests that came before; some hundreds at a time. Returns how many went."""
        ...

    # cases

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

    async def escalate(self, *, now: datetime, limit: int, terms: Terms = Agreement) -> tuple[Escalated, ...]:
        """Take the steps that are due, ``limit`` at most: a row each, once. Returns what people are to be told."""
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

    # retention

    async def erase_cases(
        self, ids: Sequence[ConversationId], before: datetime, *, by: str, reason: str, at: datetime
    ) -> Erased:
        """What people wrote in these cases; one that moved meanwhile stays as it is. One commit."""
        ...

    async def erase_rows(self, kept: RetentionKind, before: datetime, *, by: str, reason: str, at: datetime) -> Erased:
        """The next rows of this log, or of the desk, the oldest first. One commit."""
        ...

    # time
    async def write_case(self, write: CaseWrite) -> Recorded | Conflict: ...

    # assembly
    async def claim_assembly(self, *, now: datetime, lease_until: datetime) -> ClaimedAssembly | None: ...
    async def postpone_assembly(self, order: ClaimedAssembly, *, until: datetime) -> None:
        """Give the lease back: the order stays due, and nobody claims it before ``until``. Nothing once it was lost."""
        ...

    # ledger

    async def seal(self, write: SealWrite) -> Recorded | Conflict:
        """Positions, tiles, head and seal in one commit. Conflict: another sealer was first, or leaves changed."""
        ...

    async def add_token(self, tree_size: int, token: bytes, *, stamped_at: datetime) -> None:
        """Add the token to a seal that has none; one that has keeps its own."""
        ...

    # registry

    async def apply_registry(self, registry: Registry, *, by: str, at: datetime) -> int:
        """Write a new version (the value's own ``version`` is ignored); returns its number."""
        ...

    # revocation
    async def record_check(self, check: RevocationCheck) -> None: ...

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
