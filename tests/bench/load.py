"""The callers, in a process of their own: each sends its next message when the former was answered.

Messages are signed before the clock starts, so that the callers cost the machine little while it is measured.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Final

import aiohttp

LONGEST_S: Final = 60.0
"""What is not answered by then fails the measurement."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the callers saw: messages a second, and the seconds that each waited for its answer, sorted."""

    per_second: float
    latencies_s: tuple[float, ...]

    def quantile_ms(self, share: float) -> float:
        """The wait that ``share`` of all messages stayed within."""
        return 1000 * self.latencies_s[min(len(self.latencies_s) - 1, int(share * len(self.latencies_s)))]


async def send_all(url: str, envelopes: Sequence[bytes], *, callers: int) -> Measured:
    """Send every envelope once, from another process; anything but HTTP 200 fails the measurement."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return await asyncio.get_running_loop().run_in_executor(process, _run, url, envelopes, callers)


def _run(url: str, envelopes: Sequence[bytes], callers: int) -> Measured:
    return asyncio.run(_send_all(url, envelopes, callers))


async def _send_all(url: str, envelopes: Sequence[bytes], callers: int) -> Measured:
    waiting, latencies_s = iter(envelopes), []
    async with (
        asyncio.timeout(LONGEST_S),
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=callers)) as session,
    ):

        async def call_on() -> None:
            latencies_s.extend([await _send(session, url, envelope) for envelope in waiting])

        started = time.perf_counter()
        await asyncio.gather(*(call_on() for _ in range(callers)))
        passed = time.perf_counter() - started
    return Measured(len(envelopes) / passed, tuple(sorted(latencies_s)))


async def _send(session: aiohttp.ClientSession, url: str, envelope: bytes) -> float:
    started = time.perf_counter()
    async with session.post(url, data=envelope, headers={"Content-Type": "text/xml"}) as response:
        answer = await response.read()
    if response.status != 200:
        raise RuntimeError(f"HTTP {response.status}: {answer[:500]!r}")
    return time.perf_counter() - started
