"""Documents: rows in the store, bytes elsewhere, once by digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Protocol

from contracts.header import DocumentId
from contracts.party import PartyId
from gateway.ports.operations import Read


class UploadProblem(StrEnum):
    """Why a part cannot be taken."""

    CONTRADICTS = "contradicts"  # other size, digest, names or parts than the first part of this upload said
    MISMATCH = "mismatch"  # the whole has another size or digest than announced; the upload is discarded
    UNFINISHED = "unfinished"  # one more would be more than its owner may have unfinished


@dataclass(frozen=True, slots=True)
class UploadQuota:
    """What one party may have begun and not finished. ``size_bytes``: as announced, of all of them."""

    uploads: int = 100
    size_bytes: int = 8 * 1024**3


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A complete document. Its bytes lie once by digest."""

    document_id: DocumentId
    owner: PartyId
    size: int
    sha256: str
    file_name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FindDocuments(Read[dict[DocumentId, StoredDocument]]):
    """Complete documents among these; one that was erased has no name any more, and is none."""

    document_ids: Sequence[DocumentId]


@dataclass(frozen=True, slots=True)
class FindGranted(Read[frozenset[DocumentId]]):
    """Which of these the party may read: its own, and those that a message to it names."""

    party: PartyId
    document_ids: Sequence[DocumentId]


class Documents(Protocol):
    """Documents: rows in the store, bytes on disk once by digest."""

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
    ) -> tuple[DocumentId, bool] | UploadProblem:
        """Keep one part, durable on return; repeating a part is harmless.

        Returns the upload's id (``document_id`` is used only for its first part) and whether the document is
        complete now.
        """
        ...

    async def discard_leftovers(self, prefix: str) -> int:
        """Remove bytes that no document has and that nobody put for days: what a crash left between bytes and row.

        Of one 256th, by the first two hex digits of the digest. Returns how many.
        """
        ...

    async def discard_lost(self, *, limit: int) -> int:
        """Remove bytes of documents that were erased, unless they came anew. Returns how many were settled."""
        ...

    async def discard_uploads(self, *, before: datetime, limit: int) -> int:
        """Forget uploads begun before and not finished, rows and bytes, so many at most. Returns how many."""
        ...

    async def read(self, document_id: DocumentId, *, offset: int, length: int) -> bytes: ...
    def open(self, document: StoredDocument) -> BinaryIO:
        """Open a complete document for reading; blocking, for use in a thread. The caller closes it."""
        ...

    async def add_file(
        self, *, owner: PartyId, path: str, file_name: str, media_type: str, document_id: DocumentId, at: datetime
    ) -> StoredDocument:
        """Take over a finished file (a dossier): moved, not copied, hashed once."""
        ...
