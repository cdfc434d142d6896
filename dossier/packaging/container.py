"""The container: a ZIP written deterministically by streaming, and read strictly from its raw bytes.

The standard library's reader opens files with hidden entries, duplicate names and bytes before or behind
(CVE-2024-0450, CVE-2025-8291), so that two programs can see two different dossiers in one file. Here only what the
central directory names is taken from it; every header is then rebuilt and must equal the bytes that are there.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from dossier.check.zip_survey import ContainerError, Flaw, ZipLimits, survey
from dossier.packaging import zip_form
from dossier.packaging.write_behind import WriteBehind
from dossier.packaging.zip_form import Entry

__all__ = ["Container", "ContainerError", "ContainerWriter", "Flaw", "ZipLimits", "write_container"]

CHUNK_BYTES: Final = 256 * 1024  # fits a core's own cache, where hash, checksum and copy find it in turn


# --- writing --------------------------------------------------------------------------------------------------------


class ContainerWriter:
    """Writes entries one behind the other to ``stream``, which must be seekable and empty."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._entries: list[Entry] = []
        self._disk = WriteBehind(stream)

    def add(self, name: str, data: bytes) -> bytes:
        """Write a file that is at hand; returns its SHA-256 (32 bytes)."""
        return self.add_stream(name, BytesIO(data), len(data))

    def add_stream(self, name: str, source: BinaryIO, size: int) -> bytes:
        """Copy exactly ``size`` bytes, hashing them on the way; returns their SHA-256 (32 bytes).

        The CRC is written into the header afterwards: a data descriptor would be a second, unsigned truth.
        """
        return self._write(name, _chunks(source, size + 1), size)  # one more than promised, to notice a longer source

    def copy(self, container: Container, name: str) -> bytes:
        """Copy a file of another container as it is; returns its SHA-256 (32 bytes)."""
        return self._write(name, container.chunks(name), container.size_of(name))

    def _write(self, name: str, chunks: Iterable[bytes], size: int) -> bytes:
        entry = Entry(name, size, 0, self._stream.tell())
        self._stream.write(zip_form.local_header(entry))
        begun = self._stream.tell()
        digest, crc, copied = hashlib.sha256(), 0, 0
        for chunk in chunks:
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
            copied += len(chunk)
            self._stream.write(chunk)
            self._disk.follow(begun + copied)
        if copied != size:
            raise ContainerError(
                name, f"{size} bytes were promised, the source holds {'more' if copied > size else copied}"
            )
        self._finish(replace(entry, crc=crc))
        return digest.digest()

    def close(self) -> None:
        """Write the central directory and the end record."""
        offset = self._stream.tell()
        directory = zip_form.directory(self._entries)
        self._stream.write(directory + zip_form.end_records(len(self._entries), len(directory), offset))

    def _finish(self, entry: Entry) -> None:
        self._stream.seek(entry.offset)
        self._stream.write(zip_form.local_header(entry))
        self._stream.seek(entry.end)
        self._entries.append(entry)


def write_container(stream: BinaryIO, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a whole container of files that are at hand."""
    writer = ContainerWriter(stream)
    for name, data in files:
        writer.add(name, data)
    writer.close()


# --- reading --------------------------------------------------------------------------------------------------------


class Container:
    """A container open for reading: its entries as the central directory names them, and their raw bytes.

    ``flaws`` lists where the bytes differ from the one form we write; contents can still be read then.
    """

    def __init__(self, stream: BinaryIO, entries: tuple[Entry, ...], flaws: tuple[Flaw, ...]) -> None:
        self._stream = stream
        self.entries = entries
        self.flaws = flaws
        self._by_name = {entry.name: entry for entry in entries}

    @classmethod
    def open(cls, path: Path, limits: ZipLimits | None = None) -> Self:
        """Raises ``ContainerError`` when not even the list of files can be made out."""
        stream = path.open("rb")
        try:
            return cls(stream, *survey(stream, limits or ZipLimits()))
        except BaseException:
            stream.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.entries)

    def holds(self, name: str) -> bool:
        return name in self._by_name

    def size_of(self, name: str) -> int:
        return self._by_name[name].size

    def read(self, name: str, *, limit_bytes: int) -> bytes:
        """The whole file. Raises ``ContainerError`` when absent or longer than ``limit_bytes``."""
        entry = self._by_name.get(name)
        if entry is None:
            raise ContainerError(name, "is missing")
        if entry.size > limit_bytes:
            raise ContainerError(name, f"has {entry.size} bytes, more than {limit_bytes}")
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file piece by piece, straight from the raw bytes."""
        entry = self._by_name[name]
        self._stream.seek(entry.data_offset)
        return _chunks(self._stream, entry.size)

    def checksums(self, name: str) -> tuple[bytes, bool]:
        """SHA-256 (32 bytes) of a file, and whether its CRC-32 is the one in its header; one pass."""
        digest, crc = hashlib.sha256(), 0
        for chunk in self.chunks(name):
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
        return digest.digest(), crc == self._by_name[name].crc


def _chunks(source: BinaryIO, size: int) -> Iterator[bytes]:
    while size and (chunk := source.read(min(CHUNK_BYTES, size))):
        yield chunk
        size -= len(chunk)
