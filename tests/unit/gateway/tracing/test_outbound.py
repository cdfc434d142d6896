"""Spans on their way out: nobody waits for the receiver, and what waits has an end."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from structlog.testing import capture_logs

from gateway.ports.meter import NoMeter, SpanOutcome
from gateway.tracing.outbound import AT_ONCE, Outbound


class Counting(NoMeter):
    def __init__(self) -> None:
        self.were: Counter[SpanOutcome] = Counter()

    def spans(self, were: SpanOutcome, count: int) -> None:
        self.were[were] += count


class GatedExporter(SpanExporter):
    """An exporter that takes a batch and does not come back until it is opened."""

    def __init__(self, *, opened: bool = True) -> None:
        self.result = SpanExportResult.SUCCESS
        self.batches: list[int] = []
        self.came, self._open, self.is_shut = threading.Event(), threading.Event(), False
        if opened:
            self._open.set()

    def open(self) -> None:
        self._open.set()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.batches.append(len(spans))
        self.came.set()
        assert self._open.wait(20)
        return self.result

    def shutdown(self) -> None:
        self.is_shut = True


def spans(outbound: Outbound, count: int, sampler: Sampler = ALWAYS_ON) -> None:
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    provider.add_span_processor(outbound)
    tracer = provider.get_tracer("test")
    for _ in range(count):
        tracer.start_span("message.request").end()


def test_what_waits_goes_out_when_the_process_ends():
    gate, meter = GatedExporter(), Counting()
    outbound = Outbound(gate, meter, every_s=60)

    spans(outbound, 3)
    outbound.shutdown()

    assert gate.batches == [3]
    assert gate.is_shut
    assert meter.were == {SpanOutcome.EXPORTED: 3}


def test_many_go_out_before_their_time():
    gate, meter = GatedExporter(), Counting()
    outbound = Outbound(gate, meter, every_s=60)

    spans(outbound, AT_ONCE)

    assert gate.came.wait(20)
    outbound.shutdown()


def test_what_is_not_recorded_never_waits():
    gate, meter = GatedExporter(), Counting()
    outbound = Outbound(gate, meter, every_s=60)

    spans(outbound, 3, ALWAYS_OFF)
    outbound.shutdown()

    assert gate.batches == []


def test_while_the_receiver_hangs_so_many_wait_and_the_rest_is_dropped_and_counted():
    gate, meter = GatedExporter(opened=False), Counting()
    outbound = Outbound(gate, meter, most=10, every_s=0.01)
    spans(outbound, 1)
    assert gate.came.wait(20)

    spans(outbound, 1_000)

    assert meter.were == {SpanOutcome.DROPPED: 990}
    gate.open()
    outbound.shutdown()
    assert meter.were == {SpanOutcome.DROPPED: 990, SpanOutcome.EXPORTED: 11}


@pytest.mark.parametrize("raised", [False, True])
def test_a_receiver_that_is_away_is_told_of_once_and_once_when_it_is_back(raised, monkeypatch):
    gate, meter = GatedExporter(), Counting()
    gate.result = SpanExportResult.FAILURE
    outbound = Outbound(gate, meter, every_s=60)
    working = gate.export

    def failing(batch: Sequence[ReadableSpan]) -> SpanExportResult:
        working(batch)
        raise OSError("no route to host")

    with capture_logs() as logged:
        if raised:
            monkeypatch.setattr(gate, "export", failing)
        for _ in range(3):
            spans(outbound, AT_ONCE)
            assert gate.came.wait(20)
            gate.came.clear()
        monkeypatch.undo()
        gate.result = SpanExportResult.SUCCESS
        spans(outbound, 1)
        outbound.shutdown()

    assert [entry["event"] for entry in logged] == ["traces.not_exported", "traces.exported_again"]
    assert meter.were == {SpanOutcome.LOST: 3 * AT_ONCE, SpanOutcome.EXPORTED: 1}
