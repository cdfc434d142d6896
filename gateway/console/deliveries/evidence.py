"""The evidence of a delivery's message, taken away as the file that ``dalel evidence`` writes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from gateway.console.guard import require
from gateway.console.surroundings import AROUND, SESSION
from gateway.domain.access import Right
from gateway.service.evidence import packed
from gateway.service.operate import reader_of
from gateway.service.proofs import ProofRules

MOST_WAITING: Final = 3
"""Sealing takes a processor for a while; whoever comes then is told to come again."""
_BIGGEST: Final = 2**63 - 1


@dataclass(slots=True)
class Packer:
    """Of one process: one file at a time."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


PACKER: Final = web.AppKey("packer", Packer)


def add_routes(app: web.Application) -> None:
    """Below a delivery."""
    app[PACKER] = Packer()
    app.router.add_get(r"/deliveries/{number:\d{1,19}}/evidence/download", _download)


async def _download(request: web.Request) -> web.Response:
    """It holds the envelopes as they went over the wire, so it is for roles that may read these, and is logged."""
    require(request, Right.READ_PERSONAL)
    number, packer = int(request.match_info["number"]), request.config_dict[PACKER]
    if number > _BIGGEST:
        raise web.HTTPNotFound
    if packer.waiting >= MOST_WAITING:
        raise web.HTTPServiceUnavailable
    packer.waiting += 1
    try:
        async with packer.lock:
            content = await _packed(request, number)
    finally:
        packer.waiting -= 1
    headers = {"Content-Disposition": f'attachment; filename="delivery-{number}-evidence.asice"'}
    return web.Response(body=content, headers=headers, content_type="application/vnd.etsi.asic-e+zip")


async def _packed(request: web.Request, number: int) -> bytes:
    around, user = request.config_dict[AROUND], request[SESSION].user
    exchange, now = around.exchange, around.exchange.clock.now()
    if around.seal_key is None:
        raise web.HTTPNotFound
    traced = await around.reads.trace_of(number, exchange=exchange.me, made_at=now)
    if traced is None:
        raise web.HTTPNotFound
    await exchange.store.record_access(reader_of(user), "evidence", f"{number} {traced.record.message_id}", now)
    return await packed(exchange, traced, around.seal_key, ProofRules(anchors=around.anchors))
