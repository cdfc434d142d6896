"""Passwords as Argon2id hashes (RFC 9106): made and compared in threads, a few at a time, since each takes 64 MiB."""

from __future__ import annotations

import asyncio
import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 2
"""Logins that are being judged; the others wait, so that nobody fills our memory by trying."""

_HASHER: Final = PasswordHasher()


def hashed(password: str) -> str:
    """With parameters and salt, as it is kept. Takes some 50 ms."""
    return _HASHER.hash(password)


def fits(password_hash: str, password: str) -> bool:
    """Whether it is the password. Takes some 50 ms, right or wrong."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """What a password is held against where there is none to hold it against: the answer takes as long."""
    return hashed(secrets.token_urlsafe())


class PasswordJudge:
    """Compares passwords, and makes hashes of new ones, beside the event loop."""

    def __init__(self) -> None:
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def fits(self, password_hash: str | None, password: str) -> bool:
        """None fits nothing, and takes as long to say so."""
        async with self._at_once:
            found = await asyncio.to_thread(fits, password_hash or _nobodys(), password)
        return found and password_hash is not None

    async def hashed(self, password: str) -> str:
        """Of a new one, in its turn among the others."""
        async with self._at_once:
            return await asyncio.to_thread(hashed, password)
