"""Documents by parts: never inside a message, always with their digest checked end to end."""

from __future__ import annotations

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from connectors.soap.calls import Answered
from connectors.soap.errors import PeerUntrusted
from contracts.header import DocumentId
from contracts.operations import Service
from contracts.payloads import (
    PART_BYTES,
    DocumentKind,
    DocumentPart,
    DocumentRef,
    DocumentStored,
    GetDocumentPart,
    PutDocument,
)


def split(content: bytes, *, upload_id: str, file_name: str, media_type: str) -> Iterator[PutDocument]:
    """The parts of one upload, in order; an empty document is one empty part."""
    parts = max(1, -(-len(content) // PART_BYTES))
    sha256 = hashlib.sha256(content).hexdigest()
    for number in range(1, parts + 1):
        chunk = content[(number - 1) * PART_BYTES : number * PART_BYTES]
        yield PutDocument(upload_id, number, parts, len(content), sha256, file_name, media_type, chunk)


class ExchangeCaller(Protocol):
    """Calls the exchange; ``SoapClient`` is one."""

    async def call(self, service: Service, payload: PutDocument | GetDocumentPart) -> Answered: ...


async def put_document(
    caller: ExchangeCaller,
    content: bytes,
    file_name: str,
    media_type: str,
    kind: DocumentKind,
    title: str,
    *,
    upload_id: str | None = None,
) -> DocumentRef:
    """Upload all parts; what returns may be named in messages.

    Give the same ``upload_id`` again after a failure: repeated parts are harmless and the document keeps its id.
    """
    upload_id = upload_id or str(uuid.uuid4())
    stored: DocumentStored | None = None
    for part in split(content, upload_id=upload_id, file_name=file_name, media_type=media_type):
        answer = (await caller.call(Service.DOCUMENTS, part)).message.payload
        if not isinstance(answer, DocumentStored):
            raise PeerUntrusted(f"PutDocument was answered by {type(answer).__name__}")
        stored = answer
    if stored is None or not stored.complete:
        raise PeerUntrusted("all parts were stored, yet the document is not complete")
    sha256 = hashlib.sha256(content).hexdigest()
    return DocumentRef(stored.document_id, kind, title, file_name, media_type, len(content), sha256)


async def get_document(caller: ExchangeCaller, document_id: DocumentId) -> AsyncIterator[bytes]:
    """Yield the parts in order. What came is proven only when the iteration ends without ``PeerUntrusted``."""
    digest, received, number, parts = hashlib.sha256(), 0, 0, 1
    while number < parts:
        number += 1
        part = await _part(caller, document_id, number)
        parts = part.parts
        digest.update(part.content)
        received += len(part.content)
        if received > part.size:
            raise PeerUntrusted(f"document {document_id} is longer than announced")
        yield part.content
    if (received, digest.hexdigest()) != (part.size, part.sha256):
        raise PeerUntrusted(f"document {document_id}: {received} bytes came, with another digest than announced")


async def fetch_document(caller: ExchangeCaller, ref: DocumentRef, path: Path) -> None:
    """Get the document that a message names into ``path``: whole, durable and equal to ``ref``, or not at all."""
    partial = path.with_name(f"{path.name}.part")
    digest, received = hashlib.sha256(), 0
    with partial.open("wb") as file:
        async for chunk in get_document(caller, ref.document_id):
            digest.update(chunk)
            received += len(chunk)
            await asyncio.to_thread(file.write, chunk)
        await asyncio.to_thread(_make_durable, file)
    if (received, digest.hexdigest()) != (ref.size, ref.sha256):
        raise PeerUntrusted(f"document {ref.document_id} is not the one that the message names")
    partial.replace(path)


def _make_durable(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


async def _part(caller: ExchangeCaller, document_id: DocumentId, number: int) -> DocumentPart:
    answer = (await caller.call(Service.DOCUMENTS, GetDocumentPart(document_id, number))).message.payload
    if not isinstance(answer, DocumentPart):
        raise PeerUntrusted(f"GetDocumentPart was answered by {type(answer).__name__}")
    if (answer.document_id, answer.part) != (document_id, number):
        raise PeerUntrusted(f"asked for part {number} of {document_id}, got {answer.part} of {answer.document_id}")
    return answer
