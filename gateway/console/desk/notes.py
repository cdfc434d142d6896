"""Notes: their lists, those about one thing, and writing, handing over and closing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION, ConsoleContext
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.console.typed import PAGE, words_of
from gateway.domain.people.access import Right, UserRole
from gateway.domain.people.desk import NOBODY, About, NoteHolder
from gateway.domain.people.persons import names_person
from gateway.ports.case import FindConversation
from gateway.ports.console import LoadDeliveryVersion
from gateway.ports.people.desk import FindIncidents, FindNote, ListNotesAbout, Note, NoteQuery, NoteSubject
from gateway.ports.people.users import ListUsers, User
from gateway.service.authorise import NotAllowed
from gateway.service.people.desk import change_note, write_note
from gateway.texts.language import marked

LONGEST: Final = 2_000
LONGEST_REASON: Final = 500
_BIGGEST: Final = 2**63 - 1

WHICH: Final[Mapping[str, str]] = {
    "me": marked("handed to me"),
    "role": marked("handed to my role"),
    "written": marked("written by me"),
    "open": marked("all that are open"),
    "closed": marked("closed"),
}
ABOUTS: Final[Mapping[About, tuple[str, str]]] = {
    About.APPEAL: (marked("Appeal"), "/appeals/"),
    About.DELIVERY: (marked("Delivery"), "/deliveries/"),
    About.PARTY: (marked("Party"), "/parties/"),
    About.INCIDENT: (marked("Incident"), "/incidents/"),
}
"""What it is called, and where its page is."""


def add_routes(app: web.Application) -> None:
    """``/notes`` and below."""
    app.router.add_get("/notes", _list)
    app.router.add_get("/notes/{about:appeal|delivery|party|incident}/{key}", _about)
    app.router.add_post("/notes/{about:appeal|delivery|party|incident}/{key}", _write)
    app.router.add_post(r"/notes/{number:\d{1,19}}/{act:hand|close}", _change)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    which, after = request.query.get("which", ""), request.query.get("after", "")
    which = which if which in WHICH else "me"
    at = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    found = await request.config_dict[CONTEXT].reads.run(to_query(which, request[SESSION].user, at))
    rows = found[:PAGE]
    return page(
        request,
        "desk/notes.html",
        rows=rows,
        which=which,
        kinds=WHICH,
        abouts=ABOUTS,
        next_after=rows[-1].note_id if len(found) > PAGE else None,
        after=at,
        place_of=place_of,
        detail_of=detail_for(request),
    )


def to_query(which: str, user: User, after: int | None) -> NoteQuery:
    """In terms of the store, one more than a page."""
    match which:
        case "role":
            return NoteQuery(to_role=user.role, after=after, limit=PAGE + 1)
        case "written":
            return NoteQuery(author=user.name, after=after, limit=PAGE + 1)
        case "open" | "closed":
            return NoteQuery(closed=which == "closed", after=after, limit=PAGE + 1)
        case _:
            return NoteQuery(to_user=user.name, after=after, limit=PAGE + 1)


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
        place_of=place_of,
        notes=await context.reads.run(ListNotesAbout(subject)),
        roles=tuple(UserRole),
        users=await hands(request.config_dict[CONTEXT]),
        text=text,
        trouble=trouble,
        detail_of=detail_for(request),
    )


async def hands(context: ConsoleContext) -> tuple[str, ...]:
    """Users whom one may hand a note to."""
    users = await context.exchange.store.run(ListUsers())
    return tuple(one.name for one in users if one.disabled_at is None)


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
    if kind == "user" and name in await hands(request.config_dict[CONTEXT]):
        return NoteHolder(user=name)
    if kind:
        raise web.HTTPBadRequest
    return NOBODY


async def _subject(request: web.Request) -> NoteSubject:
    """Only of what there is: notes about nothing would be found by nobody."""
    about, key = About(request.match_info["about"]), request.match_info["key"]
    if not await is_there(request.config_dict[CONTEXT], subject := NoteSubject(about, key)):
        raise web.HTTPNotFound
    return subject


async def is_there(context: ConsoleContext, subject: NoteSubject) -> bool:
    """Whether the key is of anything."""
    reads, key = context.reads, subject.key
    match subject.about:
        case About.APPEAL:
            return await reads.run(FindConversation(key)) is not None
        case About.DELIVERY:
            is_number = key.isascii() and key.isdigit() and len(key) < 20 and int(key) <= _BIGGEST
            return is_number and await reads.run(LoadDeliveryVersion(int(key))) is not None
        case About.PARTY:
            return key in context.exchange.directory().parties
        case About.INCIDENT:
            return any(one.number == key for one in await reads.run(FindIncidents(key)))


def place_of(subject: NoteSubject | Note) -> str:
    """Where the notes about it are, below the prefix. An incident has them on its own page."""
    key = quote(subject.key, safe="")
    return f"/incidents/{key}" if subject.about is About.INCIDENT else f"/notes/{subject.about}/{key}"
