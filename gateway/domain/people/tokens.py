"""Tokens by which programs come: what one looks like, how long it may last, how it is told apart. Pure.

One is recognised by its beginning, so that scanners of repositories find one that was committed, and by a checksum at
its end, so that what is no token costs nobody a look into the database.
"""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from string import ascii_letters, digits
from typing import Final

PREFIX: Final = "dalel_"
SECRET_BYTES: Final = 32

LONGEST: Final = timedelta(days=366)
"""Then it is made anew: whoever runs the program is asked once a year whether it is still needed."""
TOKEN_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,39}")
"""Lower case, as names of users are; the audit log says ``token:`` before it."""

_LETTERS: Final = digits + ascii_letters
_SECRET: Final = 43  # letters that 32 bytes take in base 62
_CHECK: Final = 6  # that 32 bits take
_HINT: Final = 6
PATTERN: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET + _CHECK}}}")
"""What scanners of secrets look for."""


def token_text(secret: bytes) -> str:
    """The token of 32 random bytes, with its checksum."""
    letters = _written(int.from_bytes(secret), _SECRET)
    return f"{PREFIX}{letters}{_check(letters)}"


def is_token(words: str) -> bool:
    """Whether it is one of ours, given out or not."""
    if not PATTERN.fullmatch(words):
        return False
    letters, check = words[len(PREFIX) : -_CHECK], words[-_CHECK:]
    return _check(letters) == check


def hint_of(token: str) -> str:
    """Its beginning, by which people tell which one it is; what is left of it has over 200 bits."""
    return token[: len(PREFIX) + _HINT]


def _check(letters: str) -> str:
    return _written(zlib.crc32(letters.encode()), _CHECK)


def _written(number: int, length: int) -> str:
    """In base 62, with leading zeros."""
    letters = ""
    for _ in range(length):
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters
