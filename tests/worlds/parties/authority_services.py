"""The sandbox's OCSP responder and list on a port of the test's own, at the test's time."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509

from connectors.sandbox.authorities import crl, ocsp
from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import AuthorityServices, RevokedEntry, SandboxAuthority, Usage
from connectors.sandbox.authorities.folder import services_at
from connectors.sandbox.authorities.register import RevocationRegister
from connectors.sandbox.authorities.surroundings import AuthorityContext
from signing.keys.files import write_pair
from signing.keys.keypair import Certificate, SoftwareKey

BIN = "050740004819"


@dataclass
class Services:
    """A running authority, seen from the test."""

    ca: SandboxAuthority
    at: AuthorityServices
    surroundings: AuthorityContext

    @property
    def now(self) -> datetime:
        return self.surroundings.now()

    def issue(self, name: str, *, usage: Usage = Usage.MESSAGE, services: AuthorityServices | None = None):
        """A key whose certificate says where to ask about it, unless other ``services`` are given."""
        return self.ca.issue(name, bin=BIN, usage=usage, now=self.now, key_kind="P-256", services=services or self.at)

    def revoke(self, key: SoftwareKey, reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise) -> None:
        RevocationRegister(self.surroundings.keys).revoke(RevokedEntry(key.certificate.serial, self.now, reason))

    def restore(self, key: SoftwareKey) -> None:
        RevocationRegister(self.surroundings.keys).restore(key.certificate.serial)

    def bend(self, kind: Misconduct, *services: AuthorityService) -> None:
        for service in services or (AuthorityService.OCSP, AuthorityService.CRL):
            self.surroundings.bends.put(AuthorityBend(service, kind))

    def straighten(self) -> None:
        self.surroundings.bends.straighten()

    @property
    def anchor(self) -> Certificate:
        return self.ca.key.certificate


@asynccontextmanager
async def running_services(folder: Path, clock: Callable[[], datetime]) -> AsyncIterator[Services]:
    ca = SandboxAuthority.create("Revoking CA", now=clock())
    write_pair(folder, "ocsp", ca.issue("responder", bin=BIN, usage=Usage.OCSP, now=clock(), key_kind="P-256"))
    scrape_context = AuthorityContext(ca, folder, now=clock)
    app = web.Application()
    ocsp.add_routes(app, scrape_context)
    crl.add_routes(app, scrape_context)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = TestServer(app, port=port)
    await server.start_server()
    try:
        yield Services(ca, services_at(port), scrape_context)
    finally:
        await server.close()
