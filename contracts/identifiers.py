"""IIN and BIN: twelve digits, the last of which checks the others (government decree № 565 of 11 June 2003)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TWELVE_DIGITS: Final = re.compile(r"[0-9]{12}")
_FIRST_WEIGHTS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_KINDS_OF_ORGANISATION: Final = "456"  # resident, non-resident, joint entrepreneurship


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit of a number; None when such a number is never issued (both sums give 10)."""
    digits = [int(digit) for digit in first_eleven]
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        remainder = sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11
        if remainder < 10:
            return remainder
    return None


def is_valid_iin(number: str) -> bool:
    """YYMMDD, century and sex (0 for some foreigners), serial, check digit.

    The day is held to 1–31 only: the seventh digit 0 does not tell the century, so leap years cannot be told.
    """
    return (
        _is_checked(number) and 1 <= int(number[2:4]) <= 12 and 1 <= int(number[4:6]) <= 31 and number[6] in "0123456"
    )


def is_valid_bin(number: str) -> bool:
    """YYMM, kind of organisation, kind of unit, serial, check digit.

    Month and unit are not held: old state bodies carry dates older than themselves.
    """
    return _is_checked(number) and number[4] in _KINDS_OF_ORGANISATION


def make_iin(birth_yymmdd: str, *, century_and_sex: int, serial: int) -> str:
    """An IIN for tests and the sandbox; takes the next serial that is ever issued, from ``serial`` (0–9999) on."""
    return _numbered(f"{birth_yymmdd}{century_and_sex}", serial, width=4)


def make_bin(registered_yymm: str, *, kind: int = 4, unit: int = 0, serial: int) -> str:
    """A BIN for tests and the sandbox; takes the next serial that is ever issued, from ``serial`` (0–99999) on."""
    return _numbered(f"{registered_yymm}{kind}{unit}", serial, width=5)


def _is_checked(number: str) -> bool:
    return _TWELVE_DIGITS.fullmatch(number) is not None and check_digit(number[:11]) == int(number[11])


def _numbered(prefix: str, serial: int, *, width: int) -> str:
    while True:
        eleven = f"{prefix}{serial % 10**width:0{width}d}"
        digit = check_digit(eleven)
        if digit is not None:
            return f"{eleven}{digit}"
        serial += 1


# --- Subject codes are a tree: ``LAND-CADASTRE-CORRECTION`` lies below ``LAND-CADASTRE``, and that below ``LAND`` -----


ANY: Final = "*"
_BOUNDARIES: Final = ("-", ".")


def covers(pattern: str, subject: str) -> bool:
    """Whether ``subject`` is the code ``pattern`` or lies below it; ``*`` covers all.

    A code ends at ``-`` or ``.``: ``TAX`` covers ``TAX-MONITORING`` and not ``TAXI``.
    """
    return pattern in (ANY, subject) or subject.startswith(tuple(pattern + mark for mark in _BOUNDARIES))


def patterns_over(subject: str) -> Iterator[str]:
    """Every pattern that covers ``subject``, the deepest first: the code itself, what it lies below, ``*``."""
    yield subject
    yield from (subject[:end] for end in range(len(subject) - 1, -1, -1) if subject[end] in _BOUNDARIES)
    if subject != ANY:
        yield ANY
