"""What the browser keeps: the session's token, and before that a visitor's, to which each form's own token belongs."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import quote, unquote

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.language import COOKIE
from gateway.domain.people.access import LONGEST_SESSION
from gateway.service.people.oidc import ANSWER_WITHIN
from gateway.texts.language import PageLanguage

_YEAR_S: Final = 365 * 86_400
FORM_FIELD: Final = "form_token"


def session_token(request: web.Request) -> str:
    """Empty when there is none."""
    return request.cookies.get(_named("session", is_secure=request.config_dict[CONTEXT].is_secure), "")


def visitor_token(request: web.Request) -> str:
    """Of somebody who has not signed in; empty when there is none."""
    return request.cookies.get(_named("visit", is_secure=request.config_dict[CONTEXT].is_secure), "")


def own_token(request: web.Request) -> str:
    """The one that forms belong to: of a session that is still good, else the visitor's."""
    return session_token(request) if SESSION in request else visitor_token(request)


def form_token(token: str) -> str:
    """What a form of this browser must bring: other sites can make it post, and cannot know this."""
    return hmac.digest(token.encode(), b"dalel console form", hashlib.sha256).hex()


def is_own_form(request: web.Request, brought: str) -> bool:
    """Whether the form came from a page of ours in this browser."""
    token = own_token(request)
    from_oidc = request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    return bool(token) and not from_oidc and hmac.compare_digest(form_token(token).encode(), brought.encode())


def new_visitor() -> str:
    """A token for the login page's form."""
    return secrets.token_urlsafe(32)


def keep_visitor(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Until the browser is closed."""
    _keep(request, response, "visit", token, None)


def keep_session(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """As long as a session may last; whether it does is the server's to say."""
    _keep(request, response, "session", token, int(LONGEST_SESSION.total_seconds()))


def forget_session(request: web.Request, response: web.StreamResponse) -> None:
    """The server has ended it already."""
    _forget(request, response, "session")


def keep_seed(request: web.Request, response: web.StreamResponse, seed: str, onward: str) -> None:
    """Of a sign-in elsewhere, and where it leads then; as long as that may take."""
    _keep(request, response, "seed", f"{seed}.{quote(onward, safe='')}", int(ANSWER_WITHIN.total_seconds()))


def seed_and_onward(request: web.Request) -> tuple[str, str]:
    """Empty when there is none."""
    kept = request.cookies.get(_named("seed", is_secure=request.config_dict[CONTEXT].is_secure), "")
    seed, _, onward = kept.partition(".")
    return seed, unquote(onward)


def forget_seed(request: web.Request, response: web.StreamResponse) -> None:
    """Whatever came of it, it is over."""
    _forget(request, response, "seed")


def keep_end_session(request: web.Request, response: web.StreamResponse, seed: str) -> None:
    """Of a sign-out elsewhere; as long as that may take."""
    _keep(request, response, "farewell", seed, int(ANSWER_WITHIN.total_seconds()))


def end_session_seed(request: web.Request) -> str:
    """Empty when there is none."""
    return request.cookies.get(_named("farewell", is_secure=request.config_dict[CONTEXT].is_secure), "")


def forget_end_session(request: web.Request, response: web.StreamResponse) -> None:
    """Whoever comes back does so once."""
    _forget(request, response, "farewell")


def keep_language(response: web.StreamResponse, language: PageLanguage) -> None:
    """For a year, for the console alone."""
    response.set_cookie(COOKIE, language.value, path=PREFIX, max_age=_YEAR_S, httponly=True, samesite="Lax")


def _keep(request: web.Request, response: web.StreamResponse, name: str, token: str, age_s: int | None) -> None:
    is_secure = request.config_dict[CONTEXT].is_secure
    named = _named(name, is_secure=is_secure)
    response.set_cookie(named, token, path="/", max_age=age_s, secure=is_secure, httponly=True, samesite="Lax")


def _forget(request: web.Request, response: web.StreamResponse, name: str) -> None:
    is_secure = request.config_dict[CONTEXT].is_secure
    response.del_cookie(_named(name, is_secure=is_secure), path="/", secure=is_secure, httponly=True)


def _named(name: str, *, is_secure: bool) -> str:
    """``__Host-``: no other host of the same domain can have set it."""
    return f"__Host-dalel-{name}" if is_secure else f"dalel-{name}"
