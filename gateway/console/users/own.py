"""One's own account: what one may do, where one is signed in, another password."""

from __future__ import annotations

from aiohttp import web

from gateway.console.respond import page
from gateway.console.surroundings import AROUND, PREFIX, SESSION
from gateway.console.users.agents import told
from gateway.console.users.words import NEW_PASSWORD, NOT_ALIKE, PURPOSES, RIGHTS_TOLD
from gateway.service.own import change_password, end_others


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
    desk, session = request.config_dict[AROUND].desk, request[SESSION]
    if not desk.takes_passwords:
        raise web.HTTPBadRequest
    if new != again:
        return await _page(request, status=422, trouble=NOT_ALIKE)
    trouble = await change_password(desk, session, old, new, remote=request.remote or "?")
    if trouble is not None:
        return await _page(request, status=422, trouble=NEW_PASSWORD[trouble])
    raise web.HTTPSeeOther(f"{PREFIX}/me?done=password")


async def _end_others(request: web.Request) -> web.Response:
    await end_others(request.config_dict[AROUND].desk, request[SESSION])
    raise web.HTTPSeeOther(f"{PREFIX}/me?done=sessions")


async def _page(request: web.Request, *, status: int = 200, trouble: str = "") -> web.Response:
    around, session = request.config_dict[AROUND], request[SESSION]
    sessions = await around.reads.sessions_of(session.user.user_id, around.exchange.clock.now())
    values = {"session": session, "sessions": sessions, "trouble": trouble, "done": request.query.get("done", "")}
    tables = {"rights": RIGHTS_TOLD, "purposes": PURPOSES, "agent": told}
    takes = around.desk.takes_passwords
    return page(request, "users/own.html", status=status, tables=tables, takes_passwords=takes, **values)
