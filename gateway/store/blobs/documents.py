"""The port ``Documents``: rows in the store, bytes in a folder or a bucket, both durable before a call returns.

Bytes are always there before the row that speaks of them; what a crash leaves between the two is found again by the
sender's repeat, or is an unnamed file that costs space only. Nodes that share a database share folder or bucket.
"""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final
from weakref import WeakValueDictionary

from contracts.header import DocumentId
from contracts.party import PartyId
from gateway.ports.documents import FindDocuments, StoredDocument, UploadProblem, UploadQuota
from gateway.store.blobs.folder import Blobs
from gateway.store.cases import document_rows
from gateway.store.cases.document_rows import AddJob, Announcement, ExpiryJob, PartJob, Upload, UploadKey
from gateway.store.engine.errors import DocumentsUnavailable, NoSuchDocument
from gateway.store.engine.operations import Transactions

QUOTA: Final = UploadQuota()
PutResult = tuple[DocumentId, bool] | UploadProblem


class FileDocuments:
    """``blobs``: where the bytes lie, the parts of uploads among them."""

    def __init__(self, store: Transactions, blobs: Blobs, quota: UploadQuota = QUOTA) -> None:
        self._quota = quota
        self._store = store
        self._files = blobs
        self._assembling: WeakValueDictionary[UploadKey, asyncio.Lock] = WeakValueDictionary()

    async def put_part(
        self,
        *,
        owner: PartyId,
        upload_id: str,
        part: int,
        parts: int,
        size: int,
        sha256: str,
        file_name: str,
        media_type: str,
        content: bytes,
        document_id: DocumentId,
        at: datetime,
    ) -> PutResult:
        whole = StoredDocument(document_id, owner, size, sha256, file_name, media_type)
        announced = Announcement(upload_id, parts, whole, at)
        standing = await self._store.read(document_rows.find_upload, announced)
        if isinstance(standing, UploadProblem) or not 1 <= part <= parts:
            return UploadProblem.CONTRADICTS
        if standing is None and parts > 1 and await self._store.read(document_rows.is_over, announced, self._quota):
            return UploadProblem.UNFINISHED
        if standing is not None and standing.complete:
            return standing.document_id, True
        digest = await asyncio.to_thread(_sha256, content)
        if standing is not None and _contradicts(standing, part, digest):  # before it costs a place on the disk
            return UploadProblem.CONTRADICTS
        if parts == 1:
            return await self._put_whole(announced, content, digest)
        return await self._put_part(announced, part, content, digest)

    async def read(self, document_id: DocumentId, *, offset: int, length: int) -> bytes:
        """Shorter than ``length`` at the end. Raises NoSuchDocument."""
        document = (await self._store.read(document_rows.find_documents, FindDocuments([document_id]))).get(document_id)
        if document is None:
            raise NoSuchDocument(f"no document {document_id}")
        return await asyncio.to_thread(self._files.read, document.sha256, offset, length)

    def open(self, document: StoredDocument) -> BinaryIO:
        return self._files.open(document.sha256)

    async def add_file(
        self, *, owner: PartyId, path: str, file_name: str, media_type: str, document_id: DocumentId, at: datetime
    ) -> StoredDocument:
        size, sha256 = await asyncio.to_thread(self._files.take_over, Path(path))
        document = StoredDocument(document_id, owner, size, sha256, file_name, media_type)
        await self._store.write(document_rows.add_documents, AddJob(document, at))
        return document

    async def require_home(self) -> None:
        """Raises DocumentsUnavailable when documents are known and their place is as good as new."""
        if self._files.is_new() and await self._store.read(document_rows.has_any):
            raise DocumentsUnavailable(
                "the database knows documents, and their folder has none: is the volume mounted, is documents_folder "
                "right? After a loss, restore the folder, or make an empty folder blobs in it to go on without them"
            )

    async def discard_leftovers(self, prefix: str) -> int:
        unused = await asyncio.to_thread(self._files.unused, prefix)
        needed = await self._store.read(document_rows.needed, unused)
        gone = 0
        for sha256 in unused:
            if sha256 not in needed:
                gone += await asyncio.to_thread(self._files.delete_unused, sha256)
        return gone

    async def discard_lost(self, *, limit: int) -> int:
        lost = await self._store.read(document_rows.lost_bytes, limit)
        for sha256, is_needed in lost.items():
            if not is_needed:
                await asyncio.to_thread(self._files.delete_unused, sha256)
        if lost:
            await self._store.write(document_rows.settle_lost, tuple(lost))
        return len(lost)

    async def discard_uploads(self, *, before: datetime, limit: int) -> int:
        expired = await self._store.read(document_rows.expired_uploads, before, limit)
        if not expired:
            return 0
        gone = await self._store.write(document_rows.discard_expired, ExpiryJob(expired, before))
        for key in gone:
            await asyncio.to_thread(self._files.discard, folder_of(key))
        return len(gone)

    async def _put_whole(self, announced: Announcement, content: bytes, digest: str) -> PutResult:
        """The usual document comes in one part: nothing to stage or to join."""
        document = announced.document
        if (len(content), digest) != (document.size, document.sha256):
            return UploadProblem.MISMATCH
        await asyncio.to_thread(self._files.put, content, digest)
        return await self._complete(announced)

    async def _put_part(self, announced: Announcement, part: int, content: bytes, digest: str) -> PutResult:
        await asyncio.to_thread(self._files.stage, folder_of(announced.key), digest, content)
        job = PartJob(announced, part, len(content), digest)
        upload = await self._store.write(document_rows.record_parts, job)
        if isinstance(upload, UploadProblem):
            return upload
        if upload.received_bytes > announced.document.size:  # never let parts grow past what was announced
            return await self._discard(announced)
        if upload.complete or len(upload.parts) < announced.parts:
            return upload.document_id, upload.complete
        lock = self._assembling.setdefault(announced.key, asyncio.Lock())
        async with lock:  # the last part may come twice at once
            return await self._assemble(announced)

    async def _assemble(self, announced: Announcement) -> PutResult:
        now = await self._store.read(document_rows.find_upload, announced)
        if not isinstance(now, Upload):
            return now or UploadProblem.MISMATCH  # whoever was first found it so, and discarded it
        if now.complete:
            return now.document_id, True
        document, folder = announced.document, folder_of(announced.key)
        parts = [now.parts[part].sha256 for part in sorted(now.parts)]
        try:
            fits = await asyncio.to_thread(
                self._files.assemble, folder, parts, size=document.size, sha256=document.sha256
            )
        except FileNotFoundError:  # a part was removed with an upload of the same name that had expired
            fits = False
        if not fits:
            return await self._discard(announced)
        result = await self._complete(announced)
        await asyncio.to_thread(self._files.discard, folder)
        return result

    async def _discard(self, announced: Announcement) -> PutResult:
        await self._store.write(document_rows.discard, announced.key)
        await asyncio.to_thread(self._files.discard, folder_of(announced.key))
        return UploadProblem.MISMATCH

    async def _complete(self, announced: Announcement) -> PutResult:
        completed = await self._store.write(document_rows.complete, announced)
        return completed if isinstance(completed, UploadProblem) else (completed, True)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def folder_of(key: UploadKey) -> str:
    """A name from what a party chose: never its own words in a path."""
    return hashlib.sha256("\0".join(key).encode()).hexdigest()


def _contradicts(standing: Upload, part: int, sha256: str) -> bool:
    """Whether the part is in already, with other bytes."""
    known = standing.parts.get(part)
    return known is not None and known.sha256 != sha256
