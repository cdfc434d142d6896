"""Bounds on connections: how many may stand, and how long one may go without a step forward.

aiohttp sets no time for a request's header nor for the reading of an answer, so that a silent peer would hold its
socket for ever. Here every connection has one timer at all times; a whole header, and an answer that is ready, set it
anew, single bytes do not. A body's own time is the endpoint's matter.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.http.pressure import Allowance

log = structlog.get_logger()

BACKLOG: Final = 128
"""Connections that the kernel has made and we have not taken yet."""

LOGGED_EVERY: Final = timedelta(seconds=10)
"""Refused connections get one line of the log in this time, however many they are."""


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """How many connections may stand at once, and their times.

    ``header``: from the connection's start to its first whole header. ``request``: for an answer to be read and the
    next header to come; a handler has twice that, since the endpoint ends it after once.
    """

    connections: int
    header: timedelta
    request: timedelta


class ConnectionLimiter(web.BaseSite):
    """A TCP site that keeps ``bounds``; its application needs ``mark_steps`` as the first middleware.

    When it is full, whoever has waited longest without a request in hand makes room, so that silence never shuts out
    those who speak.
    """

    def __init__(
        self, runner: web.AppRunner, host: str, port: int, bounds: ConnectionBounds, *, shared_port: bool = False
    ) -> None:
        super().__init__(runner)
        self._shared_port = shared_port
        self._host, self._port, self.bounds = host, port, bounds
        self._standing: set[_Guarded] = set()
        self._waiting: dict[_Guarded, None] = {}  # in the order in which they began to wait
        self._refused, self._lines = 0, Allowance(1, LOGGED_EVERY, seconds=time.monotonic)

    @property
    def name(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        await super().start()
        loop = asyncio.get_running_loop()
        inner = cast("Callable[[], asyncio.Protocol]", self._runner.server)
        self._server = await loop.create_server(
            lambda: _Guarded(inner(), self, loop),
            self._host,
            self._port,
            backlog=BACKLOG,
            reuse_port=self._shared_port or None,
        )

    def admits(self, newcomer: _Guarded) -> bool:
        """Whether there is room, made where needed at the cost of one that only waits."""
        if len(self._standing) >= self.bounds.connections:
            if not self._waiting:
                self._refuse()
                return False
            next(iter(self._waiting)).abort()
        self._standing.add(newcomer)
        return True

    def _refuse(self) -> None:
        self._refused += 1
        if self._lines.take():
            log.warning("connection.refused", standing=len(self._standing), refused=self._refused)
            self._refused = 0

    def note(self, guarded: _Guarded, *, waits: bool) -> None:
        """``guarded`` begins to wait for a header, or has one in hand now."""
        self._waiting.pop(guarded, None)
        if waits and guarded in self._standing:
            self._waiting[guarded] = None

    def forget(self, guarded: _Guarded) -> None:
        """It is gone, or as good as gone."""
        self._standing.discard(guarded)
        self._waiting.pop(guarded, None)


class _Guarded(asyncio.Protocol):
    """aiohttp's protocol for one connection, with a timer beside it."""

    def __init__(self, inner: asyncio.Protocol, door: ConnectionLimiter, loop: asyncio.AbstractEventLoop) -> None:
        self._inner, self._door, self._loop = inner, door, loop
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    # --- steps ------------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._inner.connection_made(transport)
        if not self._door.admits(self):
            self.abort()
            return
        self._door.note(self, waits=True)
        self._within(self._door.bounds.header)

    def request_began(self) -> None:
        """A whole header is in; the handler keeps a time of its own, this one is for a handler that does not."""
        self._door.note(self, waits=False)
        self._within(2 * self._door.bounds.request)

    def answer_ready(self) -> None:
        """From here on the peer reads and may ask again."""
        self._door.note(self, waits=True)
        self._within(self._door.bounds.request)

    def abort(self) -> None:
        """Close without waiting for what is unsent: the peer does not read it."""
        self._stop_timer()
        self._door.forget(self)
        if self._transport is not None:
            self._transport.abort()

    def _within(self, span: timedelta) -> None:
        self._stop_timer()
        if self._transport is not None:
            self._timer = self._loop.call_later(span.total_seconds(), self.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # --- handed on --------------------------------------------------------------------------------------------------

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._transport = None
        self._door.forget(self)
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


@web.middleware
async def mark_steps(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tell the connection's timer that a request began and that its answer is ready."""
    transport = request.transport
    guarded = transport.get_protocol() if transport is not None else None
    if not isinstance(guarded, _Guarded):
        return await handler(request)
    guarded.request_began()
    try:
        return await handler(request)
    finally:
        guarded.answer_ready()
