"""Sign in, sign out, choose a language."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.console.cookies import (
    forget_session,
    form_token,
    keep_language,
    keep_session,
    keep_visitor,
    new_visitor,
    visitor_token,
)
from gateway.console.language import KNOWN, Language
from gateway.console.respond import page
from gateway.console.surroundings import AROUND, PREFIX, SESSION
from gateway.service.signin import sign_in, sign_out

HOME: Final = f"{PREFIX}/"


def add_routes(app: web.Application) -> None:
    """``/login``, ``/logout``, ``/language``."""
    app.router.add_get("/login", _ask)
    app.router.add_post("/login", _sign_in)
    app.router.add_post("/logout", _sign_out)
    app.router.add_get("/language", _choose)


async def _ask(request: web.Request) -> web.StreamResponse:
    if SESSION in request:
        raise web.HTTPSeeOther(_ours(request.query.get("next", "")))
    return _form(request, next_path=_ours(request.query.get("next", "")))


async def _sign_in(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    name, password = str(form.get("name", "")).strip(), str(form.get("password", ""))
    onward = _ours(str(form.get("next", "")))
    token = await sign_in(request.config_dict[AROUND].desk, name, password, remote=request.remote or "?")
    if token is None:
        return _form(request, next_path=onward, name=name[:40], is_refused=True)
    answer = web.HTTPSeeOther(onward)
    keep_session(request, answer, token)
    raise answer


async def _sign_out(request: web.Request) -> web.StreamResponse:
    await sign_out(request.config_dict[AROUND].desk, request[SESSION])
    answer = web.HTTPSeeOther(f"{PREFIX}/login")
    forget_session(request, answer)
    raise answer


async def _choose(request: web.Request) -> web.StreamResponse:
    answer = web.HTTPSeeOther(_ours(request.query.get("back", "")))
    if (chosen := request.query.get("to", "")) in KNOWN:
        keep_language(answer, Language(chosen))
    raise answer


def _form(request: web.Request, *, next_path: str, name: str = "", is_refused: bool = False) -> web.Response:
    token = visitor_token(request) or new_visitor()
    values = {"next_path": next_path, "name": name, "is_refused": is_refused, "form_token": form_token(token)}
    answer = page(request, "login.html", status=401 if is_refused else 200, **values)
    keep_visitor(request, answer, token)
    return answer


def _ours(path: str) -> str:
    """A path of the console, never another site's."""
    return path if path.startswith(f"{PREFIX}/") and "\\" not in path and path.isprintable() else HOME
