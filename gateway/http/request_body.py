"""The body of a request as it comes: by POST, of a type that is SOAP, within its limit, inflated where it is gzip.

Nothing of it is proven, so every step is bounded: what is announced, what comes, and what it becomes when inflated.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from aiohttp import web

from contracts.codes import Code
from contracts.operations import Service
from contracts.remedies import FoundTrouble, Trouble
from gateway.http.pressure import RequestPlace
from gateway.service.intake.refused import Refused

ACCEPTED_TYPES: Final = frozenset({"text/xml", "application/xml", "application/soap+xml"})
_GZIP: Final = zlib.MAX_WBITS | 16
_STEP_BYTES: Final = 1024 * 1024
"""Inflated at a time: a millisecond or two, after which the room for it is asked for."""


async def read_body(request: web.Request, service: Service, limit_bytes: int, place: RequestPlace) -> bytes:
    """Raises Refused, and CapacityExceeded when there is no room for it."""
    _require_soap(request, service)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        found = FoundTrouble(Trouble.ENCODING, encoding[:40])
        raise Refused(Code.UNSUPPORTED_MEDIA_TYPE, f"the body is encoded as {encoding[:40]!r}", troubles=(found,))
    body = await _received(request, limit_bytes, place)
    return body if encoding == "identity" else await _inflated(body, limit_bytes, place)


def _require_soap(request: web.Request, service: Service) -> None:
    if request.method != "POST" or service is Service.INBOX:
        raise Refused(Code.METHOD_NOT_ALLOWED, "messages are sent by POST; the inbox service is served by parties")
    if request.content_type == "multipart/related":
        found = FoundTrouble(Trouble.MTOM)
        raise Refused(Code.UNSUPPORTED_MEDIA_TYPE, "multipart/related, which is MTOM", troubles=(found,))
    if request.content_type not in ACCEPTED_TYPES:
        raise Refused(Code.UNSUPPORTED_MEDIA_TYPE, f"send text/xml, not {request.content_type}")


async def _received(request: web.Request, limit_bytes: int, place: RequestPlace) -> bytes:
    announced = request.content_length or 0
    if announced > limit_bytes:
        detail = f"{announced} bytes announced, the limit is {limit_bytes}; send documents by parts"
        raise Refused(Code.TOO_LARGE, detail)
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit_bytes:
            raise Refused(Code.TOO_LARGE, f"more than {limit_bytes} bytes; send documents by parts")
        place.hold(len(body))
    return bytes(body)


async def _inflated(packed: bytes, limit_bytes: int, place: RequestPlace) -> bytes:
    """RFC 1952, one member and nothing behind it; beside the event loop, for a few bytes become millions."""
    inflater, body = zlib.decompressobj(_GZIP), bytearray()
    try:
        while packed and not inflater.eof:
            piece = await asyncio.to_thread(inflater.decompress, packed, _STEP_BYTES)
            body += piece
            if len(body) > limit_bytes:
                raise Refused(Code.TOO_LARGE, f"more than {limit_bytes} bytes when inflated; send documents by parts")
            place.hold(len(packed) + len(body))
            packed = inflater.unconsumed_tail
    except zlib.error as error:
        raise Refused(Code.NOT_XML, "the body says that it is gzip, and is none") from error
    if not inflater.eof or inflater.unused_data:
        raise Refused(Code.NOT_XML, "the gzip of the body is cut short, or something stands behind it")
    return bytes(body)
