"""The evidence of a delivery's message, taken away as the file that ``dalel evidence`` writes."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.console.context import CONTEXT, SESSION, ConsoleContext
from gateway.console.guard import require
from gateway.domain.people.access import Right
from gateway.service.authorise import Actor
from gateway.service.evidence.message import Busy, evidence_for
from gateway.service.evidence.proofs import ProofRules

MEDIA_TYPE: Final = "application/vnd.etsi.asic-e+zip"
_BIGGEST: Final = 2**63 - 1


def add_routes(app: web.Application) -> None:
    """Below a delivery."""
    app.router.add_get(r"/deliveries/{number:\d{1,19}}/evidence/download", _download)


async def _download(request: web.Request) -> web.Response:
    """It holds the envelopes as they went over the wire, so it is for roles that may read these, and is logged."""
    require(request, Right.READ_PERSONAL)
    number, context = int(request.match_info["number"]), request.config_dict[CONTEXT]
    if number > _BIGGEST:
        raise web.HTTPNotFound
    try:
        content = await evidence_file(context, request[SESSION].user, number)
    except Busy as others:
        raise web.HTTPServiceUnavailable from others
    if content is None:
        raise web.HTTPNotFound
    headers = {"Content-Disposition": f'attachment; filename="{file_name(number)}"'}
    return web.Response(body=content, headers=headers, content_type=MEDIA_TYPE)


async def evidence_file(context: ConsoleContext, actor: Actor, delivery_id: int) -> bytes | None:
    """None where there is no such delivery, or no key to seal by. Raises Busy."""
    if context.seal_key is None:
        return None
    rules = ProofRules(anchors=context.anchors)
    async with context.packer.turn():
        return await evidence_for(context.exchange, context.reads, actor, delivery_id, context.seal_key, rules)


def file_name(delivery_id: int) -> str:
    """What it is saved as."""
    return f"delivery-{delivery_id}-evidence.asice"
