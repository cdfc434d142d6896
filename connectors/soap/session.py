"""The session that all calls to parties go through, and names that outlive a resolver that fails or dawdles.

How many attempts are under way at once is the relay's and each agreement's matter. A limit over all sockets would let
a few silent parties keep everybody else waiting for one; there is none.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

LOOK_UP_WITHIN: Final = timedelta(seconds=3)
"""Then the address that was known last is taken. Part of the ten seconds in which a connection has to stand."""
REMEMBERED: Final = timedelta(hours=24)
"""An address may have become another's: TLS and the signed answer decide whose it is, not the name."""

Key = tuple[str, int, socket.AddressFamily]


def open_session() -> aiohttp.ClientSession:
    """Nothing is inflated: what we ask for is never compressed. No cookie is kept: a party is known by its signature.

    To be closed by the caller, within a running loop.
    """
    resolver = CachingResolver(ThreadedResolver(), seconds=time.monotonic)
    connector = aiohttp.TCPConnector(limit=0, resolver=resolver)
    return aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())


class CachingResolver(AbstractResolver):
    """Asks ``inner``; when it fails or is slow, what it said last still holds. ``seconds`` only goes forward.

    A look-up that hangs is not begun a second time: those of a resolver in trouble would fill its threads, and keep
    the names of others waiting.
    """

    def __init__(
        self,
        inner: AbstractResolver,
        *,
        seconds: Callable[[], float],
        within: timedelta = LOOK_UP_WITHIN,
        remembered: timedelta = REMEMBERED,
    ) -> None:
        self._inner, self._seconds = inner, seconds
        self._within_s, self._remembered_s = within.total_seconds(), remembered.total_seconds()
        self._known: dict[Key, tuple[float, list[ResolveResult]]] = {}
        self._standing: dict[Key, asyncio.Future[list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError when nothing is known, at once or after ``within``."""
        key = (host, port, family)
        try:
            return await self._look_up(key)
        except OSError:  # TimeoutError is one
            if key not in self._known:
                raise
            known_at, known = self._known[key]
            if self._seconds() - known_at > self._remembered_s:
                raise
            return known

    async def close(self) -> None:
        """Let go of the look-ups that hang."""
        for standing in self._standing.values():
            standing.cancel()
        await self._inner.close()

    async def _look_up(self, key: Key) -> list[ResolveResult]:
        standing = self._standing.get(key)
        if standing is None:
            standing = self._standing[key] = asyncio.ensure_future(self._inner.resolve(*key))
            standing.add_done_callback(lambda done: self._learn(key, done))
        await asyncio.wait({standing}, timeout=self._within_s)
        if not standing.done():
            raise TimeoutError(f"no answer about {key[0]} within {self._within_s:g} s")
        return standing.result()

    def _learn(self, key: Key, done: asyncio.Future[list[ResolveResult]]) -> None:
        self._standing.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._known[key] = (self._seconds(), done.result())
