"""Wake a loop at once instead of at its next look; missing a ring only costs the idle interval."""

from __future__ import annotations

import asyncio
from datetime import timedelta


class WakeEvent:
    """Rung by whoever made work; waited for by one loop."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, at_most: timedelta) -> None:
        """Return when rung since the last wait, or after ``at_most``."""
        try:
            async with asyncio.timeout(at_most.total_seconds()):
                await self._event.wait()
        except TimeoutError:
            pass
        finally:
            self._event.clear()
