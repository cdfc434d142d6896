"""No chance at all: counted ids, salts that are drawn once for ever, ECDSA by RFC 6979, certificates from a file.

``remove`` is called before anything of the product is imported, in a process of its own: it replaces what the standard
library and our dependencies draw, so that it needs to know nothing of the product's own modules.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import uuid
from collections.abc import Callable
from typing import Final

import uuid_utils
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import HashAlgorithm

SALT: Final = hashlib.sha256(b"salt").digest()
"""Alike for all rows, so that the order in which rows are written together changes no digest."""


class _Rfc6979(ec.ECDSA):
    """The same data and key give the same signature."""

    def __init__(self, algorithm: HashAlgorithm, *_: bool) -> None:
        super().__init__(algorithm, deterministic_signing=True)


def remove() -> None:
    """For the rest of the process."""
    numbers = itertools.count(1)
    ec.ECDSA = _Rfc6979
    uuid.uuid4 = lambda: uuid.UUID(int=next(numbers), version=4)
    uuid_utils.uuid7 = lambda: f"00000000-0000-7000-8000-{next(numbers):012x}"
    secrets.token_bytes = _repeated
    secrets.token_urlsafe = _counted_text(numbers)
    secrets.randbelow = lambda below: next(numbers) % below
    secrets.randbits = lambda bits: next(numbers) % 2**bits


def _repeated(size: int = 32) -> bytes:
    return (SALT * (size // len(SALT) + 1))[:size]


def _counted_text(numbers: itertools.count[int]) -> Callable[[int], str]:
    """43 characters for 32 bytes, as base64url has them."""
    return lambda size=32: hashlib.sha256(b"%d" % next(numbers)).hexdigest()[: -(-size * 4 // 3)]
