"""Health: live says the process answers, ready says whether it can take messages, and if not, why."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

Probe = Callable[[], Awaitable[str]]
"""Returns words on success, raises on failure."""

PROBES: Final = web.AppKey("probes", Mapping[str, Probe])
WITHIN: Final = web.AppKey("within", timedelta)


def add_routes(app: web.Application, probes: Mapping[str, Probe], *, within: timedelta) -> None:
    """Serve ``/health/live`` and ``/health/ready``. ``within``: for an answer of each probe."""
    app[PROBES], app[WITHIN] = probes, within
    app.router.add_get("/health/live", _live)
    app.router.add_get("/health/ready", _ready)


async def _live(_request: web.Request) -> web.Response:
    return web.json_response({"status": "live"})


async def _ready(request: web.Request) -> web.Response:
    checks = await look(request.app[PROBES], within=request.app[WITHIN])
    ready = all(check["ok"] for check in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return web.json_response(body, status=200 if ready else 503)


async def look(probes: Mapping[str, Probe], *, within: timedelta) -> dict[str, dict[str, str | bool]]:
    """All are asked at once: whoever is silent costs its time once, and the others are told all the same."""
    told = await asyncio.gather(*(_told(probe, within.total_seconds()) for probe in probes.values()))
    return dict(zip(probes, told, strict=True))


async def _told(probe: Probe, within_s: float) -> dict[str, str | bool]:
    try:
        async with asyncio.timeout(within_s):
            return {"ok": True, "says": await probe()}
    except TimeoutError:
        return {"ok": False, "says": "no answer"}
    except Exception as failure:  # noqa: BLE001 - a probe tells, whatever is wrong
        return {"ok": False, "says": f"{type(failure).__name__}: {failure}"[:300]}
