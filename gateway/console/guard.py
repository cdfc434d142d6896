"""Before every handler: who asks, may they, and is the form ours; after it: what the browser may do with the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.cookies import FORM_FIELD, is_own_form, session_token
from gateway.console.respond import message_page
from gateway.domain.people.access import Right, authorise
from gateway.ports.request_pools import Area, PoolCause, Shed
from gateway.ports.store import Unavailable
from gateway.process.log import reason_of
from gateway.reading.context import SLOT
from gateway.service.people.login import session_by, use
from gateway.texts.language import marked

log = structlog.get_logger()

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer. No script and no style but our own files: what a peer's words may hold cannot run."""

OPEN: Final = (f"{PREFIX}/login", f"{PREFIX}/language", f"{PREFIX}/enrol/", f"{PREFIX}/openid/", f"{PREFIX}/static/")
"""What needs no session."""

SIGN_IN: Final = (f"{PREFIX}/login", f"{PREFIX}/enrol/", f"{PREFIX}/openid/")
"""Where strangers bring forms or ask for work."""


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Before the first byte of any answer."""
    response.headers.update(HEADERS)
    if not request.path.startswith(f"{PREFIX}/static/"):
        response.headers["Cache-Control"] = "no-store"
    if request.config_dict[CONTEXT].is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"


@web.middleware
async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What goes wrong is told on a page in the reader's language, and no trace of ours leaks."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as refused:
        return message_page(request, refused.status, _WORDS.get(refused.status, _WORDS[400]))
    except Shed as shed:  # no line in the log: strangers may cause as many as they like
        answer = message_page(request, shed.status, _SHED[shed.cause])
        answer.headers.update(shed.headers)
        return answer
    except Unavailable as away:
        log.warning("console.store_unavailable", reason=reason_of(away))
        return message_page(request, 503, _WORDS[503])
    except ConnectionError:
        raise
    except Exception as failed:  # noqa: BLE001 - a page says so, the log what
        log.error("console.failed", path=request.path, kind=type(failed).__name__, reason=reason_of(failed))
        return message_page(request, 500, _WORDS[500])


_WORDS: Final[Mapping[int, str]] = {
    400: marked("This address or form makes no sense here. Go back and try again."),
    401: marked("You are signed out, and nothing was done. Sign in and do it again."),
    403: marked("Your role does not allow this, or the page was open for too long. Load it anew and try again."),
    404: marked("There is nothing under this address or number."),
    500: marked("Something went wrong on our side. It is in the log of the exchange."),
    503: marked("The database does not answer at the moment. Messages wait; try again soon."),
}


_BUSY: Final = marked("Too many requests are in hand at the moment, and nothing was done. Try again in seconds.")
_SHED: Final[Mapping[PoolCause, str]] = {
    PoolCause.FULL: _BUSY,
    PoolCause.DISPLACED: _BUSY,
    PoolCause.DEADLINE: marked("The form did not arrive whole in time, and nothing was done. Send it again."),
    PoolCause.SIZE: marked("The form is too large, and nothing was done. Shorten its text and send it again."),
}


@web.middleware
async def admitted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing is done for a request that finds no place in the pool of its area."""
    area = Area.SIGN_IN if request.path.startswith(SIGN_IN) else Area.CONSOLE
    with request.config_dict[CONTEXT].pools.admit(area) as slot:
        request[SLOT] = slot
        return await handler(request)


@web.middleware
async def forms_are_ours(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every POST brings the token of a page of ours."""
    if request.method not in {"GET", "HEAD", "POST"}:
        raise web.HTTPMethodNotAllowed(request.method, ["GET", "HEAD", "POST"])
    if request.method == "POST":
        request = await _with_form(request)
        if not is_own_form(request, str((await request.post()).get(FORM_FIELD, ""))):
            raise web.HTTPForbidden
    return await handler(request)


async def _with_form(request: web.Request) -> web.Request:
    """The same request with its whole form, within the bounds of its place. Raises Shed, HTTPBadRequest."""
    slot = request[SLOT]
    bounded = request.clone(client_max_size=slot.body_bytes)
    try:
        if (request.content_length or 0) > slot.body_bytes:
            raise slot.too_large()
        async with slot.receiving():
            await bounded.post()
    except web.HTTPRequestEntityTooLarge as large:
        raise slot.too_large() from large
    except (ValueError, HttpProcessingError) as malformed:
        raise web.HTTPBadRequest from malformed
    return bounded


@web.middleware
async def known_by_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing but the login page without a session that is still good."""
    login = request.config_dict[CONTEXT].login
    session = await session_by(login, token) if (token := session_token(request)) else None
    if session is not None:
        request[SESSION] = session
    elif not request.path.startswith(OPEN):
        return _sent_to_login(request)
    if session is not None and not request.path.startswith(OPEN) and not request.path.endswith("/live"):
        await use(login, session)
    return await handler(request)


def _sent_to_login(request: web.Request) -> web.StreamResponse:
    if request.path.endswith("/live"):
        return web.Response(status=401)
    if request.method != "GET":
        raise web.HTTPUnauthorized
    raise web.HTTPSeeOther(f"{PREFIX}/login?next={quote(request.path_qs, safe='')}")


def require(request: web.Request, right: Right) -> None:
    """Raises HTTPForbidden where the role does not give the right."""
    if not authorise(request[SESSION].user.role, right).is_allowed:
        raise web.HTTPForbidden
