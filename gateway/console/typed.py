"""What people type or paste into a field."""

from __future__ import annotations

from typing import Final

PAGE: Final = 50
_LONGEST: Final = 100


def words_of(value: str, *, longest: int = _LONGEST) -> str:
    """Without what no key makes and no database takes."""
    return "".join(letter for letter in value[:longest] if letter.isprintable()).strip()
