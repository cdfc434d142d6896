"""Documents by parts: durable before the receipt leaves, given out to those a message names them to."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from contracts.codes import Code
from contracts.payloads import PART_BYTES, DocumentPart, DocumentStored, GetDocumentPart, PutDocument
from gateway.ports.audit import RecordAccess
from gateway.ports.documents import FindDocuments, FindGranted, UploadProblem
from gateway.ports.intake import Acceptance
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes, receipt_for
from gateway.service.intake.once import answered_before, incoming, once
from gateway.service.intake.refused import Refused
from signing.keys.keypair import KeySource

_PROBLEMS = {
    UploadProblem.CONTRADICTS: (
        Code.UPLOAD_MISMATCH,
        "this part says another size, digest, name or number of parts than the first part of its upload",
    ),
    UploadProblem.MISMATCH: (
        Code.DOCUMENT_MISMATCH,
        "the whole document does not have the announced size and SHA-256; the upload is discarded, start a new one",
    ),
    UploadProblem.UNFINISHED: (
        Code.UPLOADS_UNFINISHED,
        "another upload would be more than a party may have unfinished; finish those that were begun",
    ),
}


async def put_document(exchange: Exchange, admitted: AdmittedMessage, key: KeySource) -> bytes:
    """Keep one part of an upload; returns the signed answer. Raises Refused."""
    put = cast("PutDocument", admitted.message.payload)
    if put.size > exchange.document_limit_bytes:
        limit = exchange.document_limit_bytes
        raise Refused(Code.DOCUMENT_TOO_LARGE, f"{put.size} bytes announced, the limit is {limit}")
    if len(put.content) > PART_BYTES:
        raise Refused(Code.PART_TOO_LARGE, f"the part has {len(put.content)} bytes, the limit is {PART_BYTES}")

    async def plan(now: datetime) -> Acceptance:
        kept = await exchange.documents.put_part(
            owner=admitted.header.sender, upload_id=put.upload_id, part=put.part, parts=put.parts, size=put.size,
            sha256=put.sha256, file_name=put.file_name, media_type=put.media_type, content=put.content,
            document_id=exchange.ids.document_id(), at=now,
        )  # fmt: skip
        if isinstance(kept, UploadProblem):
            code, words = _PROBLEMS[kept]
            raise Refused(code, words)
        document_id, complete = kept
        stored = DocumentStored(receipt_for(admitted, now=now), document_id, complete)
        answer = answer_bytes(admitted, stored, ids=exchange.ids, now=now)
        return Acceptance(incoming(admitted, answer, now=now, keep=False))  # the document itself is what is kept

    # the plan keeps the part, and what a repeat carries is kept already
    return await answered_before(exchange, admitted, key) or await once(exchange, admitted, plan, key)


async def get_document_part(exchange: Exchange, admitted: AdmittedMessage) -> bytes:
    """Read one part of a granted document; the access is logged. Raises Refused."""
    payload = cast("GetDocumentPart", admitted.message.payload)
    reader = admitted.header.sender
    document = (await exchange.store.run(FindDocuments([payload.document_id]))).get(payload.document_id)
    if document is None:
        raise Refused(Code.DOCUMENT_ABSENT, f"no document {payload.document_id}")
    if payload.document_id not in await exchange.store.run(FindGranted(reader, [payload.document_id])):
        raise Refused(Code.DOCUMENT_NOT_GRANTED, f"document {payload.document_id} was not sent to you")
    parts = max(1, -(-document.size // PART_BYTES))
    if payload.part > parts:
        raise Refused(Code.SCHEMA_VIOLATION, f"part {payload.part} asked, the document has {parts}")
    content = await exchange.documents.read(
        payload.document_id, offset=(payload.part - 1) * PART_BYTES, length=PART_BYTES
    )
    now = exchange.clock.now()
    await exchange.store.run(RecordAccess(reader, "document", f"{payload.document_id}#{payload.part}", now))
    part = DocumentPart(
        document_id=document.document_id, part=payload.part, parts=parts, size=document.size, sha256=document.sha256,
        file_name=document.file_name, media_type=document.media_type, content=content,
    )  # fmt: skip
    return answer_bytes(admitted, part, ids=exchange.ids, now=now)
