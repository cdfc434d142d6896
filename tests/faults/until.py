"""Looking again and again until something outside of this process is so."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable


async def until(is_so: Callable[[], bool | Awaitable[bool]], *, every_s: float = 0.05) -> None:
    """Returns once it is; who must not wait for ever puts ``asyncio.timeout`` around it."""
    while True:
        answer = is_so()
        if await answer if inspect.isawaitable(answer) else answer:
            return
        await asyncio.sleep(every_s)
