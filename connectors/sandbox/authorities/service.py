"""The sandbox's authorities as one process: a port that answers, and a control port on which one bends it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

import structlog
from aiohttp import web
from cryptography import x509

from connectors.sandbox.authorities import crl, ocsp, stamping
from connectors.sandbox.authorities.behaviour import AuthorityBends, AuthorityService, bend_of
from connectors.sandbox.authorities.ca import RevokedEntry, SandboxAuthority
from connectors.sandbox.authorities.folder import AuthoritiesFile, read_authorities
from connectors.sandbox.authorities.register import RevocationRegister
from connectors.sandbox.authorities.surroundings import AuthorityContext
from connectors.sandbox.json_port import read_entry, refuse_in_json
from connectors.sandbox.listening import ListeningSocket
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate

log = structlog.get_logger(__name__)

_STRAIGHT = "straight"


class SandboxAuthorities:
    """A running service; leave the context to end it. Raises ``KeyUnusable`` or OSError at the start."""

    def __init__(self, file: AuthoritiesFile, *, now: Callable[[], datetime] | None = None) -> None:
        """``now``: the time that is stamped; the machine's, unless told otherwise."""
        self._file = file
        ca = SandboxAuthority.load(file.ca_folder)
        self._surroundings = AuthorityContext(ca, file.folder, now or partial(datetime.now, UTC))
        self._register = RevocationRegister(file.folder)
        self._stack = AsyncExitStack()

    @property
    def bends(self) -> AuthorityBends:
        return self._surroundings.bends

    async def __aenter__(self) -> Self:
        app, control = web.Application(), web.Application(middlewares=[refuse_in_json])
        for service in (stamping, ocsp, crl):
            service.add_routes(app, self._surroundings)
        control.router.add_get("/control/state", self._state)
        control.router.add_post("/control/bend", self._bend)
        control.router.add_post("/control/revoke", self._revoke)
        control.router.add_post("/control/restore", self._restore)
        for port, application in ((self._file.listen_port, app), (self._file.control_port, control)):
            door = ListeningSocket(application, port)
            self._stack.push_async_callback(door.close)
            await door.open()
        log.info("sandbox.authorities", port=self._file.listen_port, control=self._file.control_port)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _state(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "kind": "authorities",
                "bends": {bend.service.value: bend.kind.value for bend in self.bends},
                "revoked": [str(one.serial) for one in self._register],
            }
        )

    async def _bend(self, request: web.Request) -> web.Response:
        """``{"service": "tsa", "kind": "silent", "times": 2}``, ``{"kind": "straight"}`` for all or one service."""
        entry = await read_entry(request)
        if entry.get("kind") == _STRAIGHT:
            self.bends.straighten(AuthorityService(entry["service"]) if "service" in entry else None)
        else:
            self.bends.put(bend_of(entry))
        log.info("sandbox.bent", party_id="authorities", **entry)
        return await self._state(request)

    async def _revoke(self, request: web.Request) -> web.Response:
        """``{"certificate": PEM, "reason": "keyCompromise"}``; reasons as RFC 5280 §5.3.1 spells them."""
        entry = await read_entry(request)
        serial = _certificate_of(entry).serial
        reason = x509.ReasonFlags(entry.get("reason", x509.ReasonFlags.unspecified.value))
        self._register.revoke(RevokedEntry(serial, self._surroundings.now(), reason))
        log.info("sandbox.revoked", serial=str(serial), reason=reason.value)
        return await self._state(request)

    async def _restore(self, request: web.Request) -> web.Response:
        """``{"certificate": PEM}``: as if it had never been revoked."""
        self._register.restore(_certificate_of(await read_entry(request)).serial)
        return await self._state(request)


def _certificate_of(entry: dict[str, Any]) -> Certificate:
    try:
        return Certificate.from_pem(str(entry["certificate"]).encode())
    except KeyUnusable as error:
        raise ValueError(f"certificate: {error}") from error


def run_authorities(folder: Path) -> None:
    """Run the authorities of ``folder`` until SIGTERM or SIGINT; blocks. Raises as ``SandboxAuthorities`` does."""
    import uvloop

    uvloop.run(_serve(folder))


async def _serve(folder: Path) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with SandboxAuthorities(read_authorities(folder)):
        await stop.wait()
