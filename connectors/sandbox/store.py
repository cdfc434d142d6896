"""What a simulated party writes down: messages taken, duties, messages to send. Each method is one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from connectors.sandbox.database import SandboxDatabase
from connectors.sandbox.records import AcceptedDossier, DutyKind, Effects, KnownMessage, Notice, Posting, SandboxDuty
from connectors.soap.calls import PreparedCall
from connectors.soap.reading import VerifiedDelivery
from contracts.header import ConversationId, MessageId
from contracts.operations import Service
from contracts.payloads import FilingPurpose


class PartyStore:
    """The party's memory; what it has promised stands here before the promise leaves."""

    def __init__(self, database: SandboxDatabase) -> None:
        self._db = database

    # inbox

    def known(self, message_id: MessageId) -> KnownMessage | None:
        row = self._db.one("SELECT digest, operation, answer FROM inbox WHERE message_id = ?", message_id)
        return KnownMessage(row["digest"], row["operation"], row["answer"]) if row else None

    def take(
        self,
        delivery: VerifiedDelivery,
        answer: bytes | None,
        effects: Effects,
        calls: Iterable[PreparedCall] = (),
        *,
        at: datetime,
    ) -> None:
        """A message and everything it changes; ``answer`` may leave after this returns, and not before."""
        header = delivery.header
        row = (
            header.message_id,
            delivery.digest,
            header.action.value,
            header.conversation_id,
            delivery.operation,
            answer,
            at.timestamp(),
        )
        with self._db.transaction():
            self._db.execute("INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
            self._apply(delivery, effects, calls, at)

    def settle(
        self,
        duty: SandboxDuty,
        delivery: VerifiedDelivery,
        answer: bytes,
        effects: Effects,
        calls: Iterable[PreparedCall],
        *,
        at: datetime,
    ) -> None:
        """A message taken before has been examined: its answer, what it changes, and the duty done."""
        with self._db.transaction():
            self._db.execute("UPDATE inbox SET answer = ? WHERE message_id = ?", answer, delivery.header.message_id)
            self._db.execute("UPDATE duties SET done = 1 WHERE duty_id = ?", duty.duty_id)
            self._apply(delivery, effects, calls, at)

    def _apply(self, delivery: VerifiedDelivery, effects: Effects, calls: Iterable[PreparedCall], at: datetime) -> None:
        message_id, conversation_id = delivery.header.message_id, delivery.header.conversation_id
        if effects.cancels_duties:
            self._db.execute("UPDATE duties SET done = 1 WHERE conversation_id = ? AND NOT done", conversation_id)
        self._undertake(effects.duties)
        if effects.notice is not None:
            self._notify(message_id, effects.notice)
        if effects.dossier is not None:
            self._accept(message_id, effects.dossier, at)
        self._post(calls, None, at)  # an Acknowledge waits for nothing that was said in the conversation

    def _notify(self, message_id: MessageId, notice: Notice) -> None:
        body = json.dumps(notice.body, ensure_ascii=False)
        self._db.execute("INSERT INTO notices VALUES (?, ?, ?)", message_id, notice.appeal_number, body)

    def _accept(self, message_id: MessageId, dossier: AcceptedDossier, at: datetime) -> None:
        appeal, conversation_id = dossier.appeal_number, dossier.conversation_id
        proof = (dossier.sha256, dossier.size, at.timestamp())
        self._db.execute(
            "INSERT INTO filings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(message_id, appeal, conversation_id, dossier.document_id, dossier.purpose, dossier.supplements, *proof),
        )
        if dossier.purpose is FilingPurpose.CLAIM:
            self._db.execute(
                "INSERT INTO dossiers VALUES (NULL, ?, ?, ?, ?, ?, ?)", message_id, appeal, conversation_id, *proof
            )

    # duties

    def _undertake(self, duties: Iterable[SandboxDuty]) -> None:
        self._db.execute_many(
            "INSERT INTO duties (token, kind, conversation_id, message_id, note, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    d.token,
                    d.kind,
                    d.conversation_id,
                    d.message_id,
                    json.dumps(d.note),
                    d.due_at.timestamp(),
                )
                for d in duties
            ],
        )

    def undertake(self, duty: SandboxDuty) -> None:
        """Something that a person asked for."""
        with self._db.transaction():
            self._undertake((duty,))

    def due_duties(self, now: datetime, limit: int) -> Sequence[SandboxDuty]:
        """Due ones, the oldest of each conversation only: a body registers before it replies."""
        rows = self._db.all(
            "SELECT * FROM duties d WHERE NOT done AND due_at <= ?1 AND NOT EXISTS (SELECT 1 FROM duties e WHERE"
            " e.conversation_id = d.conversation_id AND NOT e.done AND e.due_at <= ?1"
            " AND (e.due_at, e.duty_id) < (d.due_at, d.duty_id)) ORDER BY due_at, duty_id LIMIT ?2",
            now.timestamp(),
            limit,
        )
        return [_duty(row) for row in rows]

    def fulfil(self, duty: SandboxDuty, calls: Iterable[PreparedCall], *, at: datetime) -> None:
        """The duty is done, and what it wants to say stands in the outbox; unless it was cancelled meanwhile."""
        with self._db.transaction():
            done = self._db.one("UPDATE duties SET done = 1 WHERE duty_id = ? AND NOT done RETURNING 1", duty.duty_id)
            if done is not None:
                self._post(calls, duty.conversation_id, at)

    def postpone(self, duty: SandboxDuty, until: datetime) -> None:
        self._db.execute(
            "UPDATE duties SET tries = tries + 1, due_at = ? WHERE duty_id = ?", until.timestamp(), duty.duty_id
        )

    # outbox

    def post(self, call: PreparedCall, conversation_id: ConversationId | None, *, at: datetime) -> None:
        with self._db.transaction():
            self._post((call,), conversation_id, at)

    def _post(self, calls: Iterable[PreparedCall], conversation_id: ConversationId | None, at: datetime) -> None:
        self._db.execute_many(
            "INSERT INTO outbox (message_id, lane, service, name, operation, due_at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (c.message_id, conversation_id or c.message_id, c.service, c.name, c.operation, at.timestamp())
                for c in calls
            ],
        )

    def due_postings(self, now: datetime, limit: int) -> Sequence[Posting]:
        """Due heads of lanes: the next message of a conversation waits until the former is answered."""
        rows = self._db.all(
            "SELECT * FROM outbox o WHERE state = 'due' AND due_at <= ? AND outbox_id ="
            " (SELECT min(outbox_id) FROM outbox p WHERE p.lane = o.lane AND p.state = 'due')"
            " ORDER BY due_at, outbox_id LIMIT ?",
            now.timestamp(),
            limit,
        )
        return [_posting(row) for row in rows]

    def acknowledge(
        self,
        posting: Posting,
        envelope: bytes,
        *,
        appeal_number: str | None = None,
        conversation_id: ConversationId | None = None,
    ) -> None:
        """The answer came; for RegisterAppeal it also brought the number and the conversation."""
        with self._db.transaction():
            self._db.execute(
                "UPDATE outbox SET state = 'acknowledged', tries = tries + 1, answer = ? WHERE outbox_id = ?",
                envelope,
                posting.outbox_id,
            )
            if appeal_number is not None:
                self._db.execute(
                    "UPDATE appeals SET appeal_number = ?, conversation_id = ? WHERE message_id = ?",
                    appeal_number,
                    conversation_id,
                    posting.call.message_id,
                )

    def refuse(self, posting: Posting, note: str) -> None:
        """The peer refused it for good; its words stay visible."""
        self._db.execute(
            "UPDATE outbox SET state = 'refused', tries = tries + 1, note = ? WHERE outbox_id = ?",
            note,
            posting.outbox_id,
        )

    def postpone_posting(self, posting: Posting, until: datetime, note: str) -> None:
        self._db.execute(
            "UPDATE outbox SET tries = tries + 1, due_at = ?, note = ? WHERE outbox_id = ?",
            until.timestamp(),
            note,
            posting.outbox_id,
        )

    # platform

    def open_appeal(self, reference: str, duty: SandboxDuty) -> MessageId:
        """Note an appeal to be lodged; the same reference is the same appeal, and gives the first message_id."""
        with self._db.transaction():
            row = self._db.one("SELECT message_id FROM appeals WHERE reference = ?", reference)
            if row is not None:
                return MessageId(row["message_id"])
            if duty.message_id is None:
                raise ValueError("an appeal is lodged under a message_id")
            self._db.execute("INSERT INTO appeals (reference, message_id) VALUES (?, ?)", reference, duty.message_id)
            self._undertake((duty,))
            return duty.message_id


def _duty(row: sqlite3.Row) -> SandboxDuty:
    return SandboxDuty(
        kind=DutyKind(row["kind"]),
        due_at=datetime.fromtimestamp(row["due_at"], UTC),
        conversation_id=row["conversation_id"],
        message_id=row["message_id"],
        note=json.loads(row["note"]),
        token=row["token"],
        duty_id=row["duty_id"],
        tries=row["tries"],
    )


def _posting(row: sqlite3.Row) -> Posting:
    call = PreparedCall(Service(row["service"]), row["name"], MessageId(row["message_id"]), row["operation"])
    return Posting(row["outbox_id"], row["lane"], call, row["tries"])
