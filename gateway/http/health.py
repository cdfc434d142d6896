"""Health: live says the process answers, ready says whether it can take messages, and if not, why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

Probe = Callable[[], Awaitable[str]]
"""Returns words on success, raises on failure."""

PROBES: Final = web.AppKey("probes", dict[str, Probe])


def add_routes(app: web.Application, probes: dict[str, Probe]) -> None:
    """Serve ``/health/live`` and ``/health/ready``."""
    app[PROBES] = probes
    app.router.add_get("/health/live", _live)
    app.router.add_get("/health/ready", _ready)


async def _live(_request: web.Request) -> web.Response:
    return web.json_response({"status": "live"})


async def _ready(request: web.Request) -> web.Response:
    checks: dict[str, dict[str, str | bool]] = {}
    for name, probe in request.app[PROBES].items():
        try:
            checks[name] = {"ok": True, "says": await probe()}
        except Exception as failure:  # noqa: BLE001 - a probe tells, whatever is wrong
            checks[name] = {"ok": False, "says": f"{type(failure).__name__}: {failure}"[:300]}
    ready = all(check["ok"] for check in checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return web.json_response(body, status=200 if ready else 503)
