"""A foreign container open for reading: files stored or deflated, unpacked with every byte counted."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from dossier.check.zip_survey import ContainerError, Flaw
from dossier.foreign.zip.listing import survey
from dossier.foreign.zip.values import DEFLATED, Member, Survey, ZipBounds

CHUNK_BYTES: Final = 256 * 1024
_RAW_DEFLATE: Final = -15  # zlib's way to say: no header, no checksum, window of 32 KiB


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Digests of a file by the name of their algorithm, and whether its CRC-32 is the one in its header."""

    digests: Mapping[str, bytes]
    crc_fits: bool


class Archive:
    """Members and flaws as ``ziplist.survey`` found them. Whoever unpacks looks at the flaws first."""

    def __init__(self, stream: BinaryIO, surveyed: Survey) -> None:
        self._stream = stream
        self.flaws: tuple[Flaw, ...] = surveyed.flaws
        self.comment = surveyed.comment
        self.members = tuple(member for member in surveyed.members if not member.is_folder)
        self._by_name = {member.name: member for member in self.members}

    @classmethod
    def open(cls, path: Path, bounds: ZipBounds | None = None) -> Self:
        """Raises ``ContainerError`` when not even the list of files can be made out."""
        stream = path.open("rb")
        try:
            return cls(stream, survey(stream, bounds or ZipBounds()))
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
        """Files in the order in which they lie; folders are left out."""
        return tuple(member.name for member in self.members)

    def holds(self, name: str) -> bool:
        return name in self._by_name

    def read(self, name: str, *, limit_bytes: int) -> bytes:
        """The whole file. Raises ``ContainerError`` when absent, broken or longer than ``limit_bytes``."""
        member = self._by_name.get(name)
        if member is None:
            raise ContainerError(name, "is missing")
        if member.size > limit_bytes:
            raise ContainerError(name, f"has {member.size} bytes, more than {limit_bytes}")
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file piece by piece. Raises ``ContainerError`` as soon as it gives more, less or other than announced."""
        member = self._by_name[name]
        pieces = self._packed(member)
        counted = 0
        for piece in _inflate(pieces, name) if member.method == DEFLATED else pieces:
            counted += len(piece)
            if counted > member.size:
                raise ContainerError(name, f"gives more than the {member.size} bytes announced")
            yield piece
        if counted != member.size:
            raise ContainerError(name, f"gives {counted} bytes; {member.size} were announced")

    def fingerprint(self, name: str, algorithms: Iterable[str]) -> Fingerprint:
        """Digests by the ``hashlib`` names given; one pass. Raises ``ContainerError`` for a broken file."""
        hashes = {algorithm: hashlib.new(algorithm) for algorithm in algorithms}
        crc = 0
        for chunk in self.chunks(name):
            crc = zlib.crc32(chunk, crc)
            for digest in hashes.values():
                digest.update(chunk)
        digests = {algorithm: digest.digest() for algorithm, digest in hashes.items()}
        return Fingerprint(digests, crc_fits=crc == self._by_name[name].crc)

    def _packed(self, member: Member) -> Iterator[bytes]:
        place, end = member.data_offset, member.data_offset + member.packed
        while place < end:
            self._stream.seek(place)  # two readers may take turns
            chunk = self._stream.read(min(CHUNK_BYTES, end - place))
            if not chunk:
                raise ContainerError(member.name, "is cut off")
            place += len(chunk)
            yield chunk


def _inflate(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """RFC 1951, a bounded piece at a time; the stream must end exactly where the packed bytes end."""
    inflater = zlib.decompressobj(_RAW_DEFLATE)
    for packed in pieces:
        rest = packed
        while rest:
            if inflater.eof:
                raise ContainerError(name, "has packed bytes behind its end")
            try:
                yield inflater.decompress(rest, CHUNK_BYTES)
            except zlib.error as error:
                raise ContainerError(name, f"cannot be unpacked: {error}") from error
            rest = inflater.unconsumed_tail or inflater.unused_data
    yield inflater.flush() if not inflater.eof else b""
    if not inflater.eof or inflater.unused_data:
        raise ContainerError(name, "has packed bytes that do not end")
