"""Open the way to a receiver of traces, by OTLP over HTTP with protobuf."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from gateway.ports.meter import Meter
from gateway.tracing.outbound import Outbound
from gateway.tracing.requested import SamplingRequests
from gateway.tracing.spans import OpenTelemetryTracer

WITHIN_S: Final = 5.0
"""For one request, tries again included; meanwhile spans wait, and those without room are dropped."""
LONGEST: Final = 128
"""Characters of one attribute: an id or a code, and no room for anything else."""


@dataclass(frozen=True, slots=True)
class Tracing:
    """Where spans go, how many, and who says so. ``wishes_per_minute``: callers' wishes that are granted."""

    endpoint: str
    ratio: float
    wishes_per_minute: int
    node: str
    version: str


@contextmanager
def open_tracer(
    tracing: Tracing, meter: Meter, *, now: Callable[[], datetime], chance: Callable[[], float]
) -> Iterator[OpenTelemetryTracer]:
    """At its end what waits has a moment to go out. Nothing is asked of the receiver beforehand."""
    _quieten()
    resource = Resource.create(
        {"service.name": "dalel", "service.version": tracing.version, "service.instance.id": tracing.node}
    )
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(tracing.ratio)),
        resource=resource,
        span_limits=SpanLimits(max_attribute_length=LONGEST),
        shutdown_on_exit=False,
    )
    outbound = Outbound(OTLPSpanExporter(endpoint=_traces_at(tracing.endpoint), timeout=WITHIN_S), meter)
    provider.add_span_processor(outbound)
    sampling_requests = SamplingRequests(
        ratio=tracing.ratio, most_per_minute=tracing.wishes_per_minute, now=now, chance=chance
    )
    try:
        yield OpenTelemetryTracer(provider.get_tracer("dalel", tracing.version), sampling_requests)
    finally:
        provider.shutdown()


def _traces_at(endpoint: str) -> str:
    return f"{endpoint.rstrip('/')}/v1/traces"


def _quieten() -> None:
    """Its own lines are no JSON, and quote addresses; what has to be known of them ``Outbound`` says."""
    theirs = logging.getLogger("opentelemetry")
    theirs.addHandler(logging.NullHandler())
    theirs.propagate = False
