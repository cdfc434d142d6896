"""The callers, in a process of their own, speaking just enough HTTP/1.1 to cost the machine little.

Messages are signed before the clock starts. Two ways to send them: each caller its next one when the former was
answered, which finds what a server can do; or at moments that are set beforehand, which finds how long people wait.
A wait is then counted from the intended moment, so that a server that stalls cannot hide
behind callers that it stalled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context
from typing import Final, cast
from urllib.parse import urlsplit

import uvloop

LONGEST_S: Final = 300.0
"""What is not answered by then fails the measurement."""

Send = Callable[["Load"], "CallLatencies"]


@dataclass(frozen=True, slots=True)
class Load:
    """What to send, and how. ``urls`` share the callers; ``keep``: their answers are given back.

    ``per_second``: how many are due each second, evenly; None: each when its caller has its former answer.
    """

    urls: tuple[str, ...]
    envelopes: Sequence[bytes]
    callers: int = 64
    per_second: float | None = None
    keep: bool = False


@dataclass(frozen=True, slots=True)
class CallLatencies:
    """What the callers saw: how long it took, the seconds that each waited, sorted, and answers in the order sent."""

    took_s: float
    waits_s: tuple[float, ...]
    answers: tuple[bytes, ...]

    @property
    def per_second(self) -> float:
        return len(self.waits_s) / self.took_s

    def within_ms(self, share: float) -> float:
        """The wait that ``share`` of all messages stayed within."""
        return 1000 * self.waits_s[min(len(self.waits_s) - 1, int(share * len(self.waits_s)))]


@contextmanager
def generator() -> Iterator[Send]:
    """Sends a load from another process; anything but HTTP 200 fails the measurement."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(time.perf_counter).result()  # started and imported, before anything is measured
        yield lambda load: process.submit(_run, load).result()


def _run(load: Load) -> CallLatencies:
    return uvloop.run(_send(load))


async def _send(load: Load) -> CallLatencies:
    heads = [_head(url) for _, url in zip(range(load.callers), cycle(load.urls), strict=False)]
    waits_s: list[float] = []
    answers: list[bytes] = [b""] * (len(load.envelopes) if load.keep else 0)
    waiting = iter(enumerate(load.envelopes))
    loop = asyncio.get_running_loop()

    async def call_on(connection: _Connection, head: Callable[[int], bytes]) -> None:
        for number, envelope in waiting:
            if load.per_second is None:
                begun = time.perf_counter()
            else:
                begun = started + number / load.per_second
                await asyncio.sleep(begun - time.perf_counter())
            answer = await connection.ask(head(len(envelope)) + envelope)
            waits_s.append(time.perf_counter() - begun)
            if load.keep:
                answers[number] = answer

    async with asyncio.timeout(LONGEST_S + (len(load.envelopes) / load.per_second if load.per_second else 0)):
        open_to = [await loop.create_connection(_Connection, *place) for place, _ in heads]
        try:
            started = time.perf_counter()
            callers = zip(open_to, heads, strict=True)
            await asyncio.gather(*(call_on(connection, head) for (_, connection), (_, head) in callers))
            took_s = time.perf_counter() - started
        finally:
            for transport, _ in open_to:
                transport.close()
    return CallLatencies(took_s, tuple(sorted(waits_s)), tuple(answers))


def _head(url: str) -> tuple[tuple[str, int], Callable[[int], bytes]]:
    """Where it goes, and the request's head for a body of so many bytes."""
    parts = urlsplit(url)
    fixed = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: text/xml; charset=utf-8\r\n"
        'SOAPAction: ""\r\nContent-Length: '
    )
    return (parts.hostname or "", parts.port or 80), lambda size: f"{fixed}{size}\r\n\r\n".encode()


class _Connection(asyncio.Protocol):
    """One question at a time; answers come with a Content-Length, as ours do."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._received = bytearray()
        self._needed: int | None = None
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one without saying so

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises RuntimeError for any other status than 200, and for a connection that ends."""
        assert self._transport is not None
        self._received.clear()
        self._needed, self._answer = None, asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._needed is None:
            self._read_head()
        if self._needed is not None and len(self._received) >= self._needed:
            self._finish()

    def _read_head(self) -> None:
        end = self._received.find(b"\r\n\r\n")
        if end >= 0:
            head = bytes(self._received[:end]).lower()
            length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            self._needed = end + 4 + int(length)

    def _finish(self) -> None:
        head, _, body = bytes(self._received).partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        if status == b"200":
            self._settle(body)
        else:
            self._settle(RuntimeError(f"HTTP {status.decode()}: {body[:1500]!r}"))

    def connection_lost(self, problem: Exception | None) -> None:
        self._settle(RuntimeError(f"the connection ended: {problem}"))

    def _settle(self, answer: bytes | Exception) -> None:
        if self._answer is None or self._answer.done():
            return
        if isinstance(answer, Exception):
            self._answer.set_exception(answer)
        else:
            self._answer.set_result(answer)
