"""A time-stamp authority whose answers are waited for in a span."""

from __future__ import annotations

from gateway.ports.outside import TimestampAuthority
from gateway.ports.tracing import SpanName, Tracer
from signing.timestamps.token import TimestampToken


class TracedStamps:
    """``gateway.ports.outside.TimestampAuthority``: asks ``inner``."""

    def __init__(self, inner: TimestampAuthority, tracer: Tracer) -> None:
        self._inner, self._tracer = inner, tracer

    async def stamp(self, digest: bytes) -> TimestampToken:
        with self._tracer.span(SpanName.STAMP):
            return await self._inner.stamp(digest)

    def is_away(self) -> bool:
        return self._inner.is_away()
