"""One answer over HTTP, as it should be or bent; the same for every service of the authorities."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityBends, AuthorityService, Misconduct

ENDLESS_BYTES: Final = 32 * 1024 * 1024
_RUBBISH: Final = b"\x30\x82\x01\x00" + bytes(256)
_PAGE: Final = "<!DOCTYPE html><html><body>The site is being maintained.</body></html>"

Answer = Callable[[bytes, AuthorityBend | None], Awaitable[bytes]]
"""Request bytes and the bend that is in force → the answer's bytes. Bends of the connection never get here."""


def handler(
    service: AuthorityService, bends: AuthorityBends, answer: Answer, *, media_type: str
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that answers by ``answer``, or misbehaves as it was told to."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body, bend = await request.read(), bends.take(service)
        match bend.kind if bend else None:
            case Misconduct.SILENT:
                await asyncio.Event().wait()  # until the caller gives up
            case Misconduct.RESETS:
                if request.transport is not None:
                    request.transport.abort()
            case Misconduct.SLOW:
                await asyncio.sleep(bend.seconds if bend else 0)
            case Misconduct.BROKEN:
                return web.Response(status=500, text="out of order")
            case Misconduct.HTML:
                return web.Response(text=_PAGE, content_type="text/html")
            case Misconduct.RUBBISH:
                return web.Response(body=_RUBBISH, content_type=media_type)
            case Misconduct.ENDLESS:
                return web.Response(body=bytes(ENDLESS_BYTES), content_type=media_type)
            case _:
                pass
        return web.Response(body=await answer(body, bend), content_type=media_type)

    return handle
