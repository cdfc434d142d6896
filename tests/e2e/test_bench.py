"""The measurements in small: they run against a real exchange, count what happened, and fail when it did not.

No figure is judged here; ``make bench`` does that.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.bench.aims import summary, verdict
from tests.bench.cast import Keys, make_keys
from tests.bench.figures import Result
from tests.bench.generator import Load, Send, generator
from tests.bench.groups import accepting, mix, sending, soak
from tests.bench.messages import WIRE_BYTES, appeals, hearings, registered_by
from tests.bench.processes import BenchDatabase, BenchExchange, serving


@pytest.fixture(scope="module")
def keys() -> Keys:
    return make_keys()


@pytest.fixture(scope="module")
def send() -> Iterator[Send]:
    with generator() as sending_process:
        yield sending_process


@pytest.fixture(scope="module")
def exchange(keys) -> Iterator[BenchExchange]:
    with serving(BenchDatabase("sqlite"), keys) as running:
        yield running


def test_what_is_accepted_is_counted_with_what_it_cost(exchange, send, keys):
    accepted = accepting.register(exchange, send, keys, 40)

    assert len(set(registered_by(accepted.answered.answers, keys))) == 40
    assert accepted.spent.gateway_s > 0
    assert exchange.deliveries() == {"pending": 120}  # nothing is sent on meanwhile


def test_messages_have_the_same_size_on_the_wire(exchange, send, keys):
    (known,) = registered_by(accepting.register(exchange, send, keys, 1).answered.answers, keys)

    for (envelope,) in (appeals(keys, 1), hearings(keys, [known])):
        assert len(envelope) == pytest.approx(WIRE_BYTES, rel=0.01)


def test_a_refused_message_fails_the_measurement(exchange, send):
    with pytest.raises(RuntimeError, match="HTTP 500"):
        send(Load(exchange.paths("appeals"), [b"<no/>"]))


def test_waits_are_counted_from_the_intended_moment(exchange, send, keys):
    """One caller for messages that are all due at once: the last has waited for all the others."""
    answered = send(Load(exchange.paths("appeals"), appeals(keys, 20), callers=1, per_second=1e6))

    assert answered.waits_s[-1] == pytest.approx(answered.took_s, rel=0.2)


def test_what_is_sent_is_counted_once_it_is_acknowledged(send, keys):
    figures = dict(sending.outbound(BenchDatabase("sqlite"), send, keys, sending.SendingSizes(appeals=20, edge=10)))

    assert figures["outbound_sqlite"][0] > 0
    assert figures["outbound_sqlite_wire"][0] == pytest.approx(WIRE_BYTES, rel=0.1)


def test_large_messages_travel_as_documents_by_parts():
    figures = dict(mix.mix(0.06, ("sqlite",)))

    assert figures["mix_sqlite"][0] > 0


def test_memory_is_held_against_that_after_warming_up():
    assert soak.growth([50, 80, 100, 100, 100, 100, 100, 105, 110, 110]) == pytest.approx(1.1)


def test_groups_that_log_follow_each_other_in_one_run():
    """A logger keeps the stream that it first spoke to."""
    code = (
        "import structlog; from tests.bench.run import _quietly; log = structlog.get_logger()\n"
        "for group in range(2): _quietly(lambda: log.info('message.accepted') or {})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_run_tells_which_aims_it_missed():
    rows = [Result("accept_sqlite", 1, "1/s", 1, 0.31), Result("soak_memory_growth", 1, "ratio", 1, 1.2)]

    assert [verdict(result) for result in rows] == ["aim ≥ 0.30 reached", "aim ≤ 1.05 MISSED"]
    assert summary(rows) == "aims: 1 of 2 reached; missed: soak_memory_growth"
    assert verdict(Result("no_aim", 1, "ms", 1, 1)) == ""
