"""Parties: the list, one of them, certificates of all; pausing, resuming and knocking."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from aiohttp import web

from contracts.party import Party, PartyId
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.desk.open_notes import noted_on
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.parties import csv as taken
from gateway.console.parties.certificates import REVOCATIONS, STANDINGS
from gateway.console.parties.figures import FIGURES, Figures, PartyFigures
from gateway.console.parties.lists import (
    CHANNELS,
    ONLY,
    ROLES,
    PartyFilter,
    all_lines,
    certificate_list,
    ending_first,
    party_list,
)
from gateway.console.parties.party import SWITCHES, UNKNOWNS, PingPage, found_in, party_page, result_of, version_of
from gateway.console.parties.steps import STEPS
from gateway.console.respond import page
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.desk import About
from gateway.ports.parties import Switch
from gateway.ports.people.desk import NoteSubject
from gateway.service.authorise import NotAllowed
from gateway.service.parties import probe_as, switch_as

LONGEST_REASON: Final = 500
_PAST: Final = {Switch.PAUSE: "paused", Switch.RESUME: "resumed"}
TABLES: Final = {
    "roles": ROLES,
    "channels": CHANNELS,
    "standings": STANDINGS,
    "revocations": REVOCATIONS,
    "unknowns": UNKNOWNS,
}
"""What closed sets are called, in English words of the catalogue."""


def add_routes(app: web.Application) -> None:
    """Below ``/parties``."""
    app[FIGURES] = Figures(app[CONTEXT])
    app.router.add_get("/parties", _list)
    app.router.add_get("/parties.csv", _csv)
    app.router.add_get("/parties/live", _live)
    app.router.add_get("/parties/certificates", _certificates)
    app.router.add_get("/parties/certificates.csv", _certificates_csv)
    one = r"/parties/{party:[a-z0-9][a-z0-9.-]{1,62}}"
    app.router.add_get(one, _show)
    app.router.add_get(one + "/live", _live_one)
    app.router.add_get(one + "/ping", _ping)
    app.router.add_post(one + "/ping", _knock)
    app.router.add_post(one + "/{switch:pause|resume}", _switch)


async def _look(request: web.Request) -> PartyFigures:
    return await request.config_dict[FIGURES].current()


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    found = party_list(await _look(request), PartyFilter.read(request.query))
    return page(request, "parties/list.html", found=found, only=ONLY, tables=TABLES)


async def _csv(request: web.Request) -> web.Response:
    require(request, Right.EXPORT)
    parties = await _look(request)
    return taken.parties_csv(all_lines(parties, PartyFilter.read(request.query))[0], parties.at)


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts = request.config_dict[CONTEXT].counts

    async def version() -> str:
        return (await counts.current()).version

    return await stream(request, version)


async def _certificates(request: web.Request) -> web.Response:
    """Those of all parties, the one that ends first in front."""
    require(request, Right.SEE)
    found = certificate_list(await _look(request), PartyFilter.read(request.query))
    return page(request, "parties/certificates.html", found=found, tables=TABLES)


async def _certificates_csv(request: web.Request) -> web.Response:
    require(request, Right.EXPORT)
    parties = await _look(request)
    return taken.certificates_csv(ending_first(parties, PartyFilter.read(request.query)), parties.at)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, user, parties = request.config_dict[CONTEXT], request[SESSION].user, await _look(request)
    party = _party(request)
    found = await party_page(context.reads, parties, party, role=user.role, us=context.exchange.me)
    result = result_of(found, user, request.query.get("done", ""))
    noted = await noted_on(context.reads, NoteSubject(About.PARTY, party.party_id))
    return page(
        request, "parties/party.html", found=found, result=result, switches=SWITCHES, tables=TABLES, noted=noted,
        detail_of=detail_for(request),
    )  # fmt: skip


async def _live_one(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts, party_id = request.config_dict[CONTEXT].counts, _party(request).party_id

    async def version() -> str:
        return version_of(await counts.current(), party_id)

    return await stream(request, version)


async def _ping(request: web.Request) -> web.Response:
    """What a test ping is, and the button; whoever loads the page knocks nowhere."""
    require(request, Right.SEE)
    return page(request, "parties/ping.html", found=await _ping_page(request), steps=STEPS)


async def _knock(request: web.Request) -> web.Response:
    """Answered by the page itself: what was met is kept by no node, only that somebody knocked, in the audit log."""
    context, party = request.config_dict[CONTEXT], _party(request)
    try:
        probed = await probe_as(context.exchange, context.prober, request[SESSION].user, party)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    if probed is None:
        raise web.HTTPBadRequest
    found = replace(await _ping_page(request), probed=probed)
    return page(request, "parties/ping.html", found=found, steps=STEPS)


async def _ping_page(request: web.Request) -> PingPage:
    party, parties = _party(request), await _look(request)
    is_offered = party.endpoint is not None and authorise(request[SESSION].user.role, Right.PROBE).is_allowed
    return PingPage(party, is_offered, parties.of(party).fetched_at, parties.at)


async def _switch(request: web.Request) -> web.StreamResponse:
    """Carried out or refused, it is in the audit log; the page it leads to shows the log's own words."""
    context, party, to = request.config_dict[CONTEXT], _party(request), Switch(request.match_info["switch"])
    reason = str((await request.post()).get("reason", "")).strip()[:LONGEST_REASON]
    if not reason or party.party_id == context.exchange.me:
        raise web.HTTPBadRequest
    try:
        against = await switch_as(context.exchange, request[SESSION].user, to, party.party_id, reason=reason)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    context.counts.forget()
    request.config_dict[FIGURES].forget()
    if against is None:
        context.wake()
    raise web.HTTPSeeOther(f"{PREFIX}/parties/{party.party_id}?done={_PAST[to]}")


def _party(request: web.Request) -> Party:
    """Raises HTTPNotFound for one that the registry in force does not have."""
    registry = request.config_dict[CONTEXT].exchange.directory().registry
    party = found_in(registry, PartyId(request.match_info["party"]))
    if party is None:
        raise web.HTTPNotFound
    return party
