"""A documents' store whose calls are spans: where it is a service, most of a call is waiting."""

from __future__ import annotations

from functools import wraps
from typing import Any, Final, cast

from gateway.ports.tracing import SpanName, Tracer
from gateway.store.blobs.folder import Blobs

_NO_SPANS: Final = frozenset({"unused", "probe", "is_new"})
"""What loops and health checks call, not messages."""


def traced_blobs(blobs: Blobs, tracer: Tracer) -> Blobs:
    """``blobs`` with a span around each call. What is read after ``open`` belongs to whoever reads."""
    return cast("Blobs", _TracedBlobs(blobs, tracer))


class _TracedBlobs:
    def __init__(self, blobs: Blobs, tracer: Tracer) -> None:
        self._blobs, self._tracer = blobs, tracer

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a method of the blobs
        call = getattr(self._blobs, name)
        if name in _NO_SPANS:
            return call

        @wraps(call)
        def in_a_span(*args: object, **kwargs: object) -> object:
            with self._tracer.span(SpanName.DOCUMENTS, operation=name):
                return call(*args, **kwargs)

        return in_a_span
