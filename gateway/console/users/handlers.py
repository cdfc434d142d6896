"""Users, for administrators: the list, one of them, adding, and everything that may be done to another."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.listed import add_list
from gateway.console.respond import page
from gateway.console.users.agents import browser_name
from gateway.console.users.words import ACTS, PURPOSES
from gateway.domain.people.access import USER_NAME, Right, SignInMethod, UserRole
from gateway.lists.users import USERS
from gateway.ports.people.users import (
    ChangeRole,
    OpenEnrolment,
    UserChange,
)
from gateway.reading.users import CHANGES, UserAct, UserView, result_of, user_page
from gateway.service.authorise import NotAllowed, audit_name
from gateway.service.people.users import UserChangeResult, add_as, change_as, link_as

LONGEST_REASON: Final = 500
_TABLES: Final = {"roles": tuple(UserRole), "purposes": PURPOSES, "acts": ACTS, "agent": browser_name}
"""Words and values that templates of users need."""


def add_routes(app: web.Application) -> None:
    """Below ``/users``."""
    add_list(app, USERS, template="lists/users.html")
    app.router.add_get("/users/_add", _ask)
    app.router.add_post("/users/_add", _add)
    one = "/users/{name:%s}" % USER_NAME.pattern  # noqa: UP031 - the pattern has braces of its own
    app.router.add_get(one, _show)
    app.router.add_post(one + "/{act:[a-z-]+}", _act)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.USERS)
    found = await _found(request)
    result = result_of(found, request[SESSION].user, request.query.get("done", ""))
    return page(request, "users/one.html", found=found, result=result, tables=_TABLES)


async def _ask(request: web.Request) -> web.Response:
    require(request, Right.USERS)
    return _form(request)


async def _add(request: web.Request) -> web.Response:
    """Answered by the page that shows the link, the only time that anybody sees it."""
    context, form = request.config_dict[CONTEXT], await request.post()
    name, role = str(form.get("name", "")).strip(), str(form.get("role", ""))
    reason, is_oidc = _reason(form), form.get("signs_in") == SignInMethod.ELSEWHERE
    if role not in set(map(str, UserRole)) or not reason or (is_oidc and not _has_oidc(request)):
        raise web.HTTPBadRequest
    typed = {"name": name[:40], "role": role, "reason": reason, "is_elsewhere": is_oidc}
    if not USER_NAME.fullmatch(name):
        return _form(request, status=422, trouble="name", **typed)
    signs_in = SignInMethod.ELSEWHERE if is_oidc or not context.login.takes_passwords else SignInMethod.HERE
    try:
        made = await add_as(context.exchange, request[SESSION].user, name, UserRole(role), signs_in, reason=reason)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    if made.against is not None:
        return _form(request, status=409, trouble="taken", **typed)
    if made.link is None:
        raise web.HTTPSeeOther(f"{PREFIX}/users/{name}?done=user.added")
    return _link_page(request, name, made)


async def _act(request: web.Request) -> web.Response:
    """Carried out or refused, it is in the audit log; the page it leads to shows the log's own words."""
    context, user, name = request.config_dict[CONTEXT], request[SESSION].user, request.match_info["name"]
    if request.match_info["act"] not in set(map(str, UserAct)):
        raise web.HTTPNotFound
    act, form = UserAct(request.match_info["act"]), await request.post()
    reason = _reason(form)
    if not reason or (act is UserAct.ELSEWHERE and not _has_oidc(request)):
        raise web.HTTPBadRequest
    try:
        if act is UserAct.LINK:
            return await _make_link(request, name, reason)
        change = _change(request, act, name, reason, str(form.get("role", "")))
        await change_as(context.exchange, user, change)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    raise web.HTTPSeeOther(f"{PREFIX}/users/{name}?done={change.act}")


def _change(request: web.Request, act: UserAct, name: str, reason: str, role: str) -> UserChange:
    by, now = audit_name(request[SESSION].user), request.config_dict[CONTEXT].exchange.clock.now()
    if act is not UserAct.ROLE:
        return CHANGES[act](name, reason, by, now)
    if role not in set(map(str, UserRole)):
        raise web.HTTPBadRequest
    return ChangeRole(name, UserRole(role), reason, by, now)


async def _make_link(request: web.Request, name: str, reason: str) -> web.Response:
    context = request.config_dict[CONTEXT]
    if not context.login.takes_passwords:
        raise web.HTTPBadRequest
    made = await link_as(context.exchange, request[SESSION].user, name, reason=reason)
    if made.link is None:
        raise web.HTTPSeeOther(f"{PREFIX}/users/{name}?done={OpenEnrolment.act}")
    return _link_page(request, name, made)


def _link_page(request: web.Request, name: str, made: UserChangeResult) -> web.Response:
    scheme = "https" if request.config_dict[CONTEXT].is_secure else "http"
    link = f"{scheme}://{request.host}{PREFIX}/enrol/{made.link}"
    return page(request, "users/link.html", name=name, link=link)


def _form(request: web.Request, *, status: int = 200, trouble: str = "", **typed: Any) -> web.Response:  # noqa: ANN401 - of a template
    blank = {"name": "", "role": UserRole.VIEWER.value, "reason": "", "is_elsewhere": False}
    takes = request.config_dict[CONTEXT].login.takes_passwords
    values = {"typed": blank | typed, "trouble": trouble, "takes_passwords": takes}
    values["has_oidc"] = _has_oidc(request)
    return page(request, "users/add.html", status=status, tables=_TABLES, **values)


async def _found(request: web.Request) -> UserView:
    context = request.config_dict[CONTEXT]
    found = await user_page(
        context.reads,
        request.match_info["name"],
        reader=request[SESSION].user,
        takes_passwords=context.login.takes_passwords,
        has_oidc=_has_oidc(request),
        now=context.exchange.clock.now(),
    )
    if found is None:
        raise web.HTTPNotFound
    return found


def _has_oidc(request: web.Request) -> bool:
    return request.config_dict[CONTEXT].oidc_login is not None


def _reason(form: Any) -> str:  # noqa: ANN401 - aiohttp's own
    return str(form.get("reason", "")).strip()[:LONGEST_REASON]
