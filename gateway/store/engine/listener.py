"""Hear the calls of other nodes: one connection that listens, watched by the event loop, opened again when lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg

from gateway.ports.nodes import WakeCall
from gateway.store.engine.presence import CHANNEL
from gateway.store.engine.wake import WakeEvents

_FIRST_REST_S: Final = 0.2
_LONGEST_REST_S: Final = 5.0

_log = logging.getLogger(__name__)


class Listener:
    """``connect`` opens a connection in autocommit (blocking). ``token``: of this node, whose own calls are known."""

    def __init__(self, connect: Callable[[], psycopg.Connection], wake_events: WakeEvents, *, token: str) -> None:
        self._connect, self._bells, self._token = connect, wake_events, token
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen from now on; harmless when repeated."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_listening())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _keep_listening(self) -> None:
        rest_s = _FIRST_REST_S
        while True:
            try:
                connection = await asyncio.to_thread(self._opened)
            except psycopg.Error as failed:
                _log.debug("store.not_listening", exc_info=failed)
            else:
                rest_s = _FIRST_REST_S
                self._ring_all()  # what was called meanwhile
                await self._until_lost(connection)
            await asyncio.sleep(rest_s)
            rest_s = min(2 * rest_s, _LONGEST_REST_S)

    def _opened(self) -> psycopg.Connection:
        connection = self._connect()
        try:
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error:
            connection.close()
            raise
        return connection

    async def _until_lost(self, connection: psycopg.Connection) -> None:
        loop = asyncio.get_running_loop()
        lost: asyncio.Future[None] = loop.create_future()
        descriptor = connection.fileno()
        loop.add_reader(descriptor, self._hear, connection, lost)
        try:
            await lost
        finally:
            loop.remove_reader(descriptor)
            connection.close()

    def _hear(self, connection: psycopg.Connection, lost: asyncio.Future[None]) -> None:
        """What has come in; reading nothing means that the other end is gone."""
        heard: set[str] = set()
        try:
            connection.pgconn.consume_input()
            while notified := connection.pgconn.notifies():
                heard.add(notified.extra.decode())
        except psycopg.Error:
            if not lost.done():
                lost.set_result(None)
        for call in WakeCall:
            if any(words.startswith(f"{call} ") and words != f"{call} {self._token}" for words in heard):
                self._bells.sound(call)

    def _ring_all(self) -> None:
        for call in WakeCall:
            self._bells.sound(call)
