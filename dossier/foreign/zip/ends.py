"""The end of a ZIP (PKWARE APPNOTE 6.3.10 §4.3.14–4.3.16): the one place from which all else is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Final

from dossier.check.zip_survey import ContainerError
from dossier.packaging import zip_form

COMMENT_BYTES: Final = 1024
_MAGIC: Final = zip_form.END_MAGIC.to_bytes(4, "little")
_PART: Final = "ZIP end record"


@dataclass(frozen=True, slots=True)
class End:
    """How many files there are, where their list lies, and what the writer says of itself."""

    count: int
    size: int
    offset: int
    comment: str


def read_end(stream: BinaryIO, length: int) -> End:
    """Raises ``ContainerError`` unless the list of files ends where the end record begins, and that ends the file."""
    place, comment = _find(stream, length)
    record = read_at(stream, place, zip_form.END.size)
    _, disk, first_disk, here, count, size, offset, _ = zip_form.END.unpack(record)
    if (disk, first_disk) != (0, 0) or here != count:
        raise ContainerError(_PART, "speaks of several disks")
    end, start = End(count, size, offset, comment), place
    if count == zip_form.MAX16 or zip_form.MAX32 in (size, offset):
        end, start = _read_end64(stream, place, end)
    if end.offset + end.size != start:
        raise ContainerError(_PART, "does not fit the length of the file: bytes are missing, hidden or added")
    return end


def read_at(stream: BinaryIO, offset: int, size: int) -> bytes:
    """Exactly ``size`` bytes; raises ``ContainerError`` where the file has fewer."""
    if offset < 0:
        raise ContainerError(_PART, "is missing: the file is too short")
    stream.seek(offset)
    data = stream.read(size)
    if len(data) != size:
        raise ContainerError("ZIP file", f"ends before byte {offset + size}, of which it speaks")
    return data


def is_plain(comment: bytes) -> bool:
    """Writers name themselves in comments. In printable ASCII no record of a ZIP can hide from any reader."""
    return len(comment) <= COMMENT_BYTES and all(0x20 <= byte < 0x7F for byte in comment)


def _find(stream: BinaryIO, length: int) -> tuple[int, str]:
    """Where the last end record begins, and its comment, which must fill the file to its end."""
    window = min(length, zip_form.END.size + COMMENT_BYTES)
    tail = read_at(stream, length - window, window)
    at = tail.rfind(_MAGIC)
    comment = tail[at + zip_form.END.size :]
    announced = int.from_bytes(tail[at + zip_form.END.size - 2 : at + zip_form.END.size], "little")
    if at < 0 or len(tail) < at + zip_form.END.size or announced != len(comment) or not is_plain(comment):
        raise ContainerError(_PART, "is not at the end of the file, with a plain comment or none behind it")
    return length - window + at, comment.decode("ascii")


def _read_end64(stream: BinaryIO, place: int, end: End) -> tuple[End, int]:
    """Both records stand right before the end record; what 32 bits can hold is said twice, and alike."""
    start = place - zip_form.LOCATOR64.size - zip_form.END64.size
    magic, length, _, _, disk, first_disk, here, count, size, offset = zip_form.END64.unpack(
        read_at(stream, start, zip_form.END64.size)
    )
    locator = zip_form.LOCATOR64.unpack(read_at(stream, start + zip_form.END64.size, zip_form.LOCATOR64.size))
    is_sound = (
        (magic, length) == (zip_form.END64_MAGIC, zip_form.END64.size - 12)
        and locator == (zip_form.LOCATOR64_MAGIC, 0, start, 1)
        and (disk, first_disk, here) == (0, 0, count)
        and end.count in (count, zip_form.MAX16)
        and end.size in (size, zip_form.MAX32)
        and end.offset in (offset, zip_form.MAX32)
    )
    if not is_sound:
        raise ContainerError(_PART, "is not the one that its 64-bit record asks for")
    return End(count, size, offset, end.comment), start
