"""The sandbox's list of revoked certificates (RFC 5280 §5), made anew for everybody who asks, true or bent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from connectors.sandbox.authorities.answering import handler
from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import SandboxAuthority
from connectors.sandbox.authorities.register import RevocationRegister
from connectors.sandbox.authorities.surroundings import AuthorityContext

LIST_TYPE: Final = "application/pkix-crl"
CURRENT_FOR: Final = timedelta(hours=1)


def add_routes(app: web.Application, authority_context: AuthorityContext) -> None:
    """``GET /ca.crl``."""
    register = RevocationRegister(authority_context.keys)

    async def answer(_request: bytes, bend: AuthorityBend | None) -> bytes:
        return list_now(authority_context.ca, register, now=authority_context.now(), bend=bend.kind if bend else None)

    app.router.add_get("/ca.crl", handler(AuthorityService.CRL, authority_context.bends, answer, media_type=LIST_TYPE))


def list_now(
    ca: SandboxAuthority, register: RevocationRegister, *, now: datetime, bend: Misconduct | None = None
) -> bytes:
    """DER of the complete list; lies as ``bend`` says."""
    if bend is Misconduct.STRANGER:
        ca = SandboxAuthority.create("Nobody", now=now)
    made_at = now - timedelta(days=2) if bend is Misconduct.STALE else now
    return ca.revocation_list(register, now=made_at, next_update=made_at + CURRENT_FOR)
