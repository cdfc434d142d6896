"""The list of a ZIP that another program wrote, from its raw bytes (PKWARE APPNOTE 6.3.10).

Our own containers have one spelling (``dossier.check.zip_survey``). Here the spellings of common writers are read:
deflated files, data descriptors, time and owner fields. What would let two programs see two containers is named:
bytes that belong to no file, headers that disagree, names that mean the same, features that not everyone follows.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final

from dossier.check.zip_survey import ContainerError, Flaw
from dossier.foreign.zip import ends as zipends
from dossier.foreign.zip.extra import Extra, read_extra, wide
from dossier.foreign.zip.values import DEFLATED, DESCRIPTOR_FLAG, Central, Member, Survey, ZipBounds
from dossier.packaging import zip_form

_KNOWN_FLAGS: Final = 0x0006 | DESCRIPTOR_FLAG | zip_form.UTF8_FLAG  # 0x0006: how hard the deflater tried
_ORDINARY: Final = (0, stat.S_IFREG, stat.S_IFDIR)
_RATIO_FREE_BYTES: Final = 1024 * 1024


def flaws_of_headers(headers: Sequence[Central]) -> Iterator[Flaw]:
    """Encryption, odd packing, links, hidden data, folders with contents."""
    for header in headers:
        if header.flags & ~_KNOWN_FLAGS:
            yield Flaw(header.name, "it is encrypted, or packed in a way that not every program knows")
        elif header.method not in (zip_form.STORED, DEFLATED):
            yield Flaw(header.name, f"it is packed by method {header.method}; only 0 and 8 are opened")
        elif header.method == zip_form.STORED and header.packed != header.size:
            yield Flaw(header.name, "it is stored, and yet has two sizes")
        if stat.S_IFMT(header.mode) not in _ORDINARY:
            yield Flaw(header.name, "it is no ordinary file but a link or a device")
        if header.extra.unknown or not zipends.is_plain(header.comment):
            yield Flaw(header.name, "its header hides further data")
        if header.name.endswith("/") and (header.size or header.crc or header.packed > 2):
            yield Flaw(header.name, "it is a folder with contents of its own")


def flaws_of_names(members: Sequence[Member]) -> Iterator[Flaw]:
    """Names that are one for some file system: by case, by spelling, by a dot or space at the end; files as folders."""
    seen: set[str] = set()
    files = {_folded(member.name) for member in members if not member.is_folder}
    for member in members:
        folded = _folded(member.name)
        if folded in seen:
            yield Flaw(member.name, "the name occurs twice, or differs only by case or spelling")
        seen.add(folded)
        parts = folded.split("/")
        if any("/".join(parts[:depth]) in files for depth in range(1, len(parts))):
            yield Flaw(member.name, "it lies in a folder that is itself a file")
        if not is_safe(member.name.removesuffix("/")):
            yield Flaw(member.name, "the name is not safe to unpack")


def _folded(name: str) -> str:
    spelt = unicodedata.normalize("NFC", name).casefold()
    return "/".join(part.rstrip(" .") for part in spelt.removesuffix("/").split("/"))


def is_safe(name: str) -> bool:
    """No absolute path, no way up, no drive or stream, nothing invisible."""
    return (
        "\\" not in name
        and ":" not in name
        and name.isprintable()
        and all(part.strip() not in ("", ".", "..") for part in name.split("/"))
    )


def bombs(members: Sequence[Member], bounds: ZipBounds) -> Iterator[Flaw]:
    """Told from the announced sizes alone; reading then counts that no file gives more than it announced."""
    deflated = [member for member in members if member.method == DEFLATED]
    for member in deflated:
        if member.size > _RATIO_FREE_BYTES and member.size > bounds.ratio * member.packed:
            yield Flaw(member.name, f"it would grow {member.size // max(member.packed, 1)} times: a bomb")
    total = sum(member.size for member in deflated)
    if total > bounds.inflated_bytes:
        yield Flaw("ZIP file", f"its files would grow to {total} bytes, more than {bounds.inflated_bytes}")


_DESCRIPTOR_MAGIC: Final = (0x08074B50).to_bytes(4, "little")


def survey(stream: BinaryIO, bounds: ZipBounds) -> Survey:
    """Raises ``ContainerError`` when no list can be made out."""
    length = os.fstat(stream.fileno()).st_size
    if length > bounds.file_bytes:
        raise ContainerError("ZIP file", f"has {length} bytes, more than {bounds.file_bytes}")
    end = zipends.read_end(stream, length)
    if not end.count:
        raise ContainerError("ZIP file", "holds no file")
    if end.count > bounds.entries or end.size > bounds.directory_bytes:
        raise ContainerError("ZIP end record", f"announces {end.count} files; at most {bounds.entries} are opened")
    directory = _read_directory(zipends.read_at(stream, end.offset, end.size), end.count, bounds)
    in_place = sorted(directory, key=lambda header: header.offset)
    members, flaws = _walk(stream, in_place, end.offset)
    found = (*flaws_of_names(members), *flaws_of_headers(directory), *flaws, *bombs(members, bounds))
    return Survey(members, found, end.comment)


# --- the central directory --------


def _read_directory(raw: bytes, count: int, bounds: ZipBounds) -> list[Central]:
    headers: list[Central] = []
    place = 0
    while place < len(raw) and len(headers) < count:
        header, place = _read_central(raw, place, f"ZIP central directory, file {len(headers) + 1}", bounds)
        headers.append(header)
    if place != len(raw) or len(headers) != count:
        raise ContainerError("ZIP central directory", f"does not hold exactly the {count} files announced")
    return headers


def _read_central(raw: bytes, place: int, part: str, bounds: ZipBounds) -> tuple[Central, int]:
    if place + zip_form.CENTRAL.size > len(raw):
        raise ContainerError(part, "is cut off")
    (
        magic, _made_by, _needed, flags, method, time, date, crc, packed, size,
        name_bytes, extra_bytes, comment_bytes, disk, _internal, attributes, offset,
    ) = zip_form.CENTRAL.unpack_from(raw, place)  # fmt: skip
    start = place + zip_form.CENTRAL.size
    end = start + name_bytes + extra_bytes + comment_bytes
    if magic != zip_form.CENTRAL_MAGIC or end > len(raw) or not 0 < name_bytes <= bounds.name_bytes or disk:
        raise ContainerError(part, "is no header of a file")
    raw_name = raw[start : start + name_bytes]
    extra = read_extra(raw[start + name_bytes : start + name_bytes + extra_bytes], part)
    size, packed, offset = wide(extra, (size, packed, offset), part)
    header = Central(
        raw_name=raw_name,
        name=_name(raw_name, flags, part),
        flags=flags,
        method=method,
        moment=(time, date),
        crc=crc,
        packed=packed,
        size=size,
        offset=offset,
        mode=attributes >> 16,
        comment=raw[end - comment_bytes : end],
        extra=extra,
    )
    return header, end


def _name(raw: bytes, flags: int, part: str) -> str:
    """Without the UTF-8 flag every program guesses the code page its own way, so only ASCII is a name then."""
    try:
        return raw.decode("utf-8" if flags & zip_form.UTF8_FLAG else "ascii")
    except UnicodeDecodeError as error:
        raise ContainerError(part, "has a name whose letters cannot be told: it is not marked as UTF-8") from error


# --- the files, one behind the other


def _walk(stream: BinaryIO, headers: Sequence[Central], directory_offset: int) -> tuple[tuple[Member, ...], list[Flaw]]:
    """From byte 0 to the central directory every byte belongs to a local header, its data or its descriptor."""
    members: list[Member] = []
    flaws: list[Flaw] = []
    place = 0
    for header, following in zip(headers, [*(one.offset for one in headers[1:]), directory_offset], strict=True):
        if header.offset != place:
            detail = f"begins at byte {header.offset}; what is before it ends at byte {place}"
            raise ContainerError(header.name, detail)
        data_offset, extra = _read_local(stream, header)
        end = data_offset + header.packed
        if end > following:
            raise ContainerError(header.name, "reaches into what follows it")
        if not _is_descriptor(zipends.read_at(stream, end, min(following - end, 25)), header, extra):
            flaws.append(Flaw(header.name, f"{following - end} bytes behind it belong to no file"))
        has_extra = bool(extra or header.extra)
        members.append(
            Member(
                header.name,
                header.method,
                header.packed,
                header.size,
                header.crc,
                header.offset,
                data_offset,
                has_extra,
            )
        )
        place = following
    return tuple(members), flaws


def _read_local(stream: BinaryIO, header: Central) -> tuple[int, Extra]:
    """Where the data begins, once the local header says what the central one says."""
    (
        magic, _needed, flags, method, time, date, crc, packed, size, name_bytes, extra_bytes,
    ) = zip_form.LOCAL.unpack(zipends.read_at(stream, header.offset, zip_form.LOCAL.size))  # fmt: skip
    start = header.offset + zip_form.LOCAL.size
    raw = zipends.read_at(stream, start, name_bytes + extra_bytes)
    extra = read_extra(raw[name_bytes:], header.name)
    if magic != zip_form.LOCAL_MAGIC or raw[:name_bytes] != header.raw_name:
        raise ContainerError(header.name, "its local header is that of another file")
    if (flags, method, (time, date)) != (header.flags, header.method, header.moment):
        raise ContainerError(header.name, "its two ZIP headers disagree on how it is packed")
    size, packed, _ = wide(extra, (size, packed, 0), header.name)
    declared, true = (crc, packed, size), (header.crc, header.packed, header.size)
    if declared != true and not (flags & DESCRIPTOR_FLAG and declared == (0, 0, 0)):
        raise ContainerError(header.name, "its two ZIP headers disagree on size or checksum")
    return start + len(raw), extra


def _is_descriptor(raw: bytes, header: Central, local_extra: Extra) -> bool:
    """§4.3.9: nothing, or where bit 3 says so the numbers once more, with or without their mark."""
    if not header.flags & DESCRIPTOR_FLAG:
        return raw == b""
    width = 8 if local_extra.zip64 is not None or header.extra.zip64 is not None else 4
    numbers = header.crc.to_bytes(4, "little") + b"".join(
        number.to_bytes(width, "little") for number in (header.packed, header.size)
    )
    return raw in (numbers, _DESCRIPTOR_MAGIC + numbers)
