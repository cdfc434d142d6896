"""What is odd in a ZIP though it can be read: features and names on which programs do not agree, and bombs."""

from __future__ import annotations

import stat
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from dossier.check.zip_survey import Flaw
from dossier.foreign.zip import ends as zipends
from dossier.foreign.zip.values import DEFLATED, DESCRIPTOR_FLAG, Central, Member, ZipBounds
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
