"""What nobody has proven yet is read beside the event loop when it is long."""

import asyncio
import threading
from functools import partial

import pytest

from signing.profile.offload import AT_ONCE_BYTES, aside


async def test_the_event_loop_goes_on_while_something_long_is_read():
    loop, went_on = asyncio.get_running_loop(), threading.Event()

    def read() -> bool:
        loop.call_soon_threadsafe(went_on.set)
        return went_on.wait(timeout=300)  # in vain if it were the loop that waits here

    assert await aside(b"x" * (AT_ONCE_BYTES + 1), read)


async def test_what_is_short_is_read_at_once():
    assert await aside(b"x" * AT_ONCE_BYTES, threading.get_ident) == threading.get_ident()


async def test_what_the_reader_raises_reaches_the_caller():
    with pytest.raises(ValueError, match="no number"):
        await aside(b"x" * (AT_ONCE_BYTES + 1), partial(_refuse, "no number"))


def _refuse(words: str) -> None:
    raise ValueError(words)
