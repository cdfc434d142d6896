"""Where one process listens: the port for parties, the socket for operators, the port for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

from gateway.config.settings import Settings
from gateway.http import admin, health, metrics, soap
from gateway.http.connection_limiter import ConnectionBounds, ConnectionLimiter, mark_steps
from gateway.http.drain_notice import DrainNotice
from gateway.http.imports import Imports, ReadRecord
from gateway.http.load_shedder import LoadShedder
from gateway.http.request_pools import RequestPools
from gateway.keys.keyring import Keyring
from gateway.ports.store import CheckStore
from gateway.reading.probes import Probe
from gateway.service.alarms import probe_channels
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmissionContext

CONSOLE: Final = "/console"
API: Final = "/api/v1"
CLEANUP_S: Final = 1.0
"""For connections to end whose requests are over, or are left in haste."""


@dataclass(frozen=True, slots=True)
class Served:
    """What stands behind the port and the socket. ``reload`` puts the newest registry in force, ``wake`` the loops.

    ``read_record``: reads what other systems export. ``console``, ``api``: None where the settings leave them off.
    """

    exchange: Exchange
    keys: Keyring
    intake: LoadShedder
    pools: RequestPools
    drain_notice: DrainNotice
    documents_probe: Probe
    expose: metrics.Expose
    reload: Callable[[], Awaitable[None]]
    wake: Callable[[], None]
    read_record: ReadRecord
    console: web.Application | None = None
    api: web.Application | None = None

    @property
    def probes(self) -> Mapping[str, Probe]:
        """What must be well for messages to be taken here."""
        return {
            "store": partial(self.exchange.store.run, CheckStore()),
            "documents": self.documents_probe,
            "intake": self.intake.probe,
            "node": self.drain_notice.probe,
            "alarms": partial(probe_channels, self.exchange),
        }


async def listen(stack: AsyncExitStack, settings: Settings, served: Served) -> ConnectionLimiter:
    """Open the port for parties, the socket for operators and the port for Prometheus; ``stack`` closes them.

    Raises OSError.
    """
    door = await _open_port(stack, settings, served)
    await _open_socket(stack, settings, served)
    if settings.metrics_port is not None:
        await _open_metrics(stack, settings.metrics_host, settings.metrics_port, served.expose)
    return door


async def _open_port(stack: AsyncExitStack, settings: Settings, served: Served) -> ConnectionLimiter:
    exchange, intake, drain_notice = served.exchange, served.intake, served.drain_notice
    app = web.Application(middlewares=[mark_steps, drain_notice.middleware()])
    admission = AdmissionContext(exchange.me, timedelta(seconds=settings.skew_s), settings.request_limit_bytes)
    deadline = timedelta(seconds=settings.request_deadline_s)
    endpoint = soap.Endpoint(exchange, admission, served.keys.message, settings.public_url, deadline, intake.gate)
    soap.add_routes(app, endpoint)
    health.add_routes(app, served.probes, within=timedelta(seconds=settings.store_patience_s), clock=exchange.clock)
    for prefix, behind in ((CONSOLE, served.console), (API, served.api)):
        if behind is not None:
            app.add_subapp(prefix, behind)
    # aiohttp inflates nothing: the endpoint does it within its limits, and what is only read away must cost no memory.
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=CLEANUP_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    bounds = ConnectionBounds(settings.connections, timedelta(seconds=settings.header_deadline_s), deadline)
    door = ConnectionLimiter(
        runner, settings.listen_host, settings.listen_port, bounds, shared_port=settings.shared_port
    )
    await door.start()
    return door


async def _open_socket(stack: AsyncExitStack, settings: Settings, served: Served) -> None:
    imports = Imports(served.exchange, served.keys.message, served.read_record, served.wake)
    acting = admin.Acts(served.exchange, served.keys, served.reload, served.wake, settings.retention, imports)
    app = admin.admin_app(acting)
    metrics.add_routes(app, served.expose)
    acts = web.AppRunner(app, access_log=None)
    await acts.setup()
    stack.callback(settings.admin_socket.unlink, missing_ok=True)
    stack.push_async_callback(acts.cleanup)
    settings.admin_socket.unlink(missing_ok=True)  # a killed process leaves its socket; the node's name is ours
    with for_us_alone():
        await web.UnixSite(acts, str(settings.admin_socket)).start()
    settings.admin_socket.chmod(0o600)


async def _open_metrics(stack: AsyncExitStack, host: str, port: int, expose: metrics.Expose) -> None:
    """A port of each node's own: behind a shared one, each scrape would meet another node."""
    app = web.Application()
    metrics.add_routes(app, expose)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, host, port).start()


@contextmanager
def for_us_alone() -> Iterator[None]:
    """Files made meanwhile are never open to others, as they would be between their making and a chmod."""
    before = os.umask(0o077)  # process-wide: a folder that another thread makes meanwhile must stay passable for us
    try:
        yield
    finally:
        os.umask(before)
