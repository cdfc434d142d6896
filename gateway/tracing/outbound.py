"""Spans on their way out: so many wait at most, a thread of their own brings them, nobody waits for it.

OpenTelemetry's own processor drops silently and may hold the end of the process for half a minute.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Final

import structlog
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from gateway.ports.meter import Meter, SpanOutcome

log = structlog.get_logger()

MOST: Final = 4_096
"""Spans that wait: some megabytes, and a few seconds of a busy node."""
AT_ONCE: Final = 256
"""In one request; to spell them takes some milliseconds, in which the thread lets go of the interpreter often."""
EVERY_S: Final = 1.0
LAST_S: Final = 2.0
"""For what still waits when the process ends."""


class Outbound(SpanProcessor):
    """Hands ended spans to ``exporter``; what finds no room, or no receiver, is counted and gone."""

    def __init__(self, exporter: SpanExporter, meter: Meter, *, most: int = MOST, every_s: float = EVERY_S) -> None:
        self._exporter, self._meter = exporter, meter
        self._most, self._every_s = most, every_s
        self._waiting: deque[ReadableSpan] = deque()
        self._enough, self._ends, self._is_away = threading.Event(), False, False
        self._thread = threading.Thread(target=self._bring, name="spans", daemon=True)
        self._thread.start()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None: ...

    def on_end(self, span: ReadableSpan) -> None:
        if span.context is None or not span.context.trace_flags.sampled:
            return
        if len(self._waiting) >= self._most:
            self._meter.spans(SpanOutcome.DROPPED, 1)
            return
        self._waiting.append(span)
        if len(self._waiting) >= AT_ONCE:
            self._enough.set()

    def shutdown(self) -> None:
        """What still waits has a moment."""
        self._ends = True
        self._enough.set()
        self._thread.join(LAST_S)
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - OpenTelemetry's signature
        return True

    def _bring(self) -> None:
        while not self._ends:
            self._enough.wait(self._every_s)
            self._enough.clear()
            self._bring_all()
        self._bring_all()

    def _bring_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            self._tell(len(batch), arrived=self._arrives(batch))

    def _arrives(self, batch: Sequence[ReadableSpan]) -> bool:
        """Whatever goes wrong, the next batch has its turn."""
        try:
            return self._exporter.export(batch) is SpanExportResult.SUCCESS
        except Exception:  # noqa: BLE001 - it is counted, and told once
            return False

    def _tell(self, spans: int, *, arrived: bool) -> None:
        """One line when the receiver goes away and one when it is back: how much is lost is in the metrics."""
        self._meter.spans(SpanOutcome.EXPORTED if arrived else SpanOutcome.LOST, spans)
        if arrived and self._is_away:
            log.info("traces.exported_again")
        if not arrived and not self._is_away:
            log.warning("traces.not_exported", spans=spans)
        self._is_away = not arrived
