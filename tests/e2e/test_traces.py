"""Traces of a process of its own: a receiver of OTLP has them, and one that hangs does not hold its end."""

from __future__ import annotations

import json
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import WITHIN_S, an_exchange, an_installation
from tests.integration.dependencies.sender import an_envelope
from tests.worlds.otlp import OtlpReceiver, a_receiver

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with a_receiver() as made:
        yield made


def send(url: str, home: Path) -> int:
    request = urllib.request.Request(
        f"{url}/soap/v1/appeals",
        data=an_envelope(home),
        headers={"Content-Type": "text/xml", "SOAPAction": '""', "traceparent": f"00-{TRACE}-{SPAN}-01"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


def test_a_caller_finds_its_trace_with_the_attempts_to_deliver_and_every_line_of_the_log_by_its_id(receiver, tmp_path):
    home = tmp_path / "home"
    port = an_installation(home)
    settings = {"DALEL_OTLP_ENDPOINT": receiver.url, "DALEL_TRACE_RATIO": "0", "DALEL_NODE": "a"}

    with an_exchange(home, port, **settings) as running:
        assert send(running.url, home) == 200
        attempts = receiver.await_span("delivery.attempt", times=2)
        (request,) = receiver.await_span("message.request")

    assert {span.trace_id for span in (request, *attempts)} == {TRACE}
    assert (request.parent, request.node) == (SPAN, "a")
    assert {span.attributes["dalel.outcome"] for span in attempts} == {"Deferred"}  # nobody listens there
    lines = [json.loads(line) for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    of = {line["event"] for line in lines if line.get("trace_id") == TRACE}
    assert {"message.accepted", "appeal.registered", "delivery.attempted"} <= of


def test_a_receiver_that_hangs_does_not_hold_the_end_of_the_process(receiver, tmp_path):
    receiver.fall_silent()
    home = tmp_path / "home"
    port = an_installation(home)

    settings = {"DALEL_OTLP_ENDPOINT": receiver.url, "DALEL_TRACE_RATIO": "1", "DALEL_DRAIN_NOTICE_S": "0"}
    with an_exchange(home, port, **settings) as running:
        assert send(running.url, home) == 200
        running.child.send_signal(signal.SIGTERM)
        assert running.child.wait(WITHIN_S) == 0

    assert receiver.spans == []
