"""The evidence of a delivery's message, taken away as the file that ``dalel evidence`` writes."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.console.context import CONTEXT, SESSION
from gateway.console.guard import require
from gateway.domain.people.access import Right
from gateway.reading.evidence import MEDIA_TYPE, evidence_file, file_name
from gateway.service.evidence.message import Busy

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
