"""A template and its values to an answer, with what every page shows: who is signed in, in which language."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from aiohttp import web

from gateway.console.alarms.badge import COUNT
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.cookies import FORM_FIELD, form_token, own_token
from gateway.console.language import language_of
from gateway.console.sections import groups_for
from gateway.domain.people.access import RIGHTS


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:  # noqa: ANN401 - of a template
    """The page in the reader's language."""
    session = request.get(SESSION)
    shown = {
        "prefix": PREFIX,
        "user": session and session.user,
        "rights": RIGHTS[session.user.role] if session else frozenset(),
        "unacknowledged": request.get(COUNT, 0),
        "navigation": groups_for(session.user.role) if session else (),
        "form_field": FORM_FIELD,
        "form_token": form_token(own_token(request)),
        "here": quote(request.path_qs, safe=""),
        "path": request.path.removeprefix(PREFIX),
        "trace_url": request.config_dict[CONTEXT].trace_url,
        **values,
    }
    html = request.config_dict[CONTEXT].pages.render(template, language_of(request), shown)
    return web.Response(text=html, status=status, content_type="text/html")


def message_page(request: web.Request, status: int, english: str) -> web.Response:
    """A page of one sentence."""
    return page(request, "status.html", status=status, code=status, words_shown=english)
