"""Persons by a keyed digest of their number: found by whoever types the number, told to nobody who reads the database.

An IIN has so few possible values that a plain digest hides nothing: all of them are tried in minutes. The key makes the
difference, and it lies in a file, never in the database. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.domain.people.access import Right, UserRole, authorise

KEY_BYTES: Final = 32
NUMBER_DIGITS: Final = 12

_NUMBER: Final = b"dalel person 1\0"
_CHECK: Final = b"dalel person key 1"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """``secret``: 32 random bytes of this installation."""

    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """By which two nodes tell whether they hold the same key; tells nothing about it."""
        return self._digest(_CHECK)[:16]

    def digest(self, number: str) -> str:
        """Of an IIN or a BIN, hex."""
        return self._digest(_NUMBER + number.encode())

    def _digest(self, words: bytes) -> str:
        return hmac.new(self.secret, words, hashlib.sha256).hexdigest()


_RUN: Final = re.compile(rf"(?<!\d)\d{{{NUMBER_DIGITS}}}(?!\d)")


def names_person(words: str) -> bool:
    """Whether an IIN or a BIN stands somewhere in the words, right or not."""
    return _RUN.search(words) is not None


def without_persons(words: str) -> str:
    """The words with every IIN and BIN blotted out."""
    return _RUN.sub("•••", words)


def is_person_number(words: str) -> bool:
    """Whether somebody typed an IIN or a BIN, right or not: twelve digits are nothing else here."""
    return len(words) == NUMBER_DIGITS and words.isascii() and words.isdigit()


def blotted_for(role: UserRole) -> Callable[[str], str]:
    """Words of others may quote what a citizen wrote: with persons' numbers only for who may read them."""
    return str if authorise(role, Right.READ_PERSONAL).is_allowed else without_persons
