"""The tracer behind OpenTelemetry: spans in its context, the ids of steps in every line of the log.

Most traces are not recorded, and cost next to nothing: of each there is one span, whose name consequences go on with.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import Token
from types import TracebackType
from typing import Any, Final, Unpack

import structlog
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import INVALID_SPAN_CONTEXT as OF_ITS_OWN
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState

from gateway.domain.trace import PARENT, STATE, TraceContext, read_context
from gateway.ports.tracing import MultiHeaders, SpanAttributes, SpanName
from gateway.tracing.requested import SamplingRequests

_KINDS: Final[Mapping[SpanName, SpanKind]] = {
    SpanName.REQUEST: SpanKind.SERVER,
    SpanName.SEND: SpanKind.CLIENT,
    SpanName.STAMP: SpanKind.CLIENT,
    SpanName.DOCUMENTS: SpanKind.CLIENT,
}
_PREFIX: Final = "dalel."
_KNOWN_AT_PROVIDER: Final = {"http_status": "http.response.status_code"}
_NOTHING: Final = nullcontext()


class OpenTelemetryTracer:
    """``gateway.ports.tracing.Tracer``. ``wishes``: which strangers' traces are recorded because they ask for it."""

    def __init__(self, tracer: trace.Tracer, sampling_requests: SamplingRequests) -> None:
        self._tracer, self._sampling_requests = tracer, sampling_requests

    def request(self, headers: MultiHeaders, **attributes: Unpack[SpanAttributes]) -> AbstractContextManager[None]:
        caller = read_context(headers.getall(PARENT, ()), headers.getall(STATE, ()))
        if caller is None:
            return self._outer(SpanName.REQUEST, OF_ITS_OWN, attributes)
        sampled = self._sampling_requests.grant(requested=caller.sampled)
        return self._outer(SpanName.REQUEST, _remote(caller, sampled=sampled), attributes)

    def span(
        self, span: SpanName, *, after: TraceContext | None = None, **attributes: Unpack[SpanAttributes]
    ) -> AbstractContextManager[None]:
        if after is not None:
            return self._outer(span, _remote(after, sampled=after.sampled), attributes)
        enclosing = trace.get_current_span()
        if not enclosing.get_span_context().is_valid:
            return self._outer(span, OF_ITS_OWN, attributes)
        if not enclosing.is_recording():
            return _NOTHING
        return _Open(self._tracer.start_span(span.value, None, _kind(span), _attributes(attributes)))

    def past(
        self, span: SpanName, *, began: int, after: TraceContext | None, **attributes: Unpack[SpanAttributes]
    ) -> None:
        if after is not None and not after.sampled:
            return
        enclosing = trace.get_current_span().get_span_context()
        self._tracer.start_span(
            span.value,
            _within(_remote(after, sampled=True) if after else OF_ITS_OWN),
            _kind(span),
            _attributes(attributes),
            links=[Link(enclosing)] if enclosing.is_valid else (),
            start_time=began,
        ).end()

    def now(self) -> int:
        return time.time_ns()

    def annotate(self, **attributes: Unpack[SpanAttributes]) -> None:
        if (enclosing := trace.get_current_span()).is_recording():
            enclosing.set_attributes(_attributes(attributes))

    def fail(self, why: str) -> None:
        trace.get_current_span().set_status(Status(StatusCode.ERROR, why))

    def here(self) -> TraceContext | None:
        context = trace.get_current_span().get_span_context()
        return _named(context) if context.is_valid else None

    def _outer(self, span: SpanName, parent: SpanContext, attributes: SpanAttributes) -> _Open:
        """The first span of a trace on this node, by which the log is bound to it."""
        opened = self._tracer.start_span(span.value, _within(parent), _kind(span), _attributes(attributes))
        return _Open(opened, binds=True)


class _Open:
    """A span while it lasts. Of what is raised only the name is told: its words may quote what people wrote.

    A class and no generator, since it stands around everything that is done.
    """

    __slots__ = ("_binds", "_bound", "_span", "_token")

    def __init__(self, span: trace.Span, *, binds: bool = False) -> None:
        self._span, self._binds = span, binds
        self._bound: Mapping[str, Token[Any]] = {}
        self._token: Token[Context] | None = None

    def __enter__(self) -> None:
        self._token = attach(trace.set_span_in_context(self._span))
        if self._binds:
            context = self._span.get_span_context()
            ids = {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
            self._bound = structlog.contextvars.bind_contextvars(**ids)

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is not None:
            self._span.set_status(Status(StatusCode.ERROR, kind.__name__))
        if self._bound:
            structlog.contextvars.reset_contextvars(**self._bound)
        if self._token is not None:
            detach(self._token)
        self._span.end()


def _kind(span: SpanName) -> SpanKind:
    return _KINDS.get(span, SpanKind.INTERNAL)


def _attributes(attributes: SpanAttributes) -> dict[str, Any]:
    return {_KNOWN_AT_PROVIDER.get(name, _PREFIX + name): value for name, value in attributes.items()}


def _within(parent: SpanContext) -> Context:
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))


def _remote(named: TraceContext, *, sampled: bool) -> SpanContext:
    return SpanContext(
        int(named.trace_id, 16),
        int(named.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT),
        trace_state=TraceState.from_header([named.state]) if named.state else None,
    )


def _named(context: SpanContext) -> TraceContext:
    return TraceContext(
        f"{context.trace_id:032x}",
        f"{context.span_id:016x}",
        context.trace_flags.sampled,
        context.trace_state.to_header(),
    )
