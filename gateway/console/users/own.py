"""One's own account: what one may do, where one is signed in, another password."""

from __future__ import annotations

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.respond import page
from gateway.console.users.agents import browser_name
from gateway.console.users.words import NEW_PASSWORD, NOT_ALIKE, PURPOSES, ROLE_RIGHTS
from gateway.ports.people.users import ListSessions
from gateway.service.people.own_account import change_password, end_others


def add_routes(app: web.Application) -> None:
    """``/me``; whoever is signed in has one."""
    app.router.add_get("/me", _show)
    app.router.add_post("/me/password", _change)
    app.router.add_post("/me/sessions", _end_others)


async def _show(request: web.Request) -> web.Response:
    return await _page(request)


async def _change(request: web.Request) -> web.Response:
    form = await request.post()
    old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
    login, session = request.config_dict[CONTEXT].login, request[SESSION]
    if not login.takes_passwords:
        raise web.HTTPBadRequest
    if new != again:
        return await _page(request, status=422, trouble=NOT_ALIKE)
    trouble = await change_password(login, session, old, new, remote=request.remote or "?")
    if trouble is not None:
        return await _page(request, status=422, trouble=NEW_PASSWORD[trouble])
    raise web.HTTPSeeOther(f"{PREFIX}/me?done=password")


async def _end_others(request: web.Request) -> web.Response:
    await end_others(request.config_dict[CONTEXT].login, request[SESSION])
    raise web.HTTPSeeOther(f"{PREFIX}/me?done=sessions")


async def _page(request: web.Request, *, status: int = 200, trouble: str = "") -> web.Response:
    context, session = request.config_dict[CONTEXT], request[SESSION]
    sessions = await context.reads.run(ListSessions(session.user.user_id, context.exchange.clock.now()))
    values = {"session": session, "sessions": sessions, "trouble": trouble, "done": request.query.get("done", "")}
    tables = {"rights": ROLE_RIGHTS, "purposes": PURPOSES, "agent": browser_name}
    takes = context.login.takes_passwords
    return page(request, "users/own.html", status=status, tables=tables, takes_passwords=takes, **values)
