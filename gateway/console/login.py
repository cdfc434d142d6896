"""Sign in, choose a language."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.cookies import (
    form_token,
    keep_language,
    keep_session,
    keep_visitor,
    new_visitor,
    visitor_token,
)
from gateway.console.respond import page
from gateway.service.people.login import sign_in
from gateway.texts.language import KNOWN, PageLanguage

HOME: Final = f"{PREFIX}/"


def add_routes(app: web.Application) -> None:
    """``/login``, ``/language``."""
    app.router.add_get("/login", _ask)
    app.router.add_post("/login", _sign_in)
    app.router.add_get("/language", _choose)


async def _ask(request: web.Request) -> web.StreamResponse:
    if SESSION in request:
        raise web.HTTPSeeOther(our_path(request.query.get("next", "")))
    return login_form(request, next_path=our_path(request.query.get("next", "")))


async def _sign_in(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    name, password = str(form.get("name", "")).strip(), str(form.get("password", ""))
    onward = our_path(str(form.get("next", "")))
    came = {"remote": request.remote or "?", "agent": request.headers.get("User-Agent", "")}
    token = await sign_in(request.config_dict[CONTEXT].login, name, password, **came)
    if token is None:
        return login_form(request, next_path=onward, name=name[:40], is_refused=True)
    answer = web.HTTPSeeOther(onward)
    keep_session(request, answer, token)
    raise answer


async def _choose(request: web.Request) -> web.StreamResponse:
    answer = web.HTTPSeeOther(our_path(request.query.get("back", "")))
    if (chosen := request.query.get("to", "")) in KNOWN:
        keep_language(answer, PageLanguage(chosen))
    raise answer


def login_form(
    request: web.Request,
    *,
    next_path: str,
    name: str = "",
    is_refused: bool = False,
    status: int = 200,
    trouble: str = "",
) -> web.Response:
    """The page to sign in at. ``trouble``: of a sign-in elsewhere, in English words of the catalogue."""
    token = visitor_token(request) or new_visitor()
    is_enrolled = "enrolled" in request.query and not is_refused
    values = {"next_path": next_path, "name": name, "is_refused": is_refused, "is_enrolled": is_enrolled}
    context = request.config_dict[CONTEXT]
    ways = {"takes_passwords": context.login.takes_passwords, "has_oidc": context.oidc_login is not None}
    values |= {"form_token": form_token(token), "trouble": trouble, **ways}
    answer = page(request, "login.html", status=401 if is_refused else status, **values)
    keep_visitor(request, answer, token)
    return answer


def our_path(path: str) -> str:
    """A path of the console, never another site's."""
    return path if path.startswith(f"{PREFIX}/") and "\\" not in path and path.isprintable() else HOME
