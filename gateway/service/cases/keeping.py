"""Keep a file that an operator brings, part by part, as the exchange's own document; the same again keeps nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.header import DocumentId
from contracts.payloads import PART_BYTES
from gateway.ports.documents import UploadProblem
from gateway.service.exchange import Exchange


class NotKept(Exception):
    """The file cannot be kept; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class UploadPart:
    """Part ``part`` of ``parts`` (from 1) of the file whose whole is ``size`` bytes with this digest (hex)."""

    upload_id: str
    part: int
    parts: int
    size: int
    sha256: str
    file_name: str
    media_type: str
    content: bytes


async def keep_part(exchange: Exchange, part: UploadPart) -> tuple[DocumentId, bool]:
    """Durable on return: the document's id, and whether it is whole now. Raises NotKept."""
    if part.size > exchange.document_limit_bytes:
        raise NotKept(f"{part.file_name} has {part.size} bytes, the limit is {exchange.document_limit_bytes}")
    kept = await exchange.documents.put_part(
        owner=exchange.me,
        upload_id=part.upload_id,
        part=part.part,
        parts=part.parts,
        size=part.size,
        sha256=part.sha256,
        file_name=part.file_name,
        media_type=part.media_type,
        content=part.content,
        document_id=exchange.ids.document_id(),
        at=exchange.clock.now(),
    )
    if isinstance(kept, UploadProblem):
        raise NotKept(f"{part.file_name} cannot be kept ({kept.value}): it changed meanwhile, or the quota is used up")
    return kept


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as a whole. ``of``: what it is kept for; the same file for the same is kept once."""

    of: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    source: Path | bytes

    @classmethod
    def at_hand(cls, of: str, file_name: str, media_type: str, content: bytes) -> UploadedFile:
        return cls(of, file_name, media_type, len(content), hashlib.sha256(content).hexdigest(), content)

    @classmethod
    def at(cls, of: str, file_name: str, media_type: str, path: Path) -> UploadedFile:
        """Reads it once, for its digest. Raises OSError."""
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(of, file_name, media_type, path.stat().st_size, sha256, path)

    def parts(self) -> Iterator[UploadPart]:
        """In order; an empty file has one empty part."""
        name = hashlib.sha256(f"{self.of}\0{self.file_name}\0{self.sha256}".encode()).hexdigest()
        count = max(1, -(-self.size // PART_BYTES))
        for number in range(1, count + 1):
            content = self._read((number - 1) * PART_BYTES)
            yield UploadPart(
                f"import:{name}", number, count, self.size, self.sha256, self.file_name, self.media_type, content
            )

    def _read(self, offset: int) -> bytes:
        if isinstance(self.source, bytes):
            return self.source[offset : offset + PART_BYTES]
        with self.source.open("rb") as stream:
            stream.seek(offset)
            return stream.read(PART_BYTES)
