"""Write a ZIP of any shape, also of shapes that no honest program gives it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

LOCAL = struct.Struct("<IHHHHHIIIHH")
CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
END = struct.Struct("<IHHHHIIH")
FIRST_DAY = 0x0021
UTF8 = 0x0800


@dataclass(frozen=True)
class Item:
    """One file; what is None follows from the rest."""

    name: str
    data: bytes
    deflated: bool = False
    flags: int = UTF8
    mode: int = 0o100644
    extra: bytes = b""
    local_name: str | None = None
    size: int | None = None  # as both headers say it
    local_size: int | None = None
    crc: int | None = None
    method: int | None = None
    descriptor: bool = False
    packed: bytes | None = None
    comment: bytes = b""
    gap: bytes = b""  # behind the data, of no file

    def but(self, **changes: object) -> Item:
        return replace(self, **changes)


def write_zip(
    items: Sequence[Item], *, prefix: bytes = b"", suffix: bytes = b"", comment: bytes = b"", hidden: Item | None = None
) -> bytes:
    """``hidden``: a file with a local header that the central directory does not list."""
    body, directory = bytearray(prefix), bytearray()
    for item in items if hidden is None else (*items, hidden):
        offset = len(body)
        packed, crc, size = _packed(item)
        flags = item.flags | (0x0008 if item.descriptor else 0)
        method = item.method if item.method is not None else (8 if item.deflated else 0)
        name, local_name = item.name.encode(), (item.local_name or item.name).encode()
        numbers = (
            (0, 0, 0) if item.descriptor else (crc, len(packed), size if item.local_size is None else item.local_size)
        )
        body += LOCAL.pack(0x04034B50, 20, flags, method, 0, FIRST_DAY, *numbers, len(local_name), len(item.extra))
        body += local_name + item.extra + packed
        if item.descriptor:
            body += struct.pack("<IIII", 0x08074B50, crc, len(packed), size)
        body += item.gap
        if item is not hidden:
            directory += CENTRAL.pack(
                0x02014B50, 0x0314, 20, flags, method, 0, FIRST_DAY, crc, len(packed), size, len(name),
                len(item.extra), len(item.comment), 0, 0, item.mode << 16, offset,
            )  # fmt: skip
            directory += name + item.extra + item.comment
    end = END.pack(0x06054B50, 0, 0, len(items), len(items), len(directory), len(body), len(comment))
    return bytes(body + directory + end) + comment + suffix


def _packed(item: Item) -> tuple[bytes, int, int]:
    packed = item.packed if item.packed is not None else (deflate(item.data) if item.deflated else item.data)
    crc = zlib.crc32(item.data) if item.crc is None else item.crc
    return packed, crc, len(item.data) if item.size is None else item.size


def as_one_block(data: bytes) -> bytes:
    """Deflated without compression (RFC 1951 §3.2.4): the same on every host."""
    return b"\x01" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data


def deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()
