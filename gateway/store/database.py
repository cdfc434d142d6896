"""The store behind the ports: values in, values out.

Reads run in a few threads, writes go through the group-committing writer. ``open_store`` is for the process that
serves, ``open_reader`` for a command line beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, text

from contracts.header import ConversationId, MessageId
from contracts.party import Agreement, Party, PartyId, Registry
from dossier.case.record import KeptMessage
from dossier.erds.pack import Traced
from dossier.ledger.merkle import LedgerEvidence, Seal, TreeHead
from dossier.procedure.decision import Resembling
from gateway.domain.alarms.kinds import Alarm
from gateway.domain.alarms.rule import Change
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.delivery.escalation import Escalated, Escalation
from gateway.domain.delivery.sharing import Terms
from gateway.domain.delivery.states import OPEN, DeliveryState
from gateway.domain.registry.revocation import KnownRevocation, RevocationCheck
from gateway.domain.reports.causes import Cause
from gateway.domain.retention import Erased, RetentionKind
from gateway.ports.alarms import (
    AckJob,
    AlarmDetail,
    AlarmQuery,
    LedgerWalk,
    Letter,
    LetterResult,
    OpenAlarmQuery,
    PartyTerms,
    RecentRefusalCounts,
    UndeliveredAlarms,
    WalkStep,
    WatchJob,
)
from gateway.ports.appeals import (
    AppealQuery,
    AppealRow,
    Listing,
    ListingWrite,
    MovedHistories,
    TermQuery,
    TermRow,
    Unread,
)
from gateway.ports.audit import AccessEntry, AccessQuery, AuditEntry, AuditQuery
from gateway.ports.case import Case, CaseWrite, ClaimedAssembly, DueTerm, OpenTerms, Place, SaltedSubject, UnroutedRow
from gateway.ports.causes import CauseQuery
from gateway.ports.console import (
    DeadGroup,
    DeliveryDetail,
    DeliveryQuery,
    EndedCount,
    FoundDeliveries,
    InstantPeriod,
    TermCounts,
)
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
from gateway.ports.desk import (
    Incident,
    IncidentJob,
    IncidentQuery,
    Note,
    NoteChange,
    NoteQuery,
    NoteSubject,
    NoteWrite,
    SeverityJob,
)
from gateway.ports.intake import Acceptance, RefusalRecord, SketchedReply
from gateway.ports.ledger import Growth, LeafFound, LedgerBroken, LedgerStatus, SealRow, SealWrite
from gateway.ports.nodes import Node, NodeRow
from gateway.ports.parties import LastContacts, PartyAttempt, Pause, RecentAttemptCounts, SwitchJob
from gateway.ports.refusals import RefusalQuery, RefusalRow
from gateway.ports.reports import CountedAppeal, CountedAppealsQuery, ReportLine, ReportQuery
from gateway.ports.results import AlreadyRecorded, Conflict, FenceLost, Recorded
from gateway.ports.store import StoreLoad
from gateway.ports.tokens import ApiToken, RefusedToken, Request, StoredAnswer, TokenChange
from gateway.ports.users import (
    AuditNote,
    Credentials,
    FailedLogin,
    NewSession,
    User,
    UserChange,
    UserQuery,
    UserRow,
    UserSession,
)
from gateway.ports.views import ForgetView, SavedView, SaveView
from gateway.store.cases import appeals as appeal_rows
from gateway.store.cases import assembly as assembly_rows
from gateway.store.cases import intake, listed_terms, mailbox, message_trace, refused_requests
from gateway.store.cases import likeness as likeness_rows
from gateway.store.cases import listing as listing_rows
from gateway.store.cases import load as case_rows
from gateway.store.cases import terms as term_rows
from gateway.store.cases import unrouted as unrouted_rows
from gateway.store.cases import write as history
from gateway.store.deliveries import attempts as attempt_rows
from gateway.store.deliveries import backlog as backlog_rows
from gateway.store.deliveries import claims as claim_rows
from gateway.store.deliveries import dead as dead_rows
from gateway.store.deliveries import ended as ended_rows
from gateway.store.deliveries import escalations as escalation_rows
from gateway.store.deliveries import held as held_rows
from gateway.store.deliveries import lanes as lane_rows
from gateway.store.deliveries import moves as move_rows
from gateway.store.deliveries import outbox, search
from gateway.store.deliveries import pauses as pause_rows
from gateway.store.deliveries import rows as delivery_rows
from gateway.store.deliveries import whole as whole_rows
from gateway.store.engine import abandoned, give_back, node_rows, set_back
from gateway.store.engine.connect import is_sqlite, reading_engine, sqlite_path, writing_engine
from gateway.store.engine.errors import StoreUnavailable
from gateway.store.engine.failures import is_disconnect, translated
from gateway.store.engine.group_read import GroupRead
from gateway.store.engine.lock import StoreLock
from gateway.store.engine.migrate import migrate, require_current
from gateway.store.engine.nodes import NodeConnections, Peers
from gateway.store.engine.presence import NAME_LOCK
from gateway.store.engine.wake import WakeCall, WakeEvents
from gateway.store.engine.writer import Operation, Writer
from gateway.store.ledger import leaf_lookup
from gateway.store.ledger import proofs as ledger_proofs
from gateway.store.ledger import sealing as ledger_rows
from gateway.store.people import accounts as account_rows
from gateway.store.people import sessions as session_rows
from gateway.store.people import tokens as token_rows
from gateway.store.people import users as user_rows
from gateway.store.reads import alarm_facts, alarm_letters, report_figures
from gateway.store.reads import alarms as alarm_rows
from gateway.store.reads import audit as audit_rows
from gateway.store.reads import causes as cause_rows
from gateway.store.reads import incidents as incident_rows
from gateway.store.reads import notes as note_rows
from gateway.store.reads import refusals as refusal_rows
from gateway.store.reads import reports as report_rows
from gateway.store.reads import views as view_rows
from gateway.store.registry import parties as party_rows
from gateway.store.registry import revocation as revocation_rows
from gateway.store.registry import versions as registry_rows
from gateway.store.retention import case_erasure, desk_erasure, erasure, log_erasure
from signing.trust.revocation import RevocationValues

P = ParamSpec("P")
J = TypeVar("J")
R = TypeVar("R")

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
        self._cases = GroupRead(self._load_cases, window=_WINDOW)
        self._closed = False

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

    async def find_answer(self, sender: PartyId, message_id: MessageId) -> AlreadyRecorded | None:
        return await self.read(intake.find_answer, sender, message_id)

    async def _load_cases(self, ids: Sequence[ConversationId]) -> dict[ConversationId, case_rows.CaseRows]:
        return await self.read(case_rows.load_cases, ids)

    async def load_case(self, conversation_id: ConversationId) -> Case | None:
        rows = await self._cases.of(conversation_id)
        return None if rows is None else case_rows.case_of(rows)

    async def find_conversation(self, appeal_number: str) -> ConversationId | None:
        return await self.read(case_rows.find_conversation, appeal_number)

    async def replies_like(self, reply: SketchedReply) -> Resembling:
        return await self.read(likeness_rows.find, reply)

    async def messages_of(self, conversation_id: ConversationId) -> tuple[KeptMessage, ...]:
        return await self.read(case_rows.messages_of, conversation_id)

    async def salts_of(self, conversation_id: ConversationId) -> tuple[SaltedSubject, ...]:
        return await self.read(case_rows.salts_of, conversation_id)

    async def find_delivery(self, recipient: PartyId, message_id: MessageId) -> DeliveryRow | None:
        return await self.read(delivery_rows.find_delivery, recipient, message_id)

    async def deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        recipient: PartyId | None = None,
        appeal: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> tuple[DeliveryRow, ...]:
        query = delivery_rows.DeliveryPageQuery(state, recipient, appeal, limit, before)
        return await self.read(delivery_rows.list_deliveries, query)

    async def backlog(self) -> tuple[Backlog, ...]:
        return await self.read(backlog_rows.backlog)

    async def cases_over(
        self, before: datetime, after: Place | None
    ) -> tuple[tuple[ConversationId, ...], Place | None]:
        return await self.read(case_erasure.cases_over, before, after)

    async def count_old(self, kept: RetentionKind, before: datetime) -> int:
        if kept is RetentionKind.DESK:
            return await self.read(desk_erasure.count_old_words, before)
        return await self.read(log_erasure.count_old, kept, before)

    async def count_movable(self, act: Act, of: tuple[int, ...] | Selection, most: int | None = None) -> int:
        return await self.read(move_rows.count_movable, act, of, most)

    async def attempts_of(self, delivery_id: int) -> tuple[AttemptRow, ...]:
        return await self.read(attempt_rows.attempts_of, delivery_id)

    async def next_due(self, *, now: datetime) -> datetime | None:
        return await self.read(claim_rows.next_due, now)

    async def circuits(self) -> tuple[Circuit, ...]:
        return await self.read(lane_rows.circuits)

    async def escalations_of(self, delivery_id: int) -> tuple[Escalation, ...]:
        return await self.read(escalation_rows.escalations_of, delivery_id)

    async def senders_of(self, message_id: MessageId, exchange: PartyId) -> tuple[PartyId, ...]:
        """Who sent, or proved to have sent, a message with this id."""
        return await self.read(message_trace.senders_of, message_id, exchange)

    async def trace(self, query: message_trace.TraceQuery) -> Traced | None:
        """Everything kept about one message; None when nothing is."""
        return await self.read(message_trace.trace, query)

    async def trace_of(self, delivery_id: int, *, exchange: PartyId, made_at: datetime) -> Traced | None:
        return await self.read(message_trace.trace_of, delivery_id, exchange, made_at)

    async def due_terms(self, *, now: datetime, limit: int) -> tuple[DueTerm, ...]:
        return await self.read(term_rows.due_terms, now, limit)

    async def open_terms(self, *, now: datetime) -> OpenTerms:
        return await self.read(term_rows.open_terms, now)

    async def unrouted(self, *, limit: int, before: ConversationId | None = None) -> tuple[UnroutedRow, ...]:
        """Appeals that fell to the duty body, newest first; ``before``: the one to go on from (keyset paging)."""
        return await self.read(unrouted_rows.unrouted, limit, before)

    async def growth(self, *, limit: int) -> Growth | LedgerBroken | None:
        return await self.read(ledger_rows.growth, limit)

    async def tokenless_seals(self, *, limit: int) -> tuple[Seal, ...]:
        return await self.read(ledger_rows.tokenless_seals, limit)

    async def ledger_evidence(self, conversation_id: ConversationId, up_to_seq: int) -> LedgerEvidence | None:
        return await self.read(ledger_proofs.evidence_of, conversation_id, up_to_seq)

    async def ledger_status(self) -> LedgerStatus:
        return await self.read(ledger_rows.status)

    async def load_registry(self) -> Registry:
        return await self.read(registry_rows.load_registry)

    async def registry_version(self) -> int:
        return await self.read(registry_rows.registry_version)

    async def known_revocations(self) -> tuple[KnownRevocation, ...]:
        return await self.read(revocation_rows.known_revocations)

    async def revocation_values_of(self, certificates: Iterable[str]) -> RevocationValues:
        return await self.read(revocation_rows.revocation_values_of, tuple(certificates))

    async def parties_ever(self, party_ids: Iterable[PartyId]) -> tuple[Party, ...]:
        return await self.read(registry_rows.parties_ever, tuple(party_ids))

    async def nodes(self) -> tuple[NodeRow, ...]:
        return await self.read(node_rows.list_nodes)

    # console
    async def list_deliveries(self, query: DeliveryQuery) -> FoundDeliveries:
        return await self.read(search.list_deliveries, query)

    async def views_for(self, user_id: int) -> tuple[SavedView, ...]:
        return await self.read(view_rows.views_for, user_id)

    async def ended(self, period: InstantPeriod, width: timedelta) -> tuple[EndedCount, ...]:
        return await self.read(ended_rows.ended, period, width)

    async def dead_groups(self, limit: int) -> tuple[DeadGroup, ...]:
        return await self.read(dead_rows.dead_groups, limit)

    async def oldest_open(self) -> DeliveryRow | None:
        """The oldest delivery that has not ended and that nobody parked."""
        return await self.read(search.oldest_open, OPEN - {DeliveryState.PARKED})

    async def whole_delivery(self, delivery_id: int) -> DeliveryDetail | None:
        return await self.read(whole_rows.whole_delivery, delivery_id)

    async def delivery_version(self, delivery_id: int) -> str | None:
        return await self.read(whole_rows.delivery_version, delivery_id)

    async def envelope_of(self, delivery_id: int, sha256: str) -> bytes | None:
        return await self.read(whole_rows.envelope_of, delivery_id, sha256)

    async def count_terms(self, *, due_until: datetime, breached_since: datetime) -> TermCounts:
        return await self.read(whole_rows.count_terms, due_until, breached_since)

    async def list_users(self) -> tuple[User, ...]:
        return await self.read(account_rows.list_users)

    async def credentials_of(self, name: str) -> Credentials | None:
        return await self.read(account_rows.credentials_of, name)

    async def session_of(self, token_sha256: str) -> UserSession | None:
        return await self.read(session_rows.session_of, token_sha256)

    async def list_tokens(self) -> tuple[ApiToken, ...]:
        return await self.read(token_rows.list_tokens)

    async def token_of(self, token_sha256: str) -> ApiToken | None:
        return await self.read(token_rows.token_of, token_sha256)

    # users
    async def user_by_link(self, token_sha256: str) -> User | None:
        return await self.read(account_rows.user_by_link, token_sha256)

    async def user_by_identity(self, identity_sha256: str) -> User | None:
        return await self.read(account_rows.user_by_identity, identity_sha256)

    async def search_users(self, query: UserQuery, now: datetime) -> tuple[UserRow, ...]:
        return await self.read(user_rows.search_users, query, now)

    async def users_called(self, codes: Collection[str]) -> Mapping[str, str]:
        return await self.read(user_rows.users_called, codes)

    async def user_named(self, name: str) -> User | None:
        known = await self.credentials_of(name)
        return None if known is None else known.user

    async def sessions_of(self, user_id: int, now: datetime) -> tuple[UserSession, ...]:
        return await self.read(session_rows.sessions_of, user_id, now)

    async def done_to_user(self, user_id: int) -> tuple[AuditNote, ...]:
        return await self.read(user_rows.done_to_user, user_id)

    # appeals
    async def list_appeals(self, query: AppealQuery) -> tuple[AppealRow, ...]:
        return await self.read(appeal_rows.list_appeals, query)

    async def appeals_of(self, ids: tuple[ConversationId, ...]) -> tuple[AppealRow, ...]:
        return await self.read(appeal_rows.appeals_of, ids)

    async def conversations_by(self, number: str) -> tuple[ConversationId, ...]:
        return await self.read(appeal_rows.conversations_by, number)

    async def conversations_of_person(self, digest: str) -> tuple[ConversationId, ...]:
        return await self.read(appeal_rows.conversations_of_person, digest)

    async def persons_key(self) -> str | None:
        return await self.read(appeal_rows.persons_key)

    async def appeal_version(self, conversation_id: ConversationId) -> str | None:
        return await self.read(appeal_rows.appeal_version, conversation_id)

    async def list_terms(self, query: TermQuery) -> tuple[TermRow, ...]:
        return await self.read(listed_terms.list_terms, query)

    async def listing(self) -> Listing:
        return await self.read(listing_rows.listing)

    async def moved_since(self, leaf_id: int, *, settled_before: datetime, limit: int) -> MovedHistories:
        return await self.read(listing_rows.moved_since, leaf_id, settled_before, limit)

    async def unlisted(
        self, after: str, *, persons_key: str | None, look_at: int, limit: int
    ) -> tuple[tuple[ConversationId, ...], str]:
        return await self.read(listing_rows.unlisted, after, persons_key, look_at, limit)

    async def unread(self, ids: tuple[ConversationId, ...]) -> tuple[Unread, ...]:
        return await self.read(listing_rows.unread, ids)

    # ledger
    def record_kinds(self) -> tuple[str, ...]:
        """What has leaves."""
        return leaf_lookup.KINDS

    async def seals_before(self, before: int | None, *, limit: int) -> tuple[SealRow, ...]:
        return await self.read(leaf_lookup.seals_before, before, limit)

    async def leaf_of(self, record: str, key: str) -> LeafFound | None:
        return await self.read(leaf_lookup.leaf_of, record, key)

    async def leaf_at(self, position: int) -> LeafFound | None:
        return await self.read(leaf_lookup.leaf_at, position)

    async def newest_seal(self) -> Seal | None:
        return await self.read(ledger_proofs.newest_seal)

    async def continues(self, kept: TreeHead) -> bool:
        return await self.read(ledger_proofs.continues, kept)

    # audit
    async def list_acts(self, query: AuditQuery) -> tuple[AuditEntry, ...]:
        return await self.read(audit_rows.list_acts, query)

    async def list_accesses(self, query: AccessQuery) -> tuple[AccessEntry, ...]:
        return await self.read(audit_rows.list_accesses, query)

    # reports
    async def report(self, query: ReportQuery) -> tuple[ReportLine, ...]:
        return await self.read(report_figures.report, query)

    async def counted_appeals(self, query: CountedAppealsQuery) -> tuple[CountedAppeal, ...]:
        return await self.read(report_figures.counted_appeals, query)

    # parties
    async def pauses(self) -> tuple[Pause, ...]:
        return await self.read(pause_rows.pauses)

    async def tried_lately(self, *, hour_from: datetime, day_from: datetime) -> RecentAttemptCounts:
        return await self.read(party_rows.tried_lately, hour_from, day_from)

    async def last_contacts(self) -> LastContacts:
        return await self.read(party_rows.last_contacts)

    async def attempts_for(self, party_id: PartyId) -> tuple[PartyAttempt, ...]:
        return await self.read(party_rows.attempts_for, party_id)

    async def done_to(self, party_id: PartyId) -> tuple[AuditNote, ...]:
        return await self.read(party_rows.done_to, party_id)

    # refusals
    async def list_refusals(self, query: RefusalQuery) -> tuple[RefusalRow, ...]:
        return await self.read(refusal_rows.list_refusals, query)

    async def refusal(self, refusal_id: int) -> RefusalRow | None:
        return await self.read(refusal_rows.refusal, refusal_id)

    async def refused_request(self, row: RefusalRow) -> bytes | None:
        return await self.read(refusal_rows.refused_request, row)

    async def refusal_answer(self, row: RefusalRow) -> bytes | None:
        return await self.read(refusal_rows.refusal_answer, row)

    # alarms
    async def list_alarms(self, query: AlarmQuery) -> tuple[Alarm, ...]:
        return await self.read(alarm_rows.list_alarms, query)

    async def open_alarms(self, query: OpenAlarmQuery) -> tuple[Alarm, ...]:
        return await self.read(alarm_rows.open_alarms, query)

    async def whole_alarm(self, alarm_id: int) -> AlarmDetail | None:
        return await self.read(alarm_rows.whole_alarm, alarm_id)

    async def count_unacknowledged(self) -> int:
        return await self.read(alarm_rows.count_unacknowledged)

    async def failing_channels(self, *, tries: int, since: datetime) -> tuple[UndeliveredAlarms, ...]:
        return await self.read(alarm_letters.failing_channels, tries, since)

    async def terms_by_party(
        self, *, now: datetime, near_until: datetime, breached_since: datetime
    ) -> tuple[PartyTerms, ...]:
        return await self.read(alarm_facts.terms_by_party, now, near_until, breached_since)

    async def refusals_lately(self, *, now: datetime) -> RecentRefusalCounts:
        return await self.read(alarm_facts.refusals_lately, now)

    async def ledger_walk(self) -> LedgerWalk | None:
        return await self.read(alarm_facts.ledger_walk)

    # desk
    async def list_causes(self, query: CauseQuery) -> tuple[Cause, ...]:
        return await self.read(cause_rows.list_causes, query)

    async def last_counted(self) -> datetime | None:
        return await self.read(cause_rows.last_counted)

    async def list_notes(self, query: NoteQuery) -> tuple[Note, ...]:
        return await self.read(note_rows.list_notes, query)

    async def notes_about(self, subject: NoteSubject) -> tuple[Note, ...]:
        return await self.read(note_rows.notes_about, subject)

    async def note_of(self, note_id: int) -> Note | None:
        return await self.read(note_rows.note_of, note_id)

    async def list_incidents(self, query: IncidentQuery) -> tuple[Incident, ...]:
        return await self.read(incident_rows.list_incidents, query)

    async def incidents_by(self, number: str) -> tuple[Incident, ...]:
        return await self.read(incident_rows.incidents_by, number)

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
