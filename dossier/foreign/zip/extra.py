"""Extra fields of a ZIP header (PKWARE APPNOTE 6.3.10 §4.5): numbers beyond 32 bits, and what else is harmless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dossier.check.zip_survey import ContainerError
from dossier.packaging import zip_form

_ZIP64: Final = 0x0001
_HARMLESS: Final = frozenset(
    {
        0x000A,  # NTFS times
        0x5455,  # UNIX times
        0x5855,  # UNIX times, older
        0x7875,  # UNIX owner
        0xCAFE,  # «made by java.util.jar»
    }
)
"""Never names (0x7075 gives a file a second one), encryption or padding: those are for hiding."""


@dataclass(frozen=True, slots=True)
class Extra:
    """``zip64``: the raw numbers, None when absent. ``unknown``: whether anything else is not on the list."""

    zip64: bytes | None = None
    harmless: int = 0
    unknown: bool = False

    def __bool__(self) -> bool:
        return self.zip64 is not None or self.harmless > 0 or self.unknown


def read_extra(raw: bytes, part: str) -> Extra:
    """Raises ``ContainerError`` when the fields do not fill their room exactly, or one is there twice."""
    fields: dict[int, bytes] = {}
    place = 0
    while place < len(raw):
        number, size = (int.from_bytes(raw[at : at + 2], "little") for at in (place, place + 2))
        end = place + 4 + size
        if place + 4 > len(raw) or end > len(raw) or number in fields:
            raise ContainerError(part, "has extra fields that do not fit their room")
        fields[number] = raw[place + 4 : end]
        place = end
    harmless = _HARMLESS & fields.keys()
    return Extra(fields.get(_ZIP64), len(harmless), unknown=bool(fields.keys() - harmless - {_ZIP64}))


def wide(extra: Extra, numbers: tuple[int, int, int], part: str) -> tuple[int, int, int]:
    """§4.5.3: exactly the numbers that read 0xFFFFFFFF in the header stand in the extra field, in their order."""
    needed = sum(number == zip_form.MAX32 for number in numbers)
    raw = extra.zip64 or b""
    if len(raw) != 8 * needed or (extra.zip64 is not None and not needed):
        raise ContainerError(part, "has 64-bit numbers that do not fit its header")
    words = (int.from_bytes(raw[at : at + 8], "little") for at in range(0, len(raw), 8))
    size, packed, offset = (next(words) if number == zip_form.MAX32 else number for number in numbers)
    return size, packed, offset
