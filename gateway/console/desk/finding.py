"""The support desk: one field for any number, answered on one page; a person's number goes by a form only."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from contracts.texts import text_of
from dossier.procedure.wording import article_text
from gateway.console.appeals.listing import TROUBLE_WORDS, address_of
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.desk.codes import ADVICE, BLAME
from gateway.console.desk.facts import Answers, answers_to
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.console.typed import words_of
from gateway.domain.people.access import Right
from gateway.domain.people.desk import IncidentState
from gateway.domain.people.persons import is_person_number
from gateway.lists.notes import ABOUTS, place_of
from gateway.ports.people.desk import IncidentQuery, NoteQuery
from gateway.reading.status_text import TURN_WORDS
from gateway.service.cases.find_cases import SearchTrouble

MOST: Final = 10


def add_routes(app: web.Application) -> None:
    """``/desk`` and ``/find``."""
    app.router.add_get("/desk", _desk)
    app.router.add_get("/find", _find)
    app.router.add_post("/find", _ask)


async def _desk(request: web.Request) -> web.Response:
    """The field, and what waits for whoever looks."""
    require(request, Right.SEE)
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    reads = context.reads
    own = await reads.run(NoteQuery(to_user=user.name, limit=MOST))
    role = await reads.run(NoteQuery(to_role=user.role, limit=MOST))
    return page(
        request,
        "desk/desk.html",
        number="",
        incidents=await reads.run(IncidentQuery(state=IncidentState.OPEN, limit=MOST)),
        taken=await reads.run(IncidentQuery(state=IncidentState.TAKEN, limit=MOST)),
        notes=(*own, *role),
        abouts=ABOUTS,
        place_of=place_of,
        detail_of=detail_for(request),
        now=context.exchange.clock.now(),
    )


async def _ask(request: web.Request) -> web.StreamResponse:
    """What a person is called by is answered right here; anything else becomes an address that one can pass on."""
    require(request, Right.SEE)
    words = words_of(str((await request.post()).get("number", "")))
    if not is_person_number(words):
        raise web.HTTPSeeOther(f"{PREFIX}/find?{urlencode({'number': words})}" if words else f"{PREFIX}/desk")
    found = await answers_to(request.config_dict[CONTEXT], request[SESSION].user, words)
    if found.trouble is SearchTrouble.NOT_ALLOWED:
        raise web.HTTPForbidden
    return _answered(request, found, "")


async def _find(request: web.Request) -> web.StreamResponse:
    """Somebody's own link may hold a person's number: nothing is looked for by it, and it is not shown again."""
    require(request, Right.SEE)
    words = words_of(request.query.get("number", ""))
    if not words or is_person_number(words):
        raise web.HTTPSeeOther(f"{PREFIX}/desk")
    return _answered(request, await answers_to(request.config_dict[CONTEXT], request[SESSION].user, words), words)


def _answered(request: web.Request, found: Answers, number: str) -> web.Response:
    context = request.config_dict[CONTEXT]
    directory = context.exchange.directory()
    return page(
        request,
        "desk/answers.html",
        number=number,
        found=found,
        code_text=text_of(found.code) if found.code else None,
        trouble=TROUBLE_WORDS[found.trouble] if found.trouble else "",
        known=directory.parties,
        names=directory.names,
        turns=TURN_WORDS,
        blame=BLAME,
        advice=ADVICE,
        article_text=article_text,
        address_of=address_of,
        detail_of=detail_for(request),
        now=context.exchange.clock.now(),
    )
