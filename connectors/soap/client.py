"""The client of the exchange's services: signs what it says and believes only what the peer has signed.

A *prepared call* is the thing to keep: its operation bytes never change. Store it before the first try, and send the
same one, each time under a fresh Timestamp and signature, until an answer comes. Then the peer sees one message
however often the network fails, and gives the same receipt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import aiohttp

from connectors.ports.clock import Clock
from connectors.soap import documents
from connectors.soap.ambient import MessageIds
from connectors.soap.calls import Answered, PreparedCall
from connectors.soap.errors import PeerFault, PeerSilent, PeerUntrusted
from connectors.soap.transport import HttpAnswer, post
from contracts.codec import build_request, parse_operation
from contracts.errors import ContractError
from contracts.header import ConversationId, DocumentId, Header, Message, MessageId, action_of
from contracts.operations import OPERATIONS, Effect, Service
from contracts.party import PartyId
from contracts.payloads import (
    Accepted,
    AppealAccepted,
    DisagreementAccepted,
    DocumentKind,
    DocumentRef,
    DocumentStored,
    Request,
)
from contracts.soap import operation_of, parse_fault
from signing.errors import SignatureRefused
from signing.keys.keypair import SigningKey
from signing.profile.offload import aside
from signing.profile.verification import PinnedCertificates, ReadEnvelope, VerifiedEnvelope, verify_envelope
from signing.profile.writing import sign_envelope


class SoapClient:
    """Calls one peer's services as one party. ``base_url`` is what a service's path segment is appended to."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        me: PartyId,
        key: SigningKey,
        peer: PartyId,
        peer_certificates: PinnedCertificates,
        base_url: str,
        clock: Clock,
        ids: MessageIds,
        within: timedelta = timedelta(seconds=30),
    ) -> None:
        self._session = session
        self._key = key
        self._pinned = peer_certificates
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._ids = ids
        self._within = within
        self.me = me
        self.peer = peer

    def prepare(
        self,
        service: Service,
        payload: Request,
        *,
        conversation_id: ConversationId | None = None,
        ref: MessageId | None = None,
        message_id: MessageId | None = None,
    ) -> PreparedCall:
        """Fix the message's bytes. ``message_id`` is minted unless the caller has one already."""
        header = Header(
            message_id=message_id or self._ids.message_id(),
            conversation_id=conversation_id,
            ref_to_message_id=ref,
            sender=self.me,
            recipient=self.peer,
            action=action_of(payload),
            created_at=self._clock.now(),
        )
        operation = build_request(Message(header, payload))
        return PreparedCall(service, type(payload).__name__, header.message_id, operation)

    async def send(self, call: PreparedCall) -> Answered:
        """Sign afresh, post, and verify the answer. Raises a ``CallFailed``; the same call may then go again."""
        envelope = sign_envelope(call.operation, self._key, now=self._clock.now())
        url = f"{self._base_url}/{call.service.value}"
        answer = await post(self._session, url, envelope, within=self._within, now=self._clock.now())
        if not isinstance(answer, HttpAnswer):
            raise PeerSilent(answer.reason)
        return await aside(answer.body, partial(self._read, answer, call))

    async def call(
        self,
        service: Service,
        payload: Request,
        *,
        conversation_id: ConversationId | None = None,
        ref: MessageId | None = None,
        message_id: MessageId | None = None,
    ) -> Answered:
        """Prepare and send once; for reads, and for writes that the caller can afford to lose."""
        call = self.prepare(service, payload, conversation_id=conversation_id, ref=ref, message_id=message_id)
        return await self.send(call)

    async def put_document(
        self,
        content: bytes,
        file_name: str,
        media_type: str,
        kind: DocumentKind,
        title: str,
        *,
        upload_id: str | None = None,
    ) -> DocumentRef:
        """See ``documents.put_document``."""
        return await documents.put_document(self, content, file_name, media_type, kind, title, upload_id=upload_id)

    def get_document(self, document_id: DocumentId) -> AsyncIterator[bytes]:
        """See ``documents.get_document``."""
        return documents.get_document(self, document_id)

    async def fetch_document(self, ref: DocumentRef, path: Path) -> None:
        """See ``documents.fetch_document``."""
        await documents.fetch_document(self, ref, path)

    def _read(self, answer: HttpAnswer, call: PreparedCall) -> Answered:
        try:
            read = ReadEnvelope.of(answer.body)
            operation = operation_of(read.root)
        except ContractError as error:
            raise PeerSilent(f"HTTP {answer.status}, no SOAP answer: {error}") from error
        fault = parse_fault(operation)
        if fault is not None:
            signed = self._is_signed_by_peer(read)
            if signed and fault.message_id not in {None, call.message_id}:
                raise PeerUntrusted(f"the fault is about message {fault.message_id}")
            raise PeerFault(fault, signed=signed)
        message = self._believe(read, call)
        return Answered(message, answer.body)

    def _is_signed_by_peer(self, read: ReadEnvelope) -> bool:
        try:
            return self._verify(read).owner == self.peer
        except PeerUntrusted:
            return False

    def _verify(self, read: ReadEnvelope) -> VerifiedEnvelope:
        try:
            return verify_envelope(read, self._pinned, now=self._clock.now())
        except SignatureRefused as refused:
            raise PeerUntrusted(f"answer not verified: {refused}") from refused

    def _believe(self, read: ReadEnvelope, call: PreparedCall) -> Message:
        verified = self._verify(read)
        try:
            message = parse_operation(verified.content)
        except ContractError as error:
            raise PeerUntrusted(f"answer breaks the contract: {error}") from error
        self._check_address(message.header, verified.owner, call)
        expected = OPERATIONS[call.service][call.name].answer
        if not isinstance(message.payload, expected):
            raise PeerUntrusted(f"{call.name} was answered by {type(message.payload).__name__}")
        if call.effect is Effect.WRITE:
            _check_receipt(message, call)
        return message

    def _check_address(self, header: Header, signer: str, call: PreparedCall) -> None:
        """A true answer replayed from another call, or meant for another party, is no answer to this one."""
        if (signer, header.sender) != (self.peer, self.peer):
            raise PeerUntrusted(f"answer is by {signer} for {header.sender}")
        if header.recipient != self.me:
            raise PeerUntrusted(f"answer is addressed to {header.recipient}")
        if header.ref_to_message_id != call.message_id:
            raise PeerUntrusted(f"answer refers to message {header.ref_to_message_id}")


def _check_receipt(message: Message, call: PreparedCall) -> None:
    """A write is done when the receipt names our message and the digest of our very bytes."""
    if not isinstance(message.payload, Accepted | AppealAccepted | DisagreementAccepted | DocumentStored):
        raise PeerUntrusted(f"{type(message.payload).__name__} carries no receipt")
    receipt = message.payload.receipt
    if (receipt.message_id, receipt.digest) != (call.message_id, call.digest):
        raise PeerUntrusted(f"the receipt names {receipt.message_id} with digest {receipt.digest}")
