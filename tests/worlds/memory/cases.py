"""Messages taken, cases written and read: all of a write, or nothing of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from contracts.header import Action
from dossier.case.event_form import event_bytes, event_from_bytes
from dossier.case.events import Commitment, DossierFiled, Event
from dossier.case.record import KeptMessage
from dossier.packaging.description import MessageForm
from gateway.domain.delivery.states import may_move
from gateway.ports.audit import RecordAccess
from gateway.ports.case import (
    Case,
    CaseWrite,
    FindConversation,
    ListMessages,
    ListSalts,
    LoadCase,
    OutgoingMessage,
    SaltedSubject,
)
from gateway.ports.intake import Acceptance, FindAnswer, IncomingMessage, RefusalRecord
from gateway.ports.people.users import AuditNote
from gateway.ports.results import AlreadyRecorded, Conflict, Recorded
from gateway.store.engine.errors import WriteFailed
from tests.worlds.memory.rows import Memory, NotServed, StoredAssembly, StoredCase, StoredDelivery, serves

_SPOKEN = (Action.DISAGREE, Action.REPLY, Action.ADD_DOCUMENTS)


@serves(Acceptance)
def accept(memory: Memory, job: Acceptance) -> Recorded | Conflict | AlreadyRecorded:
    if job.incidents or job.notes:
        raise NotServed("incidents and notes are not kept in memory; run the test on a database")
    key = (job.incoming.sender, job.incoming.message_id)
    if key in memory.inbox:
        return AlreadyRecorded(memory.inbox[key].digest, memory.inbox[key].answer)
    if not admits(memory, job.cases):
        return Conflict()
    refuse_unknown_documents(memory, job.cases)
    written = {write.conversation_id for write in job.cases}
    conversation = job.incoming.conversation_id or (min(written) if len(written) == 1 else None)
    memory.inbox[key] = job.incoming
    memory.messages.append(replace(job.incoming, conversation_id=conversation))
    if job.sketched:
        memory.replies.append((job.sketched, job.incoming.received_at))
    for signal in job.signals:
        _end(memory, job, signal)
    write_cases(memory, job.cases)
    if job.audit:
        memory.audit.append(AuditNote(**asdict(job.audit), at=job.incoming.received_at))
    return Recorded()


def _end(memory: Memory, job: Acceptance, signal: object) -> None:
    of = (job.incoming.sender, signal.message_id)
    for one in memory.deliveries.values():
        if (one.message.recipient, one.message.message_id) == of and may_move(one.state, signal.state):
            one.state, one.code, one.detail = signal.state, signal.code, signal.detail
            one.next_attempt_at = one.lease_until = None
            one.finished_at, one.receipt = job.incoming.received_at, job.incoming.envelope
            memory.has_work = True


@serves(CaseWrite)
def write_case(memory: Memory, job: CaseWrite) -> Recorded | Conflict:
    if not admits(memory, (job,)):
        return Conflict()
    refuse_unknown_documents(memory, (job,))
    write_cases(memory, (job,))
    return Recorded()


def admits(memory: Memory, group: Sequence[CaseWrite]) -> bool:
    """Whether the group was decided on this very state. All its cases count, or none does."""
    seqs = {one.conversation_id: one.seq for one in memory.cases.values()}
    numbers = {one.appeal_number for one in memory.cases.values()}
    for write in group:
        if seqs.get(write.conversation_id, 0) != write.expected_seq:
            return False
        if write.expected_seq == 0 and (write.appeal_number in numbers or write.conversation_id in seqs):
            return False
        seqs[write.conversation_id] = write.expected_seq + len(write.facts)
        numbers.update(filter(None, (write.appeal_number,)))
    return True


def refuse_unknown_documents(memory: Memory, writes: Iterable[CaseWrite]) -> None:
    """As the foreign key does."""
    if {one for write in writes for message in write.messages for one in message.documents} - memory.documents:
        raise WriteFailed("a message names a document that is not there")


def write_cases(memory: Memory, writes: Iterable[CaseWrite]) -> None:
    for write in writes:
        if write.expected_seq == 0:
            memory.cases[write.conversation_id] = StoredCase(
                write.conversation_id, str(write.appeal_number), write.opened_by, write.at
            )
        case = memory.cases[write.conversation_id]
        salted = tuple({one.subject: one for one in write.salted}.values())
        case.events += _events(write, salted)
        case.salted += sorted(salted, key=lambda one: one.subject)
        for message in write.messages:
            _enqueue(memory, message)
        if write.assembly:
            memory.assemblies.append(StoredAssembly(write.conversation_id, write.assembly, write.at))
            memory.has_work = True
        filed = {fact.dossier_no for fact in write.facts if isinstance(fact, DossierFiled)}
        for one in memory.assemblies:
            if one.conversation_id == write.conversation_id and one.due.dossier_no in filed:
                one.is_filed, one.lease_until = True, None


def _events(write: CaseWrite, salted: Sequence[SaltedSubject]) -> Iterable[Event]:
    """As they come back from their bytes."""
    happened = write.happened_at or (None,) * len(write.facts)
    committed = tuple(Commitment(one.subject, _commit(one)) for one in salted)
    for seq, (fact, at) in enumerate(zip(write.facts, happened, strict=True), start=write.expected_seq + 1):
        here = committed if seq == write.expected_seq + 1 else ()
        yield event_from_bytes(
            event_bytes(Event(write.conversation_id, seq, write.at, write.actor, write.message_id, fact, here, at))
        )


def _commit(salted: SaltedSubject) -> str:
    return hashlib.sha256(salted.salt + bytes.fromhex(salted.content_sha256)).hexdigest()


def _enqueue(memory: Memory, message: OutgoingMessage) -> None:
    channel = memory.channel_of(message.recipient)
    number = len(memory.deliveries) + 1
    memory.messages.append(message)
    memory.deliveries[number] = StoredDelivery(number, message, channel, next_attempt_at=message.created_at)
    memory.has_work |= channel.is_called


@serves(LoadCase)
def load_case(memory: Memory, wanted: LoadCase) -> Case | None:
    case = memory.cases.get(wanted.conversation_id)
    if case is None:
        return None
    kept = [one for one in _messages(memory, wanted) if one.operation is not None]
    registered = (one.operation for one in kept if one.action == Action.REGISTER_APPEAL)
    spoken = tuple(one.operation for one in kept if one.action in _SPOKEN)
    return Case(
        case.conversation_id, case.appeal_number, case.opened_by, case.seq, tuple(case.events), next(registered, b""),
        spoken,
    )  # fmt: skip


def _messages(memory: Memory, wanted: LoadCase | ListMessages) -> list[IncomingMessage | OutgoingMessage]:
    return [one for one in memory.messages if one.conversation_id == wanted.conversation_id]


@serves(ListMessages)
def messages_of(memory: Memory, wanted: ListMessages) -> tuple[KeptMessage, ...]:
    return tuple(_kept(memory, one) for one in _messages(memory, wanted))


def _kept(memory: Memory, one: IncomingMessage | OutgoingMessage) -> KeptMessage:
    if isinstance(one, IncomingMessage):
        kept = KeptMessage(
            one.message_id, one.sender, memory.exchange, one.action, False, one.received_at, one.digest,
            one.operation or b"", one.envelope, one.answer_envelope or one.answer,
        )  # fmt: skip
        return replace(kept, receipt_form=MessageForm.ENVELOPE if one.answer_envelope else MessageForm.OPERATION)
    delivery = next(each for each in memory.deliveries.values() if each.message is one)
    sent = [each.request for each in memory.attempts if each.delivery_id == delivery.delivery_id and each.request]
    return KeptMessage(
        one.message_id, memory.exchange, one.recipient, one.action, True, one.created_at, one.digest, one.operation,
        sent[-1] if sent else None, delivery.receipt,
    )  # fmt: skip


@serves(FindConversation)
def find_conversation(memory: Memory, wanted: FindConversation) -> object:
    found = (of for of, case in memory.cases.items() if case.appeal_number == wanted.appeal_number)
    return next(found, None)


@serves(ListSalts)
def salts_of(memory: Memory, wanted: ListSalts) -> tuple[SaltedSubject, ...]:
    case = memory.cases.get(wanted.conversation_id)
    return tuple(case.salted) if case else ()


@serves(FindAnswer)
def find_answer(memory: Memory, wanted: FindAnswer) -> AlreadyRecorded | None:
    known = memory.inbox.get((wanted.sender, wanted.message_id))
    return known and AlreadyRecorded(known.digest, known.answer)


@serves(RefusalRecord)
def refuse(memory: Memory, job: RefusalRecord) -> None:
    memory.refusals.append(job)


@serves(RecordAccess)
def record_access(memory: Memory, job: RecordAccess) -> None:
    memory.accesses.append(job)


@serves(AuditNote)
def note(memory: Memory, job: AuditNote) -> None:
    memory.audit.append(job)
