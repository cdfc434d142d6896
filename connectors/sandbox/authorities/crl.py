"""The sandbox's list of revoked certificates (RFC 5280 §5), made anew for everybody who asks, true or bent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from connectors.sandbox.authorities.answering import handler
from connectors.sandbox.authorities.behaviour import Bend, Misconduct, Service
from connectors.sandbox.authorities.register import Register
from connectors.sandbox.authorities.surroundings import Surroundings
from signing.authority import SandboxAuthority

LIST_TYPE: Final = "application/pkix-crl"
CURRENT_FOR: Final = timedelta(hours=1)


def add_routes(app: web.Application, surroundings: Surroundings) -> None:
    """``GET /ca.crl``."""
    register = Register(surroundings.keys)

    async def answer(_request: bytes, bend: Bend | None) -> bytes:
        return list_now(surroundings.ca, register, now=surroundings.now(), bend=bend.kind if bend else None)

    app.router.add_get("/ca.crl", handler(Service.CRL, surroundings.bends, answer, media_type=LIST_TYPE))


def list_now(ca: SandboxAuthority, register: Register, *, now: datetime, bend: Misconduct | None = None) -> bytes:
    """DER of the complete list; lies as ``bend`` says."""
    if bend is Misconduct.STRANGER:
        ca = SandboxAuthority.create("Nobody", now=now)
    made_at = now - timedelta(days=2) if bend is Misconduct.STALE else now
    return ca.revocation_list(register, now=made_at, next_update=made_at + CURRENT_FOR)
