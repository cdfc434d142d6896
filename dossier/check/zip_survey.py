"""Survey a ZIP from its raw bytes: which files it names, and where it differs from the one form that we write.

Only name, size, checksum and place of a file are taken from the central directory; every header is then rebuilt from
these and must equal the bytes that are there.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from dossier.packaging import zip_form
from dossier.packaging.zip_form import Entry


class ContainerError(Exception):
    """The bytes are no container of ours; ``part`` names the piece that is not as it must be."""

    def __init__(self, part: str, detail: str) -> None:
        super().__init__(f"{part}: {detail}")
        self.part = part
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What we are ready to open, so that a hostile file costs little."""

    entries: int = 20_000
    name_bytes: int = 512
    directory_bytes: int = 16 * 1024 * 1024
    total_bytes: int = 64 * 1024**3


@dataclass(frozen=True, slots=True)
class Flaw:
    """A piece of the ZIP that is not as we write it."""

    part: str
    detail: str


def survey(stream: BinaryIO, limits: ZipLimits) -> tuple[tuple[Entry, ...], tuple[Flaw, ...]]:
    """Entries in the order of the directory, and flaws. Raises ``ContainerError`` when the list cannot be made out."""
    length = os.fstat(stream.fileno()).st_size
    if length > limits.total_bytes:
        raise ContainerError("ZIP file", f"has {length} bytes, more than {limits.total_bytes}")
    count, size, offset = _read_end(stream, length, limits)
    raw = _at(stream, offset, size)
    entries = _read_directory(raw, count, limits)
    _require_in_bounds(entries, offset)
    return entries, (*_flaws_of_names(entries), *_flaws_of_bytes(stream, entries, raw, (offset, length)))


def _read_end(stream: BinaryIO, length: int, limits: ZipLimits) -> tuple[int, int, int]:
    """Count, size and offset of the central directory, from the end record at the very end of the file."""
    part = "ZIP end record"
    magic, *_, count, size, offset, _comment = zip_form.END.unpack(
        _at(stream, length - zip_form.END.size, zip_form.END.size)
    )
    if magic != zip_form.END_MAGIC:
        raise ContainerError(part, "is not at the very end of the file")
    if count == zip_form.MAX16 or zip_form.MAX32 in (size, offset):
        count, size, offset = _read_end64(stream, length)
    if count > limits.entries or size > limits.directory_bytes:
        raise ContainerError(part, f"announces {count} files; at most {limits.entries} are opened")
    if offset + size + len(zip_form.end_records(count, size, offset)) != length:
        raise ContainerError(part, "does not fit the length of the file: bytes are missing, hidden or added")
    return count, size, offset


def _read_end64(stream: BinaryIO, length: int) -> tuple[int, int, int]:
    place = length - zip_form.END.size - zip_form.LOCATOR64.size - zip_form.END64.size
    magic, *_, count, size, offset = zip_form.END64.unpack(_at(stream, place, zip_form.END64.size))
    if magic != zip_form.END64_MAGIC:
        raise ContainerError("ZIP end record", "has no ZIP64 record before it")
    return count, size, offset


def _read_directory(raw: bytes, count: int, limits: ZipLimits) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    place = 0
    while place < len(raw) and len(entries) < count:
        entry, place = _read_entry(raw, place, f"ZIP central directory, file {len(entries) + 1}", limits)
        entries.append(entry)
    if place != len(raw) or len(entries) != count:
        raise ContainerError("ZIP central directory", f"does not hold exactly the {count} files announced")
    return tuple(entries)


def _read_entry(raw: bytes, place: int, part: str, limits: ZipLimits) -> tuple[Entry, int]:
    """One central header: name, size, CRC and offset are taken, all else is left to the rebuild."""
    if place + zip_form.CENTRAL.size > len(raw):
        raise ContainerError(part, "is cut off")
    fields = zip_form.CENTRAL.unpack_from(raw, place)
    magic, crc, size, name_bytes, extra_bytes, comment_bytes, offset = (
        fields[0], fields[7], fields[8], fields[10], fields[11], fields[12], fields[16],
    )  # fmt: skip
    start = place + zip_form.CENTRAL.size
    if magic != zip_form.CENTRAL_MAGIC or name_bytes > limits.name_bytes or comment_bytes:
        raise ContainerError(part, "is not a header of ours")
    extra = raw[start + name_bytes : start + name_bytes + extra_bytes]
    size, offset = _widen(size, offset, extra, part)
    try:
        name = raw[start : start + name_bytes].decode()
    except UnicodeDecodeError as error:
        raise ContainerError(part, "has a name that is not UTF-8") from error
    return Entry(name, size, crc, offset), start + name_bytes + extra_bytes


def _widen(size: int, offset: int, extra: bytes, part: str) -> tuple[int, int]:
    """Take the 64-bit numbers from the ZIP64 extra field where the header says they are there."""
    numbers = [int.from_bytes(extra[at : at + 8], "little") for at in range(4, len(extra) - 7, 8)]
    needed = (2 if size == zip_form.MAX32 else 0) + (1 if offset == zip_form.MAX32 else 0)
    if len(numbers) != needed:
        raise ContainerError(part, "has an extra field that does not fit its numbers")
    wide_size = numbers[0] if size == zip_form.MAX32 else size
    return wide_size, numbers[-1] if offset == zip_form.MAX32 else offset


def _require_in_bounds(entries: Sequence[Entry], directory_offset: int) -> None:
    for entry in entries:
        if entry.end > directory_offset:
            raise ContainerError(entry.name, "reaches beyond the files' part of the ZIP")


def _flaws_of_names(entries: Sequence[Entry]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for entry in entries:
        folded = unicodedata.normalize("NFC", entry.name).casefold()
        if folded in seen:
            yield Flaw(entry.name, "the name occurs twice, or differs only by case")
        seen.add(folded)
        if not _is_safe(entry.name):
            yield Flaw(entry.name, "the name is not safe to unpack")


def _is_safe(name: str) -> bool:
    """No absolute path, no way up, no folder, nothing invisible, no second Unicode spelling."""
    parts = name.split("/")
    return (
        name == unicodedata.normalize("NFC", name)
        and "\\" not in name
        and ":" not in name
        and name.isprintable()
        and all(part.strip() not in ("", ".", "..") for part in parts)
    )


def _flaws_of_bytes(stream: BinaryIO, entries: Sequence[Entry], raw: bytes, ends: tuple[int, int]) -> Iterator[Flaw]:
    """Rebuild all that is not content and compare; files must lie one behind the other from byte 0 on."""
    offset, length = ends
    place = 0
    for entry in entries:
        if entry.offset != place:
            yield Flaw(entry.name, f"begins at byte {entry.offset}; the file before it ends at byte {place}")
        header = zip_form.local_header(entry)
        if _at(stream, entry.offset, len(header)) != header:
            yield Flaw(entry.name, "its local ZIP header is not the one we write for this file")
        place = entry.end
    if place != offset:
        yield Flaw("ZIP central directory", f"begins at byte {offset}; the last file ends at byte {place}")
    yield from _flaws_of_directory(entries, raw)
    tail = zip_form.end_records(len(entries), len(raw), offset)
    if _at(stream, length - len(tail), len(tail)) != tail:
        yield Flaw("ZIP end record", "is not the one we write for these files")


def _flaws_of_directory(entries: Sequence[Entry], raw: bytes) -> Iterator[Flaw]:
    place = 0
    for entry in entries:
        header = zip_form.central_header(entry)
        if raw[place : place + len(header)] != header:
            yield Flaw(entry.name, "its header in the ZIP central directory is not the one we write for this file")
        place += len(header)


def _at(stream: BinaryIO, offset: int, size: int) -> bytes:
    if offset < 0:
        raise ContainerError("ZIP end record", "is missing: the file is too short")
    stream.seek(offset)
    return stream.read(size)
