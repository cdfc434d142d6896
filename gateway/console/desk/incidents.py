"""Incidents that parties report: the list, one with its notes; taking, weighing and closing it."""

from __future__ import annotations

from aiohttp import web

from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.desk.notes import LONGEST_REASON
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.listed import add_list
from gateway.console.respond import page
from gateway.console.typed import words_of
from gateway.domain.people.access import Right, UserRole
from gateway.domain.people.desk import About, IncidentAct, Severity
from gateway.domain.people.persons import names_person
from gateway.lists.incidents import INCIDENTS, SEVERITIES, STATES
from gateway.lists.notes import ABOUTS, place_of
from gateway.ports.people.desk import FindIncidents, Incident, ListNotesAbout, NoteSubject
from gateway.reading.notes import hands
from gateway.reading.status_text import TURN_WORDS, incident_status
from gateway.service.authorise import NotAllowed
from gateway.service.people.desk import change_severity, move_incident


def add_routes(app: web.Application) -> None:
    """``/incidents`` and below."""
    add_list(app, INCIDENTS)
    app.router.add_get(r"/incidents/{number:IN-[0-9a-f-]{13}}", _show)
    app.router.add_post(r"/incidents/{number:IN-[0-9a-f-]{13}}/{act:take|close}", _act)
    app.router.add_post(r"/incidents/{number:IN-[0-9a-f-]{13}}/severity", _weigh)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, incident = request.config_dict[CONTEXT], await _incident(request)
    subject = NoteSubject(About.INCIDENT, incident.number)
    return page(
        request,
        "desk/incident.html",
        incident=incident,
        status_text=incident_status(incident),
        turns=TURN_WORDS,
        states=STATES,
        severities=SEVERITIES,
        subject=subject,
        notes=await context.reads.run(ListNotesAbout(subject)),
        abouts=ABOUTS,
        place_of=place_of,
        roles=tuple(UserRole),
        users=await hands(context.reads),
        text="",
        trouble="",
        known=context.exchange.directory().parties,
        detail_of=detail_for(request),
    )


async def _act(request: web.Request) -> web.StreamResponse:
    """To close one needs words, which the party is told."""
    context, incident = request.config_dict[CONTEXT], await _incident(request)
    act = IncidentAct(request.match_info["act"])
    reason = words_of(str((await request.post()).get("reason", "")), longest=LONGEST_REASON)
    if (act is IncidentAct.CLOSE and not reason) or names_person(reason):
        raise web.HTTPBadRequest
    try:
        await move_incident(context.exchange, request[SESSION].user, act, incident.number, reason=reason)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    raise web.HTTPSeeOther(f"{PREFIX}/incidents/{incident.number}")


async def _weigh(request: web.Request) -> web.StreamResponse:
    """How much it stops, as a person sees it; with a reason, which stands on the page."""
    context, incident, form = request.config_dict[CONTEXT], await _incident(request), await request.post()
    reason, to = words_of(str(form.get("reason", "")), longest=LONGEST_REASON), str(form.get("to", ""))
    if not reason or names_person(reason) or to not in frozenset(map(str, Severity)):
        raise web.HTTPBadRequest
    try:
        await change_severity(context.exchange, request[SESSION].user, incident.number, Severity(to), reason=reason)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    raise web.HTTPSeeOther(f"{PREFIX}/incidents/{incident.number}")


async def _incident(request: web.Request) -> Incident:
    number = request.match_info["number"]
    found = await request.config_dict[CONTEXT].reads.run(FindIncidents(number))
    named = next((one for one in found if one.number == number), None)
    if named is None:
        raise web.HTTPNotFound
    return named
