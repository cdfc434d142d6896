"""One trace from the caller's request over the relay to the peers, as a receiver of OTLP gets it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import structlog
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from connectors.ports.outcome import Deferred, Reach, Transmission
from contracts.header import Action
from contracts.operations import Service
from contracts.payloads import Acknowledge, FetchMessages
from contracts.receipt import Receipt
from gateway.metrics.counts import PrometheusMeter
from gateway.ports.deliveries import DeliveryPageQuery, FindDelivery
from gateway.ports.tracing import SpanAttributes
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder
from gateway.store.blobs.traced import traced_blobs
from gateway.tracing.opening import Tracing, open_tracer
from gateway.tracing.spans import OpenTelemetryTracer
from tests.integration.gateway.cases.test_path_of_an_appeal import a_disagreement, a_reply, say
from tests.worlds.clocks import NoJitter, SteppedClock
from tests.worlds.exchange.world import AKIMAT, COURT, JER, PLATFORM, World, a_world, an_appeal
from tests.worlds.otlp import OtlpReceiver, SeenSpan, a_receiver

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HANGS_AFTER_S = 300
ASKS = {"traceparent": f"00-{TRACE}-{SPAN}-01", "tracestate": "eotinish=b7"}
ASKS_NOT = {"traceparent": f"00-{TRACE}-{SPAN}-00"}


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with a_receiver() as made:
        yield made


@contextmanager
def a_tracer(
    receiver: OtlpReceiver,
    *,
    ratio: float = 1.0,
    sampling_requests: int = 60,
    node: str = "a",
    counted: CollectorRegistry | None = None,
) -> Iterator[OpenTelemetryTracer]:
    """What waits is out when the block ends."""
    reported = Tracing(receiver.url, ratio, sampling_requests, node=node, version="test")
    meter = PrometheusMeter(counted or CollectorRegistry())
    with open_tracer(reported, meter, now=SteppedClock().now, chance=NoJitter().next) as tracer:
        yield tracer


@asynccontextmanager
async def traced(receiver: OtlpReceiver, folder: Path, **settings: object) -> AsyncIterator[World]:
    with a_tracer(receiver, **settings) as tracer:
        async with a_world(folder, tracer=tracer) as world:
            yield world


async def lodge(world: World, headers: dict[str, str], **changes: object) -> None:
    envelope = world.envelope(PLATFORM, an_appeal(world.clock, **changes))
    answered = await world.post(Service.APPEALS, envelope, **headers)
    assert answered.status == 200


def only(spans: list[SeenSpan]) -> SeenSpan:
    [one] = spans
    return one


async def test_a_message_and_all_that_it_causes_are_one_trace(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        await lodge(world, ASKS)
        await world.settle()
        sent = world.connector.sent

    request = only(receiver.named("message.request"))
    assert (request.trace_id, request.parent, request.kind) == (TRACE, SPAN, "SERVER")
    assert request.attributes["dalel.action"] == "RegisterAppeal"
    assert {span.trace_id for span in receiver.spans} == {TRACE}
    by_id = {span.span_id: span for span in receiver.spans}
    for attempt in receiver.named("delivery.attempt"):
        assert by_id[attempt.parent].name == "message.decide"
        assert by_id[by_id[attempt.parent].parent] == request
        assert attempt.attributes["dalel.outcome"] == "Acknowledged"
        inside = [span.name for span in receiver.spans if span.parent == attempt.span_id]
        assert sorted(inside) == ["delivery.record", "delivery.send"]
    assert len(receiver.named("delivery.attempt")) == len(receiver.named("delivery.claim")) == len(sent) == 3
    assert receiver.paths == {"/v1/traces"}


async def test_every_peer_is_told_the_span_in_which_it_is_waited_for(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        await lodge(world, ASKS)
        await world.settle()
        reported = [envelope.trace for envelope in world.connector.sent]

    sends = {span.span_id for span in receiver.named("delivery.send")}
    assert {context.span_id for context in reported} == sends
    assert {(context.trace_id, context.sampled, context.state) for context in reported} == {
        (TRACE, True, "eotinish=b7")
    }


async def test_the_trace_goes_on_after_a_restart_on_another_node(receiver, tmp_path):
    async with traced(receiver, tmp_path, node="a") as world:
        await lodge(world, ASKS)
    async with traced(receiver, tmp_path, node="b") as world:
        await world.settle()

    by_id = {span.span_id: span for span in receiver.spans}
    attempts = receiver.named("delivery.attempt")
    assert {(span.trace_id, span.node, by_id[span.parent].node) for span in attempts} == {(TRACE, "b", "a")}


async def test_an_attempt_that_fails_says_so_and_the_next_one_is_in_the_same_trace(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        refused = Deferred("Әбілқасымова is not known here", Transmission(b"", None, 503), reach=Reach.ANSWERED)
        world.connector.script[Action.ASSIGN_APPEAL] = [refused]
        await lodge(world, ASKS)
        await world.settle()
        world.clock.advance(hours=1)
        await world.settle()

    tries = [span for span in receiver.named("delivery.attempt") if span.attributes["dalel.action"] == "AssignAppeal"]
    assert [(span.attributes["dalel.attempt"], span.attributes["dalel.outcome"]) for span in tries] == [
        (1, "Deferred"), (2, "Acknowledged"),
    ]  # fmt: skip
    assert {span.trace_id for span in tries} == {TRACE}
    failed = only([span for span in receiver.named("delivery.send") if span.failed])
    assert (failed.failed, failed.attributes["http.response.status_code"]) == ("Deferred", 503)


async def test_a_receipt_that_comes_by_itself_is_seen_in_the_trace_of_its_delivery(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        await lodge(world, ASKS, subject="LAND-LEASE")
        await world.settle()
        item = (await world.call(Service.AGENCY, JER, FetchMessages(10))).message.payload.items[0]
        row = await world.exchange.store.run(FindDelivery(JER, item.message_id))
        receipt = Receipt(item.message_id, row.digest, world.clock.now())
        await world.call(Service.AGENCY, JER, Acknowledge((receipt,)))

    spans = {span.attributes["dalel.action"]: span for span in receiver.named("message.request")}
    for name, action in (("delivery.hand_out", "FetchMessages"), ("delivery.receipt", "Acknowledge")):
        seen = only(receiver.named(name))
        assert (seen.trace_id, seen.attributes["dalel.delivery_id"]) == (TRACE, row.delivery_id)
        assert seen.links == ((spans[action].trace_id, spans[action].span_id),)
        assert spans[action].trace_id != TRACE


async def test_a_dossier_is_assembled_and_filed_in_the_trace_of_what_made_it_due(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        conversation_id, _ = await world.register()
        await world.settle()
        await say(world, Service.AGENCY, AKIMAT, a_reply(world), conversation_id)
        await say(world, Service.APPEALS, PLATFORM, a_disagreement(world), conversation_id)
        world.clock.advance(days=60)
        while await world.term_clock.run_once():
            await world.settle()
        while await world.collector.run_once():
            await world.settle()

    assembled = only(receiver.named("assembly.build"))
    fell_due = {span.span_id: span for span in receiver.named("term.fall_due")}
    assert fell_due[assembled.parent].trace_id == assembled.trace_id
    filed = [span for span in receiver.named("delivery.attempt") if span.attributes["dalel.action"] == "FileDossier"]
    assert {(span.attributes["dalel.recipient"], span.trace_id) for span in filed} == {(COURT, assembled.trace_id)}


async def test_work_in_threads_is_seen_where_it_was_asked_for(receiver, tmp_path):
    with a_tracer(receiver) as tracer:
        async with a_world(tmp_path, tracer=tracer) as world:
            blobs = traced_blobs(BlobFolder(tmp_path / "documents"), tracer)
            object.__setattr__(world.exchange, "documents", FileDocuments(world.exchange.store, blobs))
            await world.upload(PLATFORM, b"%PDF-1.7 appeal")

    request = only(receiver.named("message.request"))
    stored = receiver.named("documents.store")
    assert {span.trace_id for span in stored} == {request.trace_id}
    assert {"stage", "put"} & {span.attributes["dalel.operation"] for span in stored}


async def test_a_refusal_is_told_by_its_code(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        answered = await world.post(Service.APPEALS, b"<hello/>", **ASKS)

    request = only(receiver.named("message.request"))
    assert request.failed == request.attributes["dalel.code"] == answered.fault.code


@pytest.mark.parametrize("parent", ["", "nonsense", f"00-{'0' * 32}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01"])
async def test_a_broken_name_of_a_trace_begins_one_of_our_own_and_the_message_is_taken(receiver, tmp_path, parent):
    async with traced(receiver, tmp_path) as world:
        await lodge(world, {"traceparent": parent})

    request = only(receiver.named("message.request"))
    assert request.parent == ""
    assert request.trace_id != TRACE


async def test_a_caller_that_asks_to_be_recorded_gets_it_so_often_and_no_more(receiver, tmp_path):
    async with traced(receiver, tmp_path, ratio=0.0, sampling_requests=6) as world:
        for _ in range(5):
            await lodge(world, ASKS)

    assert len(receiver.named("message.request")) == 1  # a sixth of a minute's at once, as the pace has it


async def test_what_is_not_recorded_here_is_passed_on_all_the_same(receiver, tmp_path):
    async with traced(receiver, tmp_path, ratio=0.0) as world:
        await lodge(world, ASKS_NOT)
        await world.settle()
        reported = [envelope.trace for envelope in world.connector.sent]

    assert receiver.spans == []
    assert {(context.trace_id, context.sampled) for context in reported} == {(TRACE, False)}


async def test_off_nothing_is_kept_and_nothing_is_sent(world):
    await lodge(world, ASKS)
    rows = await world.exchange.store.run(DeliveryPageQuery(limit=10))
    await world.settle()

    assert [row.trace for row in rows] == [None, None, None]
    assert [envelope.trace_headers for envelope in world.connector.sent] == [{}, {}, {}]


async def test_a_receiver_that_hangs_holds_neither_messages_nor_the_end_up(receiver, tmp_path):
    receiver.fall_silent()
    counted = CollectorRegistry()

    async with asyncio.timeout(HANGS_AFTER_S), traced(receiver, tmp_path, counted=counted) as world:
        for _ in range(3):
            await lodge(world, {})
        await world.settle()
        assert len(world.connector.sent) == 9

    assert receiver.spans == []
    assert not counted.get_sample_value("dalel_spans_total", {"outcome": "exported"})


async def test_spans_tell_ids_and_codes_and_never_what_people_wrote(receiver, tmp_path):
    async with traced(receiver, tmp_path) as world:
        conversation_id, _ = await world.register()
        await world.settle()
        await say(world, Service.AGENCY, AKIMAT, a_reply(world), conversation_id)
        await world.post(Service.APPEALS, b"<hello>900101300017</hello>")

    names = {f"dalel.{name}" for name in SpanAttributes.__annotations__} | {"http.response.status_code"}
    assert {name for span in receiver.spans for name in span.attributes} <= names
    reported = json.dumps([(span.attributes, span.failed, span.state) for span in receiver.spans], ensure_ascii=False)
    for written in ("900101300017", "Әбілқасымова", "Абай", "Тұрғын", "очередь", "Серіков", "Өтініш"):
        assert written not in reported


async def test_every_line_of_the_log_says_which_trace_it_is_of(receiver, tmp_path):
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        async with traced(receiver, tmp_path) as world:
            await lodge(world, ASKS)
            await world.settle()

    lines = [entry for entry in logged if entry["event"] in {"message.accepted", "delivery.attempted"}]
    assert len(lines) == 4
    spans = {span.span_id: span.name for span in receiver.spans}
    assert {(entry["trace_id"], spans[entry["span_id"]]) for entry in lines} == {
        (TRACE, "message.request"), (TRACE, "delivery.attempt"),
    }  # fmt: skip
    assert "trace_id" not in structlog.contextvars.get_contextvars()
