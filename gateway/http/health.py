"""Health: live says the process answers, ready says whether it can take messages, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web

from connectors.ports.clock import Clock
from gateway.domain.alarms.findings import Health
from gateway.reading.probes import Probe, look
from gateway.texts.conditions import PROCESS, probe_words

PROBES: Final = web.AppKey("probes", Mapping[str, Probe])
WITHIN: Final = web.AppKey("within", timedelta)


@dataclass(slots=True)
class ProbeHistory:
    """Since when each check stands as it does, as far as this process was asked."""

    clock: Clock
    of: dict[str, tuple[bool, datetime]] = field(default_factory=dict)

    def since(self, name: str, *, ok: bool) -> datetime:
        """When it was first found so, without a change in between."""
        was = self.of.get(name)
        if was is None or was[0] is not ok:
            self.of[name] = was = (ok, self.clock.now())
        return was[1]


MEMORY: Final = web.AppKey("memory", ProbeHistory)


def add_routes(app: web.Application, probes: Mapping[str, Probe], *, within: timedelta, clock: Clock) -> None:
    """Serve ``/health/live`` and ``/health/ready``. ``within``: for an answer of each probe."""
    app[PROBES], app[WITHIN], app[MEMORY] = probes, within, ProbeHistory(clock)
    app[MEMORY].since(PROCESS, ok=True)
    app.router.add_get("/health/live", _live)
    app.router.add_get("/health/ready", _ready)


async def _live(request: web.Request) -> web.Response:
    """Whoever reads this has the whole answer: the event loop came to it."""
    check = _explained(request.app[MEMORY], PROCESS, {"ok": True, "message": "answers"})
    return web.json_response({"status": "live", "checks": {PROCESS: check}})


async def _ready(request: web.Request) -> web.Response:
    checks = await look(request.app[PROBES], within=request.app[WITHIN])
    ready = all(check["ok"] for check in checks.values())
    explained = {name: _explained(request.app[MEMORY], name, check) for name, check in checks.items()}
    body = {"status": "ready" if ready else "not ready", "checks": explained}
    return web.json_response(body, status=200 if ready else 503)


def _explained(memory: ProbeHistory, name: str, check: Mapping[str, str | bool]) -> dict[str, Any]:
    """What was found as it was, with name, state, since when, and words in three languages for people."""
    ok = bool(check["ok"])
    return {
        **check,
        "name": name,
        "state": (Health.OK if ok else Health.FAIL).value,
        "since": memory.since(name, ok=ok).isoformat(),
        "words": asdict(probe_words(name, ok=ok)),
    }
