"""The store behind the ports: values in, values out.

Reads run in a few threads, writes go through the group-committing writer. ``open_store`` is for the process that
serves, ``open_reader`` for a command line beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Engine, text

from contracts.header import ConversationId, MessageId
from contracts.party import Agreement, PartyId, Registry
from gateway.domain.alarms.rule import Change
from gateway.domain.delivery.escalation import Escalated
from gateway.domain.delivery.sharing import Terms
from gateway.domain.registry.revocation import RevocationCheck
from gateway.domain.retention import Erased, RetentionKind
from gateway.ports.alarms import (
    AckJob,
    LedgerWalk,
    Letter,
    LetterResult,
    WalkStep,
    WatchJob,
)
from gateway.ports.appeals import (
    ListingWrite,
)
from gateway.ports.case import (
    Case,
    CaseWrite,
    ClaimedAssembly,
    LoadCase,
)
from gateway.ports.deliveries import (
    AttemptRecord,
    ClaimedDelivery,
    Moved,
    MoveJob,
)
from gateway.ports.intake import Acceptance, RefusalRecord
from gateway.ports.ledger import SealWrite
from gateway.ports.nodes import Node
from gateway.ports.operations import Read
from gateway.ports.parties import SwitchJob
from gateway.ports.people.desk import IncidentJob, NoteChange, NoteWrite, SeverityJob
from gateway.ports.people.tokens import RefusedToken, Request, StoredAnswer, TokenChange
from gateway.ports.people.users import AuditNote, FailedLogin, NewSession, UserChange
from gateway.ports.people.views import ForgetView, SaveView
from gateway.ports.results import AlreadyRecorded, Conflict, FenceLost, Recorded
from gateway.ports.store import StoreLoad
from gateway.store import cases, deliveries, engine, ledger, people, reads, registry, retention
from gateway.store.cases import assembly as assembly_rows
from gateway.store.cases import intake, load, mailbox, refused_requests
from gateway.store.cases import listing as listing_rows
from gateway.store.cases import write as history
from gateway.store.deliveries import abandoned, give_back, outbox, set_back
from gateway.store.deliveries import attempts as attempt_rows
from gateway.store.deliveries import claims as claim_rows
from gateway.store.deliveries import escalations as escalation_rows
from gateway.store.deliveries import held as held_rows
from gateway.store.deliveries import moves as move_rows
from gateway.store.deliveries import pauses as pause_rows
from gateway.store.engine import node_rows
from gateway.store.engine.connect import is_sqlite, reading_engine, sqlite_path, writing_engine
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.failures import is_disconnect, translated
from gateway.store.engine.group_read import GroupRead
from gateway.store.engine.lock import StoreLock
from gateway.store.engine.migrate import migrate, require_current
from gateway.store.engine.nodes import NodeConnections, Peers
from gateway.store.engine.operations import QUERIES
from gateway.store.engine.presence import NAME_LOCK
from gateway.store.engine.wake import WakeCall, WakeEvents
from gateway.store.engine.writer import Operation, Writer
from gateway.store.ledger import sealing as ledger_rows
from gateway.store.ledger.leaves import forget_staged, write_staged
from gateway.store.people import accounts as account_rows
from gateway.store.people import sessions as session_rows
from gateway.store.people import tokens as token_rows
from gateway.store.reads import alarm_facts, alarm_letters
from gateway.store.reads import alarms as alarm_rows
from gateway.store.reads import causes as cause_rows
from gateway.store.reads import incidents as incident_rows
from gateway.store.reads import notes as note_rows
from gateway.store.reads import reports as report_rows
from gateway.store.reads import views as view_rows
from gateway.store.registry import revocation as revocation_rows
from gateway.store.registry import versions as registry_rows
from gateway.store.retention import case_erasure, desk_erasure, erasure, log_erasure

P = ParamSpec("P")
J = TypeVar("J")
R = TypeVar("R")

for _room in (cases, deliveries, engine, ledger, people, reads, registry, retention):
    for _module in iter_modules(_room.__path__, f"{_room.__name__}."):
        import_module(_module.name)  # binds its functions to their operations

_READERS: Final = 4
_MOST_WRITERS: Final = 2  # one gathers while the other commits; with more of them batches are small, and cost more
_WINDOW: Final = timedelta(milliseconds=5)
_EXCHANGE: Final = PartyId("dalel")
_UNNAMED: Final = NodeConnections()


class SqlReader:
    """The reading half. Each call sees one moment: what was committed before it, whole."""

    def __init__(self, engine: Engine, *, readers: int = _READERS) -> None:
        self._reading = engine
        self._pool = ThreadPoolExecutor(readers, thread_name_prefix="store-reader")
        self._cases = GroupRead(lambda ids: self.read(load.load_cases, ids), window=_WINDOW)
        self._closed = False

    async def run(self, operation: Read[R]) -> R:
        """Carry out what the operation asks for, in a reader's thread. Raises StoreError."""
        if isinstance(operation, LoadCase):
            return cast("R", await self._load_case(operation.conversation_id))
        return cast("R", await self.read(QUERIES[type(operation)], operation))

    async def _load_case(self, conversation_id: ConversationId) -> Case | None:
        rows = await self._cases.of(conversation_id)
        return None if rows is None else load.case_of(rows)

    async def read(self, query: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run ``query`` in a reader's thread. Raises StoreError."""
        if self._closed:
            raise StoreUnavailable("the store is closed")

        def call() -> R:
            return _in_transaction(self._reading, lambda connection: query(connection, *args, **kwargs))

        loop = asyncio.get_running_loop()
        try:
            try:
                return await loop.run_in_executor(self._pool, call)
            except Exception as failed:
                if not is_disconnect(failed):
                    raise
                return await loop.run_in_executor(self._pool, call)  # reading twice is harmless
        except Exception as failed:
            if (known := translated(failed)) is failed:
                raise
            raise known from failed

    async def check(self) -> str:
        return await self.read(_name_and_version)

    async def close(self) -> None:
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)
        self._reading.dispose()


class SqlStore(SqlReader):
    """``gateway.ports.store.Store``. ``exchange`` is who sends and receives here: the party id of this exchange."""

    def __init__(
        self,
        reading: Engine,
        writing: Engine,
        writer: Writer,
        lock: StoreLock | None,
        peers: Peers,
        *,
        exchange: PartyId,
        readers: int,
    ) -> None:
        super().__init__(reading, readers=readers)
        self._writing = writing
        self._writer = writer
        self._lock = lock
        self._orphans_after = 0
        self._peers = peers
        self._accept: Operation[Acceptance, intake.Accepted] = partial(intake.accept, exchange=exchange)
        self._record: Operation[AttemptRecord, attempt_rows.RecordResult] = partial(
            attempt_rows.record, exchange=exchange
        )
        self._write_case: Operation[CaseWrite, Recorded | Conflict] = partial(history.write_admitted, exchange=exchange)

    @property
    def commits(self) -> int:
        """How many transactions were committed since the store was opened."""
        return self._writer.commits

    def load(self) -> StoreLoad:
        return self._writer.load()

    async def enter(self, node: Node) -> None:
        """The node is there from now on. Raises NodeNameTaken, StoreUnavailable."""
        await self._peers.claim_name(node.name)
        await self.write(node_rows.enter, node)

    async def beat(self, node: Node) -> None:
        """The node is still there. Raises StoreUnavailable."""
        job = (node, self._peers.leads)
        if presence := self._peers.presence:
            await presence.lead(NAME_LOCK + node.name)  # once more: the connection may be another one than before
            await presence.run(lambda connection: node_rows.beat(connection, [job]))
        else:
            await self.write(node_rows.beat, job)

    async def leave(self, name: str) -> None:
        """The node is gone; others lead at once what it led. Raises StoreUnavailable."""
        await self.write(node_rows.leave, name)
        await self._peers.resign()

    async def lead(self, name: str) -> bool:
        """Whether this process, and no other node, does ``name`` now; asked before each piece of work."""
        return await self._peers.lead(name)

    async def follow(self, name: str) -> None:
        """Do ``name`` no more; another node may lead it at once."""
        await self._peers.follow(name)

    def on_work(self, ring: Callable[[], None]) -> None:
        """``ring`` is called in the running loop when any node made something claimable, and now and then besides."""
        self._peers.hear(WakeCall.WORK, ring)

    def on_seal_wanted(self, ring: Callable[[], None]) -> None:
        """``ring`` is called in the running loop when any node has a dossier that waits for the ledger's seal."""
        self._peers.hear(WakeCall.SEAL, ring)

    def want_seal(self) -> None:
        """Call whoever seals, here or elsewhere."""
        self._peers.call(WakeCall.SEAL)

    async def write(self, operation: Operation[J, R], job: J) -> R:
        """Returns after the commit that carries ``job``. Raises StoreError; then nothing of it was written."""
        return await self._writer.run(operation, job)

    async def accept(self, acceptance: Acceptance) -> Recorded | Conflict | AlreadyRecorded:
        return await self.write(self._accept, acceptance)

    async def refuse(self, refusal: RefusalRecord) -> None:
        await self.write(intake.refuse, refusal)

    async def forget_requests(self, *, before: datetime) -> int:
        return await self.write(refused_requests.forget, before)

    async def record_access(
        self, reader: PartyId, what: str, subject: str, at: datetime, *, about: str | None = None
    ) -> None:
        await self.write(intake.record_access, (reader, what, subject, at, about))

    async def claim(
        self, *, now: datetime, limit: int, lease_until: datetime, terms: Terms = Agreement
    ) -> Sequence[ClaimedDelivery]:
        deeper = 1
        while prospect := await self.read(claim_rows.look, now, limit, terms):
            job = claim_rows.ClaimJob(now, limit, lease_until, terms, prospect, deeper)
            claimed = await self.write(claim_rows.claim, job)
            if claimed.deliveries or not claimed.held:
                return claimed.deliveries
            deeper *= 4
        return []

    async def escalate(self, *, now: datetime, limit: int, terms: Terms = Agreement) -> tuple[Escalated, ...]:
        if not await self.read(escalation_rows.has_due, now, terms):
            return ()
        return await self.write(escalation_rows.escalate, escalation_rows.EscalateJob(now, limit, terms))

    async def fetch(
        self, recipient: PartyId, *, request: MessageId, now: datetime, limit: int, lease_until: datetime
    ) -> tuple[Sequence[ClaimedDelivery], int]:
        if await self.read(mailbox.is_empty, recipient, request, now):
            return [], 0
        return await self.write(mailbox.fetch, mailbox.FetchJob(recipient, request, now, limit, lease_until))

    async def give_back(self, claims: Sequence[ClaimedDelivery]) -> int:
        return await self.write(give_back.give_back, claims) if claims else 0

    async def record(self, attempt: AttemptRecord) -> Recorded | Conflict | FenceLost:
        return await self.write(self._record, attempt)

    async def keep_attempts(self, attempts: Sequence[AttemptRecord]) -> None:
        if attempts:
            await self.write(attempt_rows.keep_attempts, attempts)

    async def take_back(self, *, now: datetime, lease: timedelta) -> int:
        return await self.write(set_back.take_back, set_back.SetBackJob(now, lease))

    async def rescue(self, *, now: datetime) -> int:
        ended, self._orphans_after = await self.read(held_rows.orphans, self._orphans_after)
        if ended:
            await self.write(held_rows.free_orphans, ended)
        if not await self.read(outbox.has_overdue, now):
            return 0
        return await self.write(outbox.rescue, now)

    async def erase_cases(
        self, ids: Sequence[ConversationId], before: datetime, *, by: str, reason: str, at: datetime
    ) -> Erased:
        why = erasure.ErasureReason(by, reason, at)
        return await self.write(case_erasure.erase_cases, case_erasure.CaseJob(tuple(ids), before, why))

    async def erase_rows(self, kept: RetentionKind, before: datetime, *, by: str, reason: str, at: datetime) -> Erased:
        why = erasure.ErasureReason(by, reason, at)
        if kept is RetentionKind.DESK:
            return await self.write(desk_erasure.erase_words, desk_erasure.DeskJob(before, why))
        return await self.write(log_erasure.erase_rows, log_erasure.LogJob(kept, before, why))

    async def move(self, job: MoveJob) -> Moved:
        return await self.write(move_rows.move, job)

    async def switch_party(self, job: SwitchJob) -> str | None:
        return await self.write(pause_rows.switch, job)

    async def write_case(self, write: CaseWrite) -> Recorded | Conflict:
        return await self.write(self._write_case, write)

    async def claim_assembly(self, *, now: datetime, lease_until: datetime) -> ClaimedAssembly | None:
        if not await self.read(assembly_rows.has_due, now):
            return None
        return await self.write(assembly_rows.claim_assembly, assembly_rows.AssemblyJob(now, lease_until))

    async def postpone_assembly(self, order: ClaimedAssembly, *, until: datetime) -> None:
        await self.write(assembly_rows.postpone_assembly, assembly_rows.Postponement(order, until))

    async def seal(self, write: SealWrite) -> Recorded | Conflict:
        return await self.write(ledger_rows.seal, write)

    async def add_token(self, tree_size: int, token: bytes, *, stamped_at: datetime) -> None:
        await self.write(ledger_rows.add_tokens, ledger_rows.TokenJob(tree_size, token, stamped_at))

    async def record_check(self, check: RevocationCheck) -> None:
        await self.write(revocation_rows.record_checks, check)

    async def write_listing(self, write: ListingWrite) -> None:
        await self.write(listing_rows.write_listings, write)

    async def recount(self) -> None:
        await self.write(report_rows.recount, None)

    async def save_view(self, job: SaveView) -> str | None:
        return await self.write(view_rows.save_view, job)

    async def forget_view(self, job: ForgetView) -> bool:
        return await self.write(view_rows.forget_view, job)

    async def change_user(self, change: UserChange) -> str | None:
        return await self.write(account_rows.change_user, change)

    async def fail_login(self, failed: FailedLogin) -> None:
        await self.write(account_rows.fail_login, failed)

    async def open_session(self, new: NewSession) -> bool:
        return await self.write(session_rows.open_session, new)

    async def touch_session(self, token_sha256: str, at: datetime) -> None:
        await self.write(session_rows.touch_session, (token_sha256, at))

    async def end_session(self, token_sha256: str, at: datetime) -> None:
        await self.write(session_rows.end_session, (token_sha256, at))

    async def count_causes(self, hours: tuple[datetime, ...]) -> None:
        await self.write(cause_rows.count_causes, hours)

    async def write_note(self, note: NoteWrite) -> int:
        return await self.write(note_rows.write_notes, note)

    async def change_note(self, change: NoteChange) -> str | None:
        return await self.write(note_rows.change_notes, change)

    async def move_incident(self, job: IncidentJob) -> str | None:
        return await self.write(incident_rows.move_incidents, job)

    async def change_severity(self, job: SeverityJob) -> str | None:
        return await self.write(incident_rows.change_severities, job)

    async def note(self, note: AuditNote) -> None:
        await self.write(account_rows.note, note)

    async def change_token(self, change: TokenChange) -> str | None:
        return await self.write(token_rows.change_token, change)

    async def touch_token(self, token_id: int, at: datetime) -> None:
        await self.write(token_rows.touch_token, (token_id, at))

    async def refuse_token(self, refused: RefusedToken) -> None:
        await self.write(token_rows.refuse_token, refused)

    async def begin_request(self, request: Request) -> StoredAnswer | None:
        return await self.write(token_rows.begin_request, request)

    async def end_request(self, request: Request, status: int, answer: bytes) -> None:
        await self.write(token_rows.end_request, (request, status, answer))

    async def write_alarms(self, job: WatchJob) -> tuple[Change, ...]:
        return await self.write(alarm_rows.write_alarms, job)

    async def acknowledge(self, job: AckJob) -> str | None:
        return await self.write(alarm_rows.acknowledge, job)

    async def claim_letters(self, *, now: datetime, limit: int, lease_until: datetime) -> tuple[Letter, ...]:
        if not await self.read(alarm_letters.has_due, now):
            return ()
        return await self.write(alarm_letters.claim_letters, alarm_letters.ClaimLetters(now, limit, lease_until))

    async def settle_letter(self, result: LetterResult) -> None:
        await self.write(alarm_letters.settle_letters, result)

    async def walk_ledger(self, step: WalkStep) -> LedgerWalk:
        walked = await self.read(alarm_facts.look_at_leaves, step)
        await self.write(alarm_facts.keep_walks, walked)
        return walked

    async def apply_registry(self, registry: Registry, *, by: str, at: datetime) -> int:
        return await self.write(registry_rows.apply_registry, registry_rows.ApplyJob(registry, by, at))

    async def close(self) -> None:
        """Write what waits, then let go of everything. Harmless when repeated."""
        await asyncio.to_thread(self._writer.close)
        await self._peers.close()
        await super().close()
        self._writing.dispose()
        if self._lock:
            self._lock.release()
            self._lock = None


async def open_store(
    url: str, *, window: timedelta = _WINDOW, exchange: PartyId = _EXCHANGE, connections: NodeConnections = _UNNAMED
) -> SqlStore:
    """Open for serving: lock (SQLite), migrate, end the leases of a process that is gone (SQLite), start the threads.

    ``url``: ``sqlite:///path`` or ``postgresql://…``. ``window``: how long a commit gathers while several callers are
    in flight. Raises StoreLocked, StoreUnavailable, StoreOutdated.
    """
    return await asyncio.to_thread(_open, url, window, exchange, connections)


def open_reader(url: str) -> SqlReader:
    """Open for reading beside a process that serves. Raises StoreUnavailable, StoreOutdated."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        raise StoreUnavailable(f"there is no store at {sqlite_path(url)}; `dalel init` makes one")
    engine = reading_engine(url, connections=_READERS)
    try:
        _in_transaction(engine, require_current)
    except Exception as failed:
        engine.dispose()
        if (known := translated(failed)) is failed:
            raise
        raise known from failed
    return SqlReader(engine)


def _open(url: str, window: timedelta, exchange: PartyId, connections: NodeConnections) -> SqlStore:
    embedded = is_sqlite(url)
    lock = StoreLock.take(sqlite_path(url)) if embedded else None
    try:
        migrate(url)
        if lock:
            _inherit(url)
    except BaseException:
        if lock:
            lock.release()
        raise
    writers, readers = (1, _READERS) if embedded else connections.shares
    writers = min(writers, _MOST_WRITERS)
    writing = writing_engine(url, connections=writers, session=connections.session)
    peers = Peers(WakeEvents()) if embedded else connections.peers(url)
    writer = Writer(
        writing,
        threads=writers,
        window=window,
        made_work=partial(peers.call, WakeCall.WORK),
        begins=forget_staged,
        ends=write_staged,
    )
    reading = reading_engine(url, connections=readers, session=connections.session)
    return SqlStore(reading, writing, writer, lock, peers, exchange=exchange, readers=readers)


def _inherit(url: str) -> None:
    engine = writing_engine(url, connections=1)
    try:
        _in_transaction(engine, abandoned.end_leases)
    finally:
        engine.dispose()


def _in_transaction(engine: Engine, query: Callable[[Connection], R]) -> R:
    with engine.begin() as connection:
        return query(connection)


def _name_and_version(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"
    return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"
