"""A link that an administrator handed over: whoever holds it sets the password of its user, once.

Looking at the page uses nothing up, since mail programs and proxies look, too.
"""

from __future__ import annotations

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.cookies import form_token, keep_visitor, new_visitor, visitor_token
from gateway.console.respond import page
from gateway.console.users.words import NEW_PASSWORD, NOT_ALIKE
from gateway.service.people.own_account import PasswordChangeRefusal, enrol, user_of_link


def add_routes(app: web.Application) -> None:
    """Open to who has not signed in."""
    app.router.add_get(r"/enrol/{link:[A-Za-z0-9_-]{20,100}}", _ask)
    app.router.add_post(r"/enrol/{link:[A-Za-z0-9_-]{20,100}}", _set)


async def _ask(request: web.Request) -> web.Response:
    return await _form(request)


async def _set(request: web.Request) -> web.Response:
    form = await request.post()
    new = str(form.get("new", ""))
    if new != str(form.get("again", "")):
        return await _form(request, trouble=NOT_ALIKE)
    trouble = await enrol(request.config_dict[CONTEXT].login, request.match_info["link"], new)
    if trouble is not None and trouble is not PasswordChangeRefusal.LINK:
        return await _form(request, trouble=NEW_PASSWORD[trouble])
    if trouble is PasswordChangeRefusal.LINK:
        return await _form(request)
    raise web.HTTPSeeOther(f"{PREFIX}/login?enrolled=1")


async def _form(request: web.Request, *, trouble: str = "") -> web.Response:
    holder = await user_of_link(request.config_dict[CONTEXT].login, request.match_info["link"])
    status = 410 if holder is None else 422 if trouble else 200
    values = {"holder": holder, "trouble": trouble, "stale": NEW_PASSWORD[PasswordChangeRefusal.LINK]}
    if SESSION in request:
        return page(request, "users/enrol.html", status=status, **values)
    token = visitor_token(request) or new_visitor()
    answer = page(request, "users/enrol.html", status=status, form_token=form_token(token), **values)
    keep_visitor(request, answer, token)
    return answer
