"""Notes: their lists, those about one thing, and writing, handing over and closing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.listed import add_list
from gateway.console.respond import page
from gateway.console.typed import words_of
from gateway.domain.people.access import Right, UserRole
from gateway.domain.people.desk import NOBODY, About, NoteHolder
from gateway.domain.people.persons import names_person
from gateway.lists.notes import ABOUTS, NOTES, NotesOf, place_of
from gateway.ports.people.desk import FindNote, ListNotesAbout, NoteSubject
from gateway.reading.notes import LONGEST, hands, is_there
from gateway.service.authorise import NotAllowed
from gateway.service.people.desk import change_note, write_note
from gateway.texts.language import marked

LONGEST_REASON: Final = 500
_BIGGEST: Final = 2**63 - 1

_PAGES: Final[Mapping[About, str]] = {
    About.APPEAL: "/appeals/",
    About.DELIVERY: "/deliveries/",
    About.PARTY: "/parties/",
    About.INCIDENT: "/incidents/",
}


def add_routes(app: web.Application) -> None:
    """``/notes`` and below."""
    add_list(app, NOTES, start={"which": NotesOf.ME})
    app.router.add_get("/notes/{about:appeal|delivery|party|incident}/{key}", _about)
    app.router.add_post("/notes/{about:appeal|delivery|party|incident}/{key}", _write)
    app.router.add_post(r"/notes/{number:\d{1,19}}/{act:hand|close}", _change)


async def _about(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    subject = await _subject(request)
    return await _shown(request, subject)


async def _shown(request: web.Request, subject: NoteSubject, *, text: str = "", trouble: str = "") -> web.Response:
    context = request.config_dict[CONTEXT]
    return page(
        request,
        "desk/about.html",
        status=400 if trouble else 200,
        subject=subject,
        abouts=ABOUTS,
        pages=_PAGES,
        place_of=place_of,
        notes=await context.reads.run(ListNotesAbout(subject)),
        roles=tuple(UserRole),
        users=await hands(request.config_dict[CONTEXT].reads),
        text=text,
        trouble=trouble,
        detail_of=detail_for(request),
    )


async def _write(request: web.Request) -> web.StreamResponse:
    context, subject = request.config_dict[CONTEXT], await _subject(request)
    form = await request.post()
    text = "".join(one for one in str(form.get("text", "")) if one.isprintable() or one == "\n").strip()[:LONGEST]
    if not text:
        raise web.HTTPBadRequest
    if names_person(text):
        return await _shown(request, subject, text=text, trouble=_NO_PERSONS)
    try:
        await write_note(context.exchange, request[SESSION].user, subject, text, await _hand(request))
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    raise web.HTTPSeeOther(PREFIX + place_of(subject))


async def _change(request: web.Request) -> web.StreamResponse:
    context, number = request.config_dict[CONTEXT], int(request.match_info["number"])
    note = await context.reads.run(FindNote(number)) if number <= _BIGGEST else None
    if note is None:
        raise web.HTTPNotFound
    reason = words_of(str((await request.post()).get("reason", "")), longest=LONGEST_REASON)
    if not reason or names_person(reason):
        raise web.HTTPBadRequest
    to = None if request.match_info["act"] == "close" else await _hand(request)
    try:
        await change_note(context.exchange, request[SESSION].user, note.note_id, to, reason=reason)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    raise web.HTTPSeeOther(PREFIX + place_of(note.subject))


_NO_PERSONS: Final = marked("An IIN or BIN stands in the note. Leave it out: a note names no citizen.")


async def _hand(request: web.Request) -> NoteHolder:
    """``role:support`` or ``user:nurlan``; whoever is not there is not handed anything."""
    kind, _, name = str((await request.post()).get("to", "")).partition(":")
    if kind == "role" and name in frozenset(map(str, UserRole)):
        return NoteHolder(role=UserRole(name))
    if kind == "user" and name in await hands(request.config_dict[CONTEXT].reads):
        return NoteHolder(user=name)
    if kind:
        raise web.HTTPBadRequest
    return NOBODY


async def _subject(request: web.Request) -> NoteSubject:
    """Only of what there is: notes about nothing would be found by nobody."""
    about, key = About(request.match_info["about"]), request.match_info["key"]
    context, subject = request.config_dict[CONTEXT], NoteSubject(about, key)
    if not await is_there(context.reads, context.exchange.directory(), subject):
        raise web.HTTPNotFound
    return subject
