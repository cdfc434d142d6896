"""One delivery, its envelopes, and what one may do to it."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

from contracts.party import PartyId
from gateway.console import queries
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.desk.open_notes import noted_on
from gateway.console.desk.refusals import detail_for
from gateway.console.guard import require
from gateway.console.live import stream
from gateway.console.respond import page
from gateway.domain.delivery.acts import Act
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.desk import About
from gateway.ports.audit import RecordAccess
from gateway.ports.console import LoadDelivery, LoadDeliveryVersion, LoadEnvelope
from gateway.ports.people.desk import NoteSubject
from gateway.reading.deliveries import ACT_WORDS, cure_of
from gateway.reading.masking import EnvelopeView, masked, whole
from gateway.service.authorise import NotAllowed
from gateway.service.operate import move_as

ACTS: Final = frozenset(map(str, Act))
_BIGGEST: Final = 2**63 - 1


def add_routes(app: web.Application) -> None:
    """Below ``/deliveries``."""
    one = r"/deliveries/{number:\d{1,19}}"
    app.router.add_get(one, _show)
    app.router.add_get(one + "/live", _live)
    app.router.add_get(one + r"/envelopes/{sha256:[0-9a-f]{64}}", _envelope)
    app.router.add_post(one + "/{act:[a-z]+}", _act)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    now = context.exchange.clock.now()
    found = await queries.delivery_page(context.reads, _number(request), role=user.role, now=now)
    if found is None:
        raise web.HTTPNotFound
    done = request.query.get("done", "")
    result = queries.result_of(found.whole, Act(done), user) if done in ACTS else None
    return page(
        request,
        "deliveries/one.html",
        delivery=found,
        act_words=ACT_WORDS,
        result=result,
        cure=cure_of(found.row),
        has_evidence=context.seal_key is not None,
        noted=await noted_on(context.reads, NoteSubject(About.DELIVERY, str(found.row.delivery_id))),
        detail_of=detail_for(request),
    )


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    reads, number = request.config_dict[CONTEXT].reads, _number(request)
    return await stream(request, lambda: reads.run(LoadDeliveryVersion(number)))


async def _envelope(request: web.Request) -> web.Response:
    """The bytes for roles that may read what people wrote, which is logged; for others all of that is masked."""
    require(request, Right.SEE)
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    number, sha256 = _number(request), request.match_info["sha256"]
    content = await context.reads.run(LoadEnvelope(number, sha256))
    if content is None:
        raise web.HTTPNotFound
    is_whole = authorise(user.role, Right.READ_PERSONAL).is_allowed
    if is_whole:
        reader, now = PartyId(f"user:{user.user_id}"), context.exchange.clock.now()  # the ledger names no person
        about = await _appeal_of(request, number)
        await context.exchange.store.run(RecordAccess(reader, "envelope", f"{number} {sha256}", now, about=about))
    shown: EnvelopeView = await asyncio.to_thread(whole if is_whole else masked, content)
    return page(request, "deliveries/envelope.html", number=number, sha256=sha256, shown=shown, is_whole=is_whole)


async def _appeal_of(request: web.Request, number: int) -> str | None:
    found = await request.config_dict[CONTEXT].reads.run(LoadDelivery(number))
    return found.row.appeal_number if found else None


async def _act(request: web.Request) -> web.StreamResponse:
    """Carried out or refused, it is in the audit log; the page it leads to tells what the log says."""
    context, number = request.config_dict[CONTEXT], _number(request)
    form = await request.post()
    reason = str(form.get("reason", "")).strip()[: queries.LONGEST_REASON]
    if request.match_info["act"] not in ACTS:
        raise web.HTTPNotFound
    act = Act(request.match_info["act"])
    if not reason:
        raise web.HTTPBadRequest
    try:
        moved = await move_as(context.exchange, request[SESSION].user, act, number, reason=reason)
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    if moved.moved:
        context.wake()
    raise web.HTTPSeeOther(f"{PREFIX}/deliveries/{number}?done={act.value}")


def _number(request: web.Request) -> int:
    number = int(request.match_info["number"])
    if number > _BIGGEST:
        raise web.HTTPNotFound
    return number
