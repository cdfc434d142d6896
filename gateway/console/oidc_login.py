"""Sign in elsewhere: the way to the identity provider and back (OpenID Connect, authorization code with PKCE)."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

import structlog
from aiohttp import web

from connectors.ports.identity import ProviderAway
from gateway.console.context import CONTEXT, PREFIX
from gateway.console.cookies import forget_seed, keep_seed, keep_session, seed_and_onward
from gateway.console.login import login_form, our_path
from gateway.process.log import reason_of
from gateway.service.people.oidc import OidcCallback, OidcLogin, question_of, refuse, sign_in_by_oidc
from gateway.texts.language import marked

log = structlog.get_logger()

CALLBACK: Final = "/openid/callback"
"""Below the prefix: the address that the provider knows as ours."""

_AWAY: Final = marked("The identity provider does not answer at the moment. Try again soon.")
_REFUSED: Final = marked(
    "The identity provider did not let you in, or you have no account here. The audit log tells an administrator why."
)


def add_routes(app: web.Application) -> None:
    """``/openid``; where there is no provider, nothing is there."""
    app.router.add_get("/openid/start", _start)
    app.router.add_get(CALLBACK, _back)


async def _start(request: web.Request) -> web.StreamResponse:
    oidc_login, onward = _oidc_login(request), our_path(request.query.get("next", ""))
    seed = secrets.token_urlsafe(32)
    try:
        address = await oidc_login.provider.address(question_of(seed))
    except ProviderAway as away:
        return _away(request, onward, away)
    answer = web.HTTPSeeOther(address)
    keep_seed(request, answer, seed, onward)
    raise answer


async def _back(request: web.Request) -> web.StreamResponse:
    """The state must be of the sign-in that this browser began: nobody is led into another's session."""
    context, oidc_login = request.config_dict[CONTEXT], _oidc_login(request)
    came = OidcCallback(request.remote or "?", request.headers.get("User-Agent", ""))
    seed, kept = seed_and_onward(request)
    onward, question = our_path(kept), question_of(seed)
    code, state = request.query.get("code", ""), request.query.get("state", "")
    token = None
    if not seed or not hmac.compare_digest(state.encode(), question.state.encode()):
        await refuse(context.login, "the state is of no sign-in of this browser", came)
    elif "error" in request.query or not code:
        await refuse(context.login, "the provider let nobody in", came)
    else:
        try:
            token = await sign_in_by_oidc(context.login, oidc_login, code, question, came)
        except ProviderAway as away:
            return _away(request, onward, away)
    if token is None:
        refused = login_form(request, next_path=onward, status=401, trouble=_REFUSED)
        forget_seed(request, refused)
        return refused
    answer = web.HTTPSeeOther(onward)
    forget_seed(request, answer)
    keep_session(request, answer, token)
    raise answer


def _away(request: web.Request, onward: str, away: ProviderAway) -> web.Response:
    log.warning("console.provider_unavailable", reason=reason_of(away))
    answer = login_form(request, next_path=onward or f"{PREFIX}/", status=503, trouble=_AWAY)
    forget_seed(request, answer)
    return answer


def _oidc_login(request: web.Request) -> OidcLogin:
    found = request.config_dict[CONTEXT].oidc_login
    if found is None:
        raise web.HTTPNotFound
    return found
