"""An exchange small enough to read in a minute: verifies, remembers in memory, answers signed, fails on request."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web

from contracts.codec import build_answer, parse_operation
from contracts.codes import Code
from contracts.header import Action, ConversationId, DocumentId, Header, Message, MessageId
from contracts.party import LocalText
from contracts.payloads import (
    PART_BYTES,
    Accepted,
    Acknowledge,
    Answer,
    AppealAccepted,
    Disagree,
    DisagreementAccepted,
    DocumentPart,
    DocumentStored,
    FetchedMessages,
    FetchMessages,
    Finding,
    FindingCode,
    GetDocumentPart,
    MailboxItem,
    PutDocument,
    RegisterAppeal,
    Request,
    Road,
    RoadKind,
    Ticket,
)
from contracts.receipt import ErrorSignal, Receipt
from contracts.soap import build_fault, operation_of
from contracts.validate import validate_operation
from signing.profile.verification import ReadEnvelope, VerifiedEnvelope, verify_envelope
from signing.profile.writing import sign_envelope
from tests.worlds.parties.world import APPEAL, EXCHANGE, KINDS, free_port, key_of, new_id, pinned


@dataclass
class TinyDocument:
    name: str
    media_type: str
    parts: dict[int, bytes] = field(default_factory=dict)
    total: int = 1

    @property
    def content(self) -> bytes:
        return b"".join(self.parts[number] for number in sorted(self.parts))


@dataclass
class TinyExchange:
    """``failing``: how many requests are answered by nobody; ``forgetful``: taken, but the answer is lost."""

    port: int = field(default_factory=free_port)
    failing: int = 0
    forgetful: int = 0
    issues_tickets: bool = False
    fault: Code | None = None
    signer: str = EXCHANGE
    requests: list[Message] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    documents: dict[DocumentId, TinyDocument] = field(default_factory=dict)
    uploads: dict[str, DocumentId] = field(default_factory=dict)
    mailbox: dict[MessageId, bytes] = field(default_factory=dict)
    signals: list[Receipt | ErrorSignal] = field(default_factory=list)
    conversations: dict[MessageId, ConversationId] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/soap/v1"

    def payloads(self, kind: type) -> list[Request]:
        return [message.payload for message in self.requests if isinstance(message.payload, kind)]  # type: ignore[misc]

    def put(self, content: bytes) -> DocumentId:
        document_id = DocumentId(secrets.token_urlsafe(32))
        chunks = [content[at : at + PART_BYTES] for at in range(0, len(content), PART_BYTES)] or [b""]
        parts = dict(enumerate(chunks, start=1))
        self.documents[document_id] = TinyDocument("d.asice", "application/vnd.etsi.asic-e+zip", parts, len(parts))
        return document_id

    @asynccontextmanager
    async def running(self) -> AsyncIterator[TinyExchange]:
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/soap/v1/{service}", self._handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if self.failing:
            self.failing -= 1
            return web.Response(status=503)
        read = ReadEnvelope.of(body)
        validate_operation(operation_of(read.root))
        verified = verify_envelope(read, pinned(*KINDS), now=datetime.now(UTC))
        message = parse_operation(verified.content)
        assert verified.owner == message.header.sender
        self.requests.append(message)
        self.digests.append(verified.digest)
        if self.fault is not None:
            content = build_fault(self.fault, detail="as told", message_id=message.header.message_id)
            return self._send(500, content)
        answer = self._answer(message, verified)
        if self.forgetful:
            self.forgetful -= 1
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        return self._send(200, self._operation(message, answer))

    def _send(self, status: int, content: bytes) -> web.Response:
        envelope = sign_envelope(content, key_of(self.signer), now=datetime.now(UTC))
        return web.Response(status=status, body=envelope, content_type="text/xml", charset="utf-8")

    def _operation(self, message: Message, answer: Answer) -> bytes:
        requested = message.header
        header = Header(
            new_id(),
            requested.conversation_id,
            requested.message_id,
            EXCHANGE,
            requested.sender,
            Action.ANSWER,
            datetime.now(UTC),
        )
        return build_answer(type(message.payload).__name__, Message(header, answer))

    def _answer(self, message: Message, verified: VerifiedEnvelope) -> Answer:  # noqa: PLR0911 - one per operation
        receipt = Receipt(message.header.message_id, verified.digest, datetime.now(UTC))
        match message.payload:
            case RegisterAppeal():
                conversation_id = self.conversations.setdefault(receipt.message_id, ConversationId(new_id()))
                number = f"{APPEAL[:-4]}{list(self.conversations).index(receipt.message_id):04d}"
                whole = Receipt(receipt.message_id, receipt.digest, receipt.accepted_at, conversation_id, number)
                return AppealAccepted(whole, *(_ticket(message.payload, whole) if self.issues_tickets else ()))
            case Disagree():
                reason = LocalText("Сотқа", "В суд", "To the court")
                return DisagreementAccepted(receipt, Road(RoadKind.COURT, "АППК Art. 91", None, reason))
            case Acknowledge(signals):
                self.signals.extend(signals)
                for signal in signals:
                    self.mailbox.pop(signal.message_id, None)
                return Accepted(receipt)
            case FetchMessages(limit):
                return self._fetched(limit)
            case PutDocument() as part:
                return self._stored(part, receipt)
            case GetDocumentPart(document_id, number):
                return self._part(document_id, number)
            case _:
                return Accepted(receipt)

    def _fetched(self, limit: int) -> FetchedMessages:
        lease_until = datetime.now(UTC) + timedelta(minutes=5)
        batch = list(self.mailbox.items())[:limit]
        items = tuple(
            MailboxItem(message_id, lease_until, sign_envelope(operation, key_of(EXCHANGE), now=datetime.now(UTC)))
            for message_id, operation in batch
        )
        return FetchedMessages(items, len(self.mailbox) - len(items))

    def _stored(self, part: PutDocument, receipt: Receipt) -> DocumentStored:
        document_id = self.uploads.setdefault(part.upload_id, DocumentId(secrets.token_urlsafe(32)))
        document = self.documents.setdefault(document_id, TinyDocument(part.file_name, part.media_type))
        document.parts[part.part] = part.content
        document.total = part.parts
        return DocumentStored(receipt, document_id, len(document.parts) == part.parts)

    def _part(self, document_id: DocumentId, number: int) -> DocumentPart:
        document = self.documents[document_id]
        sha256 = hashlib.sha256(document.content).hexdigest()
        return DocumentPart(
            document_id,
            number,
            document.total,
            len(document.content),
            sha256,
            document.name,
            document.media_type,
            document.parts[number],
        )


def _ticket(appeal: RegisterAppeal, receipt: Receipt) -> tuple[Ticket, tuple[Finding, ...]]:
    """A ticket, and a finding to show beside it."""
    at = receipt.accepted_at
    words = LocalText("Талон", "Талон", "Ticket")
    ticket = Ticket(str(receipt.appeal_number), at, at.date(), appeal.received_by, words)
    return ticket, (Finding(FindingCode.CONTACT_MISSING, "АППК 63(2)", words, words),)
