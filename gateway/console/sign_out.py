"""Sign out, of the console and then at the identity provider (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

import structlog
from aiohttp import web

from connectors.ports.identity import ProviderAway
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.cookies import end_session_seed, forget_end_session, forget_session, keep_end_session
from gateway.console.language import language_of
from gateway.console.respond import page
from gateway.process.log import reason_of
from gateway.service.people.login import sign_out
from gateway.service.people.oidc import end_session_state, is_open_at_provider

log = structlog.get_logger()

SIGNED_OUT: Final = "/openid/signed-out"
"""Below the prefix: the address that the provider knows as ours, to which it sends whoever signed out there."""

_LEAVE: Final = "/openid/leave"


def add_routes(app: web.Application) -> None:
    """``/logout``, ``/openid``; the latter lead nowhere where there is no provider."""
    app.router.add_post("/logout", _sign_out)
    app.router.add_get(_LEAVE, _leave)
    app.router.add_get(SIGNED_OUT, _back)


async def _sign_out(request: web.Request) -> web.StreamResponse:
    """Ours is over before anybody else is asked, whatever they say then."""
    context, session = request.config_dict[CONTEXT], request[SESSION]
    await sign_out(context.login, session)
    goes_on = context.oidc_login is not None and is_open_at_provider(session)
    answer = web.HTTPSeeOther(f"{PREFIX}{_LEAVE}" if goes_on else f"{PREFIX}/login")
    forget_session(request, answer)
    if goes_on:
        keep_end_session(request, answer, secrets.token_urlsafe(32))
    raise answer


async def _leave(request: web.Request) -> web.StreamResponse:
    """A page that goes on by itself. A redirect would still be of the form, and the policy lets forms go to us only.

    Whoever did not just sign out in this browser is not led anywhere by it.
    """
    _require_provider(request)
    seed = end_session_seed(request)
    if SESSION in request or not seed:
        raise web.HTTPSeeOther(f"{PREFIX}/login")
    address = await _end_session_address(request, seed)
    if address is None:
        return _signed_out(request, is_there=False)
    return page(request, "leaving.html", address=address)


async def _end_session_address(request: web.Request, seed: str) -> str | None:
    oidc_login = request.config_dict[CONTEXT].oidc_login
    assert oidc_login is not None  # noqa: S101 - required before
    try:
        return await oidc_login.provider.end_session(end_session_state(seed), language_of(request))
    except ProviderAway as away:
        log.warning("console.provider_unavailable", reason=reason_of(away))
        return None


async def _back(request: web.Request) -> web.StreamResponse:
    """The state must be of the sign-out that this browser began; else nothing is said of the provider."""
    _require_provider(request)
    if SESSION in request:
        raise web.HTTPSeeOther(f"{PREFIX}/")
    seed, state = end_session_seed(request), request.query.get("state", "")
    is_there = bool(seed) and hmac.compare_digest(state.encode(), end_session_state(seed).encode())
    return _signed_out(request, is_there=is_there)


def _signed_out(request: web.Request, *, is_there: bool) -> web.Response:
    answer = page(request, "signed_out.html", is_there=is_there)
    forget_end_session(request, answer)
    return answer


def _require_provider(request: web.Request) -> None:
    if request.config_dict[CONTEXT].oidc_login is None:
        raise web.HTTPNotFound
