"""Writing to cases: who may write (nobody wrote since it was loaded), and everything one write adds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from contracts.header import ConversationId
from dossier.case.event_form import event_bytes, fact_kind, leaf_digest
from dossier.case.events import Commitment, DossierFiled, Event
from gateway.ports.case import CaseFact, CaseWrite, SaltedSubject
from gateway.ports.results import Conflict, Recorded
from gateway.store.cases.terms import write_terms
from gateway.store.deliveries import outbox
from gateway.store.engine.failures import LostRace
from gateway.store.engine.operations import writes
from gateway.store.engine.statements import RowsSelect, Values, add, add_missing, change
from gateway.store.engine.wake import note_work
from gateway.store.ledger.leaves import stage_leaves
from gateway.store.ledger.records import EVENTS, NewLeaf, event_key
from gateway.store.tables import assemblies, commitments, conversations, events, salts
from gateway.store.tables.delivery import AssemblyState

CaseGroup = tuple[CaseWrite, ...]
"""The cases of one job: all are written or none is."""


def look(connection: Connection, groups: Sequence[CaseGroup]) -> BatchStanding:
    """Lock the conversations of all groups, in the order of their ids, and read where they stand."""
    writes = [write for group in groups for write in group]
    return BatchStanding(
        seqs=_locked_seqs(connection, {write.conversation_id for write in writes}),
        numbers=_taken(connection, {write.appeal_number for write in writes if write.appeal_number}),
    )


def look_at(connection: Connection, ids: set[ConversationId]) -> BatchStanding:
    """The same for conversations that exist."""
    return BatchStanding(_locked_seqs(connection, ids), set())


@writes(CaseWrite)
def write_admitted(connection: Connection, jobs: Sequence[CaseWrite]) -> list[Recorded | Conflict]:
    """Write those decided on the present state: what the clock and the loops decide, with no message coming in."""
    standing = look(connection, [(job,) for job in jobs])
    admitted = [standing.admits((job,)) for job in jobs]
    taken = [job for job, is_admitted in zip(jobs, admitted, strict=True) if is_admitted]
    open_conversations(connection, taken)
    write_cases(connection, taken)
    return [Recorded() if is_admitted else Conflict() for is_admitted in admitted]


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """Where conversations stand within a batch. An admitted group moves it on, so a later one may conflict."""

    seqs: dict[ConversationId, int]
    numbers: set[str]

    def admits(self, group: CaseGroup) -> bool:
        """Whether the group was decided on this very state. All its cases count, or none does."""
        seqs, numbers = dict(self.seqs), set(self.numbers)
        for write in group:
            if seqs.get(write.conversation_id, 0) != write.expected_seq:
                return False
            if write.expected_seq == 0 and (write.appeal_number in numbers or write.conversation_id in seqs):
                return False
            seqs[write.conversation_id] = write.expected_seq + len(write.facts)
            numbers.update(filter(None, (write.appeal_number,)))
        self.seqs.update(seqs)
        self.numbers.update(numbers)
        return True

    def next_write(self, fact: CaseFact) -> CaseWrite:
        """``fact`` as a write on this very state. Raises KeyError for a conversation that is not there."""
        return CaseWrite(
            conversation_id=fact.conversation_id,
            expected_seq=self.seqs[fact.conversation_id],
            at=fact.at,
            actor=fact.actor,
            message_id=None,
            facts=(fact.fact,),
            salted=(),
            messages=(),
        )


def open_conversations(connection: Connection, writes: Iterable[CaseWrite]) -> None:
    """Rows of new conversations, with the seq that their facts lead to. Before anything that refers to them."""
    opening = [write for write in writes if write.expected_seq == 0]
    rows = [
        {
            "conversation_id": write.conversation_id,
            "appeal_number": write.appeal_number,
            "opened_by": write.opened_by,
            "opened_at": write.at,
            "seq": len(write.facts),
        }
        for write in opening
    ]
    if len(add_missing(connection, conversations, rows)) < len(rows):
        raise LostRace


def write_cases(connection: Connection, writes: Sequence[CaseWrite]) -> None:
    """Everything that admitted writes add, each table once. Their conversations exist and are locked."""
    if not writes:
        return
    written = [one for write in writes for one in _written(write)]
    add(connection, events, [_event_row(one) for one in written])
    add(connection, commitments, [row for one in written for row in _commitment_rows(one.event)])
    add(connection, salts, [row for one in written for row in _salt_rows(one)])
    stage_leaves(connection, [_leaf(one) for one in written])
    write_terms(connection, [one.event for one in written])
    outbox.enqueue(connection, [message for write in writes for message in write.messages])
    _order_assemblies(connection, writes)
    _move_on(connection, writes)


_NUMBERS: Final = RowsSelect(select(conversations.c.appeal_number), conversations.c.appeal_number)
_LOCKED: Final = RowsSelect(
    select(conversations.c.conversation_id, conversations.c.seq).with_for_update(), conversations.c.conversation_id
)


def _locked_seqs(connection: Connection, ids: set[ConversationId]) -> dict[ConversationId, int]:
    return {row.conversation_id: row.seq for row in _LOCKED.rows(connection, ids)}


def _taken(connection: Connection, numbers: set[str]) -> set[str]:
    return {row.appeal_number for row in _NUMBERS.rows(connection, numbers)}


@dataclass(frozen=True, slots=True)
class _Written:
    """An event with its evidential bytes, and what opens its commitments."""

    event: Event
    content: bytes
    salted: tuple[SaltedSubject, ...]


def _written(write: CaseWrite) -> Iterator[_Written]:
    """The write's facts as events; the first carries the commitments (a subject named twice counts once)."""
    salted = tuple({one.subject: one for one in write.salted}.values())
    happened = write.happened_at or (None,) * len(write.facts)
    for seq, (fact, at) in enumerate(zip(write.facts, happened, strict=True), start=write.expected_seq + 1):
        here = salted if seq == write.expected_seq + 1 else ()
        committed = tuple(Commitment(one.subject, _commit(one)) for one in here)
        event = Event(write.conversation_id, seq, write.at, write.actor, write.message_id, fact, committed, at)
        yield _Written(event, event_bytes(event), here)


def _commit(salted: SaltedSubject) -> str:
    return hashlib.sha256(salted.salt + bytes.fromhex(salted.content_sha256)).hexdigest()


def _event_row(written: _Written) -> Values:
    event = written.event
    return {
        "conversation_id": event.conversation_id,
        "seq": event.seq,
        "at": event.at,
        "actor": event.actor,
        "message_id": event.message_id,
        "kind": fact_kind(event.fact),
        "content": written.content,
    }


def _commitment_rows(event: Event) -> Iterator[Values]:
    for position, commitment in enumerate(event.commitments):
        yield {
            "conversation_id": event.conversation_id,
            "seq": event.seq,
            "subject": commitment.subject,
            "position": position,
            "digest": commitment.digest,
        }


def _salt_rows(written: _Written) -> Iterator[Values]:
    for one in written.salted:
        yield {
            "conversation_id": written.event.conversation_id,
            "seq": written.event.seq,
            "subject": one.subject,
            "content_sha256": one.content_sha256,
            "salt": one.salt,
        }


def _leaf(written: _Written) -> NewLeaf:
    event = written.event
    key = event_key(event.conversation_id, event.seq)
    return NewLeaf(EVENTS, key, leaf_digest(written.content), content=None, salt=None, at=event.at)


def _order_assemblies(connection: Connection, writes: Sequence[CaseWrite]) -> None:
    add(
        connection,
        assemblies,
        [
            {
                "conversation_id": write.conversation_id,
                "dossier_no": write.assembly.dossier_no,
                "court": write.assembly.court,
                "claim": write.assembly.claim,
                "state": AssemblyState.DUE,
                "fence": 0,
                "ordered_at": write.at,
                "trace": write.assembly.trace,
            }
            for write in writes
            if write.assembly
        ],
    )
    if any(write.assembly for write in writes):
        note_work(connection)
    filed = [
        {"of": write.conversation_id, "no": fact.dossier_no, "at": write.at}
        for write in writes
        for fact in write.facts
        if isinstance(fact, DossierFiled)
    ]
    if filed:
        of = (assemblies.c.conversation_id == bindparam("of"), assemblies.c.dossier_no == bindparam("no"))
        filing: dict[str, Any] = {"state": AssemblyState.FILED, "filed_at": bindparam("at"), "lease_until": None}
        connection.execute(update(assemblies).where(*of).values(filing), filed)


def _move_on(connection: Connection, writes: Sequence[CaseWrite]) -> None:
    """The last of several writes to one conversation says where it stands; a new one was written with its seq."""
    moves = [write for write in writes if write.expected_seq]
    seqs = {write.conversation_id: write.expected_seq + len(write.facts) for write in moves}
    change(connection, conversations, [{"conversation_id": of, "seq": seq} for of, seq in seqs.items()])
