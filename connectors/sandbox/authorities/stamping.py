"""The time-stamp authority on the wire (RFC 3161 §3.4), true or bent."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web
from asn1crypto import tsp

from connectors.sandbox.authorities.answering import handler
from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.surroundings import AuthorityContext
from connectors.sandbox.authorities.tsa import TimeStampAuthority, refusal
from signing.timestamps.token import RESPONSE_TYPE

TSA_NAME = "Dälel sandbox time stamps"
TSA_BIN = "200540003182"  # fictional, with a valid check digit


def add_routes(app: web.Application, authority_context: AuthorityContext) -> None:
    """``POST /tsa``. Raises ``KeyUnusable`` when the authority has no key."""
    authority = TimeStampAuthority(authority_context.key("tsa"))

    async def answer(request: bytes, bend: AuthorityBend | None) -> bytes:
        now = authority_context.now()
        return (
            bent(authority, request, bend.kind, authority_context.ca, now=now)
            if bend
            else authority.answer(request, now=now)
        )

    app.router.add_post(
        "/tsa", handler(AuthorityService.TSA, authority_context.bends, answer, media_type=RESPONSE_TYPE)
    )


def bent(
    authority: TimeStampAuthority, request: bytes, kind: Misconduct, ca: SandboxAuthority, *, now: datetime
) -> bytes:
    """The answer of an authority that lies as it was told to; the true one where a lie has no meaning here."""
    match kind:
        case Misconduct.REFUSES:
            return refusal("time_not_available", "no trusted time is at hand")
        case Misconduct.WRONG_DIGEST:
            return authority.answer(_about(request, digest=bytes(32)), now=now)
        case Misconduct.WRONG_NONCE:
            return authority.answer(_about(request, nonce=1), now=now)
        case Misconduct.STRANGER:
            return _certified(SandboxAuthority.create("Nobody", now=now), now, days=1).answer(request, now=now)
        case Misconduct.EXPIRED:
            return _certified(ca, now - timedelta(days=30), days=1).answer(request, now=now)
        case _:
            return authority.answer(request, now=now)


def _about(request: bytes, *, digest: bytes | None = None, nonce: int | None = None) -> bytes:
    """The request as somebody else would have made it."""
    parsed = tsp.TimeStampReq.load(request)
    if digest is not None:
        parsed["message_imprint"]["hashed_message"] = digest
    if nonce is not None:
        parsed["nonce"] = nonce
    return bytes(parsed.dump())


def _certified(ca: SandboxAuthority, at: datetime, *, days: int) -> TimeStampAuthority:
    key = ca.issue(TSA_NAME, bin=TSA_BIN, usage=Usage.TIME_STAMPS, now=at, days=days, key_kind="P-256")  # made at once
    return TimeStampAuthority(key)
