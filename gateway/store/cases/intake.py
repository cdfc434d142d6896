"""Taking messages: the inbox key, the message, the deliveries it ends and the cases it writes to, in one commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from gateway.ports.audit import RecordAccess
from gateway.ports.intake import Acceptance, FindAnswer, IncomingMessage, RefusalRecord
from gateway.ports.results import AlreadyRecorded, Conflict, Recorded
from gateway.store.cases import envelopes, refused_requests, signals
from gateway.store.cases import likeness as likeness_rows
from gateway.store.cases.write import look, open_conversations, write_cases
from gateway.store.engine.connect import exchange_of
from gateway.store.engine.failures import LostRace
from gateway.store.engine.operations import serves, writes
from gateway.store.engine.statements import RowsSelect, Values
from gateway.store.ledger.leaves import add_missing_proven, add_proven
from gateway.store.people import incidents as incident_rows
from gateway.store.people import notes as note_rows
from gateway.store.tables import accesses, audit_log, inbox, messages, refusals

Accepted = Recorded | Conflict | AlreadyRecorded
InboxKey = tuple[PartyId, MessageId]

KEPT_FAULTS_A_DAY: Final = 500
"""For each sender and UTC day: a client that repeats a broken message all night must not fill the disk."""
KEPT_FAULT_BYTES: Final = 64 * 1024
"""A longer one lists very many violations; its row and its codes stay, and the sender has it."""


_INBOX_KEY: Final = (inbox.c.sender, inbox.c.message_id)
_ANSWERS: Final = RowsSelect(select(*_INBOX_KEY, inbox.c.digest, inbox.c.answer), *_INBOX_KEY)


@writes(Acceptance)
def accept(connection: Connection, jobs: Sequence[Acceptance]) -> list[Accepted]:
    """Record what is new and was decided on the present state, each table once for the whole batch.

    Conversations are locked before keys are read: a repeat that waited for its first is then known, no conflict.
    A repeat within the batch shares the fate of its first: never a receipt for what was not written.
    """
    standing = look(connection, [job.cases for job in jobs])
    known = _known(connection, [_key(job.incoming) for job in jobs])
    taken: dict[InboxKey, int] = {}
    tried: set[InboxKey] = set(known)
    for index, job in enumerate(jobs):
        key = _key(job.incoming)
        if key not in tried and standing.admits(job.cases):
            taken[key] = index
        tried.add(key)
    _write(connection, [jobs[index] for index in taken.values()])
    known |= {key: _answered(jobs[index]) for key, index in taken.items()}
    return [
        Recorded() if taken.get(key) == index else known.get(key, Conflict())
        for index, key in enumerate(_key(job.incoming) for job in jobs)
    ]


def _answered(job: Acceptance) -> AlreadyRecorded:
    return AlreadyRecorded(job.incoming.digest, job.incoming.answer)


@serves(FindAnswer)
def find_answer(connection: Connection, wanted: FindAnswer) -> AlreadyRecorded | None:
    """What a message with this key was answered."""
    return _known(connection, [(wanted.sender, wanted.message_id)]).get((wanted.sender, wanted.message_id))


@writes(RefusalRecord)
def refuse(connection: Connection, jobs: Sequence[RefusalRecord]) -> list[None]:
    """Log refused requests, and keep the signed faults of those whose sender proved who it is, so many a day."""
    kept = list(_kept_faults(connection, jobs))
    envelopes.keep(connection, [(fault, job.at) for fault, job in zip(kept, jobs, strict=True)])
    refused_requests.keep(connection, jobs)
    add_proven(connection, refusals, [_refusal_row(job, fault) for fault, job in zip(kept, jobs, strict=True)])
    return [None] * len(jobs)


def _kept_faults(connection: Connection, jobs: Sequence[RefusalRecord]) -> Iterator[bytes | None]:
    """For each job its fault, or None where it is not to be kept: a stranger's, too long, or one too many today."""
    counted: Counter[tuple[PartyId, date]] = Counter()
    for job in jobs:
        if job.signer is None or job.answer is None or len(job.answer) > KEPT_FAULT_BYTES:
            yield None
            continue
        of = (job.signer, job.at.astimezone(UTC).date())
        if of not in counted:
            counted[of] = _kept_on(connection, *of)
        counted[of] += 1
        yield job.answer if counted[of] <= KEPT_FAULTS_A_DAY else None


def _kept_on(connection: Connection, signer: PartyId, day: date) -> int:
    began = datetime.combine(day, time(), UTC)
    within = (refusals.c.at >= began, refusals.c.at < began + timedelta(days=1))
    of = (refusals.c.signer == signer, refusals.c.answer_sha256.is_not(None))
    return connection.execute(select(func.count()).select_from(refusals).where(*of, *within)).scalar_one()


_BYTES: Final = ("answer", "request")


def _refusal_row(job: RefusalRecord, kept: bytes | None) -> Values:
    row = {name: getattr(job, name) for name in RefusalRecord.__dataclass_fields__ if name not in _BYTES}
    return {**row, "answer_sha256": envelopes.digest_of(kept)}


@writes(RecordAccess)
def record_access(connection: Connection, jobs: Sequence[RecordAccess]) -> list[None]:
    """Log signed reads of parties, and looks of users."""
    add_proven(connection, accesses, [asdict(job) for job in jobs])
    return [None] * len(jobs)


def _known(connection: Connection, keys: Sequence[InboxKey]) -> dict[InboxKey, AlreadyRecorded]:
    rows = _ANSWERS.rows(connection, keys)
    return {(sender, message_id): AlreadyRecorded(digest, answer) for sender, message_id, digest, answer in rows}


def _write(connection: Connection, jobs: Sequence[Acceptance]) -> None:
    """In the order of references; the inbox decides races between nodes, so it comes as early as it can.

    Before it only the envelopes, which its rows refer to; what loses the race is rolled back with them.
    """
    envelopes.keep(connection, [sent for job in jobs for sent in _taken_and_answered(job.incoming)])
    rows = [_inbox_row(job.incoming) for job in jobs]
    if len(add_missing_proven(connection, inbox, rows)) < len(rows):
        raise LostRace
    cases = [write for job in jobs for write in job.cases]
    open_conversations(connection, cases)
    exchange = exchange_of(connection)
    add_proven(connection, messages, [_message_row(job, exchange) for job in jobs])
    likeness_rows.keep(connection, jobs)
    signals.end_deliveries(connection, [job for job in jobs if job.signals])
    write_cases(connection, cases)
    incident_rows.write_incidents(connection, [one for job in jobs for one in job.incidents])
    note_rows.write_notes(connection, [one for job in jobs for one in job.notes])
    audited = [{**asdict(job.audit), "at": job.incoming.received_at} for job in jobs if job.audit]
    add_proven(connection, audit_log, audited)


def _taken_and_answered(message: IncomingMessage) -> Iterator[tuple[bytes | None, datetime]]:
    yield message.envelope, message.received_at
    yield message.answer_envelope, message.received_at


def _key(message: IncomingMessage) -> InboxKey:
    return message.sender, message.message_id


def _inbox_row(message: IncomingMessage) -> Values:
    return {
        "sender": message.sender,
        "message_id": message.message_id,
        "digest": message.digest,
        "answer": message.answer,
        "received_at": message.received_at,
        "answer_sha256": envelopes.digest_of(message.answer_envelope),
    }


def _message_row(job: Acceptance, exchange: PartyId) -> Values:
    message = job.incoming
    return {
        "sender": message.sender,
        "message_id": message.message_id,
        "recipient": exchange,
        "conversation_id": message.conversation_id or _only_conversation(job),
        "ref_to_message_id": message.ref_to_message_id,
        "action": message.action,
        "outgoing": False,
        "digest": message.digest,
        "operation": message.operation,
        "envelope_sha256": envelopes.digest_of(message.envelope),
        "at": message.received_at,
    }


def _only_conversation(job: Acceptance) -> ConversationId | None:
    """A message that names no appeal but writes to exactly one belongs to it."""
    written = {write.conversation_id for write in job.cases}
    return written.pop() if len(written) == 1 else None
