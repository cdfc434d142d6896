"""Reading what nobody has proven, beside the event loop.

A long message costs its reader up to some tenths of a second before its signature is looked at, and anybody may send
one. libxml2 and the hashes let other threads go on meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

AT_ONCE_BYTES: Final = 64 * 1024
"""What is read on the event loop: it takes a few milliseconds at most, less than a thread is worth."""


async def aside(data: bytes, read: Callable[[], T]) -> T:
    """What ``read``, which must be pure, makes of ``data``: in a thread when that is long."""
    return await asyncio.to_thread(read) if len(data) > AT_ONCE_BYTES else read()
