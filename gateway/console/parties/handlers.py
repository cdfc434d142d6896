"""Parties: the list, one of them, certificates of all; pausing, resuming and knocking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from aiohttp import web

from contracts.party import Party, PartyId
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.desk.open_notes import noted_on
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.listed import add_list
from gateway.console.live import stream
from gateway.console.parties.party import SWITCHES, UNKNOWNS, PingPage, party_page, result_of, version_of
from gateway.console.respond import page
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.desk import About
from gateway.lists.certificates import CERTIFICATES, CertificateParams, ending_first
from gateway.lists.listing import ListPage
from gateway.lists.parties import CHANNELS, PARTIES, ROLES, PartyParams, fitting
from gateway.ports.parties import Switch
from gateway.ports.people.desk import NoteSubject
from gateway.reading.certificates import REVOCATIONS, STANDINGS
from gateway.reading.parties import PartyFigures, found_in, worst_first
from gateway.reading.party_trouble import TroubleKind
from gateway.reading.ping_steps import STEPS
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
    add_list(app, PARTIES, template="lists/parties.html", more=_counted)
    app.router.add_get("/parties/live", _live)
    add_list(app, CERTIFICATES, template="lists/certificates.html", more=_to_be_seen_to)
    one = r"/parties/{party:[a-z0-9][a-z0-9.-]{1,62}}"
    app.router.add_get(one, _show)
    app.router.add_get(one + "/live", _live_one)
    app.router.add_get(one + "/ping", _ping)
    app.router.add_post(one + "/ping", _knock)
    app.router.add_post(one + "/{switch:pause|resume}", _switch)


async def _look(request: web.Request) -> PartyFigures:
    return await request.config_dict[CONTEXT].figures.current()


async def _counted(request: web.Request, params: PartyParams, _: ListPage[Any]) -> Mapping[str, Any]:
    figures = await _look(request)
    lines = worst_first(figures)
    in_trouble = sum(any(one.trouble is not TroubleKind.PAUSED for one in line.troubles) for line in lines)
    return {
        "figures": figures,
        "in_trouble": in_trouble,
        "count": len(fitting(figures, params)),
        "live": "/parties/live",
        "version": figures.counted.version,
    }


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts = request.config_dict[CONTEXT].counts

    async def version() -> str:
        return (await counts.current()).version

    return await stream(request, version)


async def _to_be_seen_to(request: web.Request, params: CertificateParams, _: ListPage[Any]) -> Mapping[str, Any]:
    lines = ending_first(await _look(request), params)
    return {"count": len(lines), "in_trouble": sum(line.is_trouble for line in lines)}


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
    request.config_dict[CONTEXT].figures.forget()
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
