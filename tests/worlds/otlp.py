"""A receiver of traces: OTLP over HTTP as a collector takes it, in a thread of its own; it can be away or slow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Wire


@dataclass(frozen=True)
class SeenSpan:
    """A span as it came over the wire. ``links``: (trace_id, span_id)."""

    name: str
    trace_id: str
    span_id: str
    parent: str
    kind: str
    attributes: dict[str, Any]
    links: tuple[tuple[str, str], ...]
    failed: str | None
    took_ns: int
    state: str
    node: str


@dataclass
class OtlpReceiver:
    """``url``: for ``otlp_endpoint``. ``silent``: takes requests and answers none until it is let go on."""

    url: str
    spans: list[SeenSpan] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    status: int = 200
    _speaks: threading.Event = field(default_factory=threading.Event)
    _came: threading.Condition = field(default_factory=threading.Condition)

    def fall_silent(self) -> None:
        self._speaks.clear()

    def speak(self) -> None:
        self._speaks.set()

    def await_span(self, name: str, *, times: int = 1, within_s: float = 20) -> list[SeenSpan]:
        """All of this name, once so many are there."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.named(name)) >= times, within_s), self.names()
            return self.named(name)

    def named(self, name: str) -> list[SeenSpan]:
        return [span for span in self.spans if span.name == name]

    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def _take(self, path: str, body: bytes) -> int:
        self._speaks.wait()
        if self.status == 200:
            with self._came:
                self.paths.add(path)
                self.spans += _read(body)
                self._came.notify_all()
        return self.status


@contextmanager
def a_receiver() -> Iterator[OtlpReceiver]:
    """Listening on loopback, and speaking."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver._take(self.path, body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Whoever asked has gone: what the test is about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = OtlpReceiver(f"http://127.0.0.1:{server.server_port}")
        receiver.speak()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.speak()
            server.shutdown()
            thread.join()


def _read(body: bytes) -> list[SeenSpan]:
    request = ExportTraceServiceRequest.FromString(body)
    return [
        _seen(span, {pair.key: _value(pair.value) for pair in resource.resource.attributes})
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _seen(span: Wire, resource: dict[str, Any]) -> SeenSpan:
    return SeenSpan(
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        kind=Wire.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        attributes={pair.key: _value(pair.value) for pair in span.attributes},
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        failed=span.status.message if span.status.code == 2 else None,
        took_ns=span.end_time_unix_nano - span.start_time_unix_nano,
        state=span.trace_state,
        node=resource["service.instance.id"],
    )


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))
