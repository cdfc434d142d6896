"""Fault codes, each with its cause, whose fault it is and its cure: the same table that docs/codes.md is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from contracts.codes import Code, Disposition, Fault
from contracts.texts import text_of
from gateway.console.guard import require
from gateway.console.language import language_of
from gateway.console.respond import page
from gateway.domain.people.access import Right
from gateway.texts.language import NAMES, marked

BLAME: Final[Mapping[Fault, str]] = {
    Fault.CLIENT: marked("The sender's"),
    Fault.SERVER: marked("The exchange's"),
}
ADVICE: Final[Mapping[Disposition, str]] = {
    Disposition.RETRY: marked("Send the same message again later; nothing is done twice."),
    Disposition.REJECT: marked("Mend the cause and send a new message; the same one is refused again."),
    Disposition.PARK: marked("Set the message aside until a person has looked."),
}
"""What the sender should do with the message."""


def add_routes(app: web.Application) -> None:
    """``/codes`` and one page for each."""
    app.router.add_get("/codes", _list)
    app.router.add_get(r"/codes/{code:\w{1,60}}", _show)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    return page(request, "desk/codes.html", codes={code: text_of(code) for code in Code}, blame=BLAME, advice=ADVICE)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    try:
        code = Code(request.match_info["code"])
    except ValueError:
        raise web.HTTPNotFound from None
    own = language_of(request)
    others = [(language, NAMES[language]) for language in NAMES if language is not own]
    return page(
        request, "desk/code.html", code=code, code_text=text_of(code), others=others, blame=BLAME, advice=ADVICE
    )
