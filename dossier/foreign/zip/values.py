"""What is known of a ZIP that another program wrote (PKWARE APPNOTE 6.3.10): headers as read, files, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dossier.check.zip_survey import Flaw
from dossier.foreign.zip.extra import Extra

DEFLATED: Final = 8
DESCRIPTOR_FLAG: Final = 0x0008


@dataclass(frozen=True, slots=True)
class ZipBounds:
    """What we are ready to open. ``ratio``: inflated over packed, for files above 1 MiB; deflate can reach 1032."""

    file_bytes: int = 64 * 1024**3
    entries: int = 20_000  # as many as a dossier may have
    directory_bytes: int = 16 * 1024 * 1024
    name_bytes: int = 1024
    inflated_bytes: int = 4 * 1024**3  # all deflated files together
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Member:
    """One file: where its packed bytes lie, how they are packed (0 stored, 8 deflated), and what they must give."""

    name: str
    method: int
    packed: int
    size: int
    crc: int
    offset: int
    data_offset: int
    has_extra: bool

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Central:
    """One central header, numbers already widened."""

    raw_name: bytes
    name: str
    flags: int
    method: int
    moment: tuple[int, int]
    crc: int
    packed: int
    size: int
    offset: int
    mode: int
    comment: bytes
    extra: Extra


@dataclass(frozen=True, slots=True)
class Survey:
    """Members in the order in which they lie, what is odd, and the comment of the whole."""

    members: tuple[Member, ...]
    flaws: tuple[Flaw, ...]
    comment: str
