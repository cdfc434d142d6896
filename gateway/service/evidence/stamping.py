"""Time stamps for work that is done in a thread, as an assembly is: the port is asynchronous, signing is not."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from datetime import timedelta
from typing import Final

from gateway.ports.outside import TimestampAuthority
from signing.timestamps.token import Stamp, TimestampUnavailable

SLACK: Final = timedelta(seconds=2)
"""The port keeps its own time; this is for a loop that is held up, or ends meanwhile."""


def blocking_stamp(authority: TimestampAuthority, *, within: timedelta) -> Stamp:
    """A ``Stamp`` for other threads. Call this in the running loop, and the stamp never: it would wait for itself.

    ``within``: what the port itself needs at most (setting ``stamp_wait_s``).
    """
    loop = asyncio.get_running_loop()

    def stamp(digest: bytes) -> bytes:
        stamping_future = asyncio.run_coroutine_threadsafe(authority.stamp(digest), loop)
        try:
            return stamping_future.result((within + SLACK).total_seconds()).der
        except (TimeoutError, CancelledError) as error:
            stamping_future.cancel()
            raise TimestampUnavailable(f"no answer within {within.total_seconds():g} s") from error

    return stamp
