"""What a request gets that is turned away unread: ``ServerBusy`` without a signature, made once per cause.

A signature costs a third of a millisecond, a refusal without one a tenth of that; under a flood this is the
difference between serving and refusing. Nothing is lost by it: all that the answer asks for is the same message
again, and an unsigned word is believed that far.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Final

from aiohttp import web

from contracts import soap
from contracts.codes import Code
from gateway.http.pressure import CapacityExceeded, ShedCause

WORDS: Final[Mapping[ShedCause, str]] = {
    ShedCause.STORE: "the store is away or does not keep up",
    ShedCause.DISK: "the disk is nearly full; the operator has to make room",
    ShedCause.MEMORY: "too many bytes of requests are in hand, or this body came too slowly",
    ShedCause.REQUESTS: "too many requests are in hand",
    ShedCause.PARTY: "too many requests of yours are in hand; send fewer at once",
}
"""English, for the sender's engineer. No figures: strangers read it, too."""

RETRY: Final[Mapping[ShedCause, timedelta]] = {
    ShedCause.STORE: timedelta(seconds=10),
    ShedCause.DISK: timedelta(seconds=60),
    ShedCause.MEMORY: timedelta(seconds=5),
    ShedCause.REQUESTS: timedelta(seconds=5),
    ShedCause.PARTY: timedelta(seconds=5),
}
"""When to come again."""


def answer(full: CapacityExceeded) -> web.Response:
    """HTTP 503, or 429 (RFC 6585 §4) where the excess is the caller's own."""
    return web.Response(
        body=_envelope(full.cause),
        status=429 if full.cause is ShedCause.PARTY else 503,
        headers={"Content-Type": "text/xml; charset=utf-8", "Retry-After": str(_retry_s(full.cause))},
    )


@cache
def _envelope(cause: ShedCause) -> bytes:
    return soap.unsigned(soap.build_fault(Code.SERVER_BUSY, detail=WORDS[cause], retry_after_s=_retry_s(cause)))


def _retry_s(cause: ShedCause) -> int:
    return int(RETRY[cause].total_seconds())
