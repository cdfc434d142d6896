"""The few ZIP structures a dossier is made of, as functions from values to bytes (PKWARE APPNOTE 6.3.10).

There is exactly one way to write them: stored, UTF-8 names, no time, no comment, ZIP64 only where a number does not
fit. The writer uses these functions to write and the reader to demand: what differs from them is named.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LOCAL_MAGIC: Final = 0x04034B50
CENTRAL_MAGIC: Final = 0x02014B50
END_MAGIC: Final = 0x06054B50
END64_MAGIC: Final = 0x06064B50
LOCATOR64_MAGIC: Final = 0x07064B50
UTF8_FLAG: Final = 0x0800
STORED: Final = 0
NO_TIME: Final = 0
FIRST_DAY: Final = 0x0021  # 1980-01-01, the earliest date that ZIP knows: a dossier's times stand in dossier.xml
VERSION: Final = 20
VERSION64: Final = 45
MAX16: Final = 0xFFFF
MAX32: Final = 0xFFFFFFFF

LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
END: Final = struct.Struct("<IHHHHIIH")
END64: Final = struct.Struct("<IQHHIIQQQQ")
LOCATOR64: Final = struct.Struct("<IIQI")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: where its local header begins, how long it is, and its CRC-32."""

    name: str
    size: int
    crc: int
    offset: int

    @property
    def data_offset(self) -> int:
        return self.offset + len(local_header(self))

    @property
    def end(self) -> int:
        return self.data_offset + self.size


def local_header(entry: Entry) -> bytes:
    """§4.3.7. Sizes beyond 32 bits go to a ZIP64 extra field (§4.5.3)."""
    name = entry.name.encode()
    big = entry.size >= MAX32
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if big else b""
    size = MAX32 if big else entry.size
    version = VERSION64 if big else VERSION
    fixed = LOCAL.pack(
        LOCAL_MAGIC, version, UTF8_FLAG, STORED, NO_TIME, FIRST_DAY, entry.crc, size, size, len(name), len(extra)
    )
    return fixed + name + extra


def central_header(entry: Entry) -> bytes:
    """§4.3.12, with no comment and no attributes."""
    name = entry.name.encode()
    big, far = entry.size >= MAX32, entry.offset >= MAX32
    extra = (struct.pack("<QQ", entry.size, entry.size) if big else b"") + (
        struct.pack("<Q", entry.offset) if far else b""
    )
    if extra:
        extra = struct.pack("<HH", 1, len(extra)) + extra
    size = MAX32 if big else entry.size
    version = VERSION64 if extra else VERSION
    fixed = CENTRAL.pack(
        CENTRAL_MAGIC, version, VERSION64 if big else VERSION, UTF8_FLAG, STORED, NO_TIME, FIRST_DAY,
        entry.crc, size, size, len(name), len(extra), 0, 0, 0, 0, MAX32 if far else entry.offset,
    )  # fmt: skip
    return fixed + name + extra


def directory(entries: Sequence[Entry]) -> bytes:
    """Every central header, in the order of the files."""
    return b"".join(central_header(entry) for entry in entries)


def end_records(count: int, size: int, offset: int) -> bytes:
    """§4.3.14–4.3.16: the end record, preceded by its ZIP64 kin where a number does not fit; no comment."""
    if not _needs_zip64(count, size, offset):
        return END.pack(END_MAGIC, 0, 0, count, count, size, offset, 0)
    end64 = END64.pack(END64_MAGIC, END64.size - 12, VERSION64, VERSION64, 0, 0, count, count, size, offset)
    locator = LOCATOR64.pack(LOCATOR64_MAGIC, 0, offset + size, 1)
    few = min(count, MAX16)
    return end64 + locator + END.pack(END_MAGIC, 0, 0, few, few, min(size, MAX32), min(offset, MAX32), 0)


def _needs_zip64(count: int, size: int, offset: int) -> bool:
    return count >= MAX16 or size >= MAX32 or offset >= MAX32
