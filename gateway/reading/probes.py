"""What must be well on this node, asked all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

Probe = Callable[[], Awaitable[str]]
"""Returns words on success, raises on failure."""


async def look(probes: Mapping[str, Probe], *, within: timedelta) -> dict[str, dict[str, str | bool]]:
    """All are asked at once: whoever is silent costs its time once, and the others are told all the same."""
    statuses = await asyncio.gather(*(_status(probe, within.total_seconds()) for probe in probes.values()))
    return dict(zip(probes, statuses, strict=True))


async def _status(probe: Probe, within_s: float) -> dict[str, str | bool]:
    try:
        async with asyncio.timeout(within_s):
            return {"ok": True, "message": await probe()}
    except TimeoutError:
        return {"ok": False, "message": "no answer"}
    except Exception as failure:  # noqa: BLE001 - a probe tells, whatever is wrong
        return {"ok": False, "message": f"{type(failure).__name__}: {failure}"[:300]}
