"""What traces cost: the same messages taken by exchanges that record none, a tenth and all of them, in turns."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median
from typing import Final

from multidict import CIMultiDict

from gateway.ports.meter import NO_METER
from gateway.ports.tracing import NO_TRACER, SpanName, Tracer
from gateway.process.ambient import RandomJitter, SystemClock
from gateway.process.log import no_log
from gateway.tracing.opening import Tracing, open_tracer
from tests.bench.cast import make_keys
from tests.bench.figures import Named
from tests.bench.generator import generator
from tests.bench.groups.accepting import register
from tests.bench.processes import BenchDatabase, serving
from tests.worlds.otlp import OtlpReceiver, a_receiver

WARM: Final = 300
COUNTED: Final = 300
ROUNDS: Final = 9
CALLED: Final = 3_000

RATIOS: Final = {"off": None, "tenth": "0.1", "all": "1"}


def tracing() -> Named:
    """Per core, exporting included; and by how much more processor time a message takes than without, round by round.

    Each round begins with another one, since what runs beside the measurement comes and goes.
    """
    yield from _calls()
    keys = make_keys()
    with ExitStack() as stack:
        receiver, send = stack.enter_context(a_receiver()), stack.enter_context(generator())
        running = {
            name: stack.enter_context(serving(BenchDatabase("sqlite"), keys, variables=_settings(receiver, ratio)))
            for name, ratio in RATIOS.items()
        }
        for exchange in running.values():
            register(exchange, send, keys, WARM)
        rates: dict[str, list[float]] = {name: [] for name in running}
        for number in range(ROUNDS):
            for name in _from(number, tuple(running)):
                rates[name].append(register(running[name], send, keys, COUNTED).per_core)
    for name, found in rates.items():
        yield f"accept_traced_{name}", (median(found), "1/s")
    for name in ("tenth", "all"):
        costs = [off / on - 1 for off, on in zip(rates["off"], rates[name], strict=True)]
        yield f"trace_cost_{name}", (100 * median(costs), "%")
    yield "trace_spans", (float(len(receiver.spans)), "")


def _calls() -> Named:
    """The calls on the tracer alone that one accepted appeal makes: off, where it is not recorded, where it is."""
    yield "trace_calls_off", (_call_us(NO_TRACER), "µs")
    for name, ratio in (("unrecorded", 0.0), ("recorded", 1.0)):
        nowhere = Tracing("http://127.0.0.1:9", ratio, 0, node="bench", version="bench")
        with no_log(), open_tracer(nowhere, NO_METER, now=SystemClock().now, chance=RandomJitter().next) as tracer:
            yield f"trace_calls_{name}", (_call_us(tracer), "µs")


def _call_us(tracer: Tracer) -> float:
    headers: CIMultiDict[str] = CIMultiDict()
    began_s = time.thread_time()
    for _ in range(CALLED):
        with tracer.request(headers, service="appeals"):
            with tracer.span(SpanName.ADMIT):
                pass
            tracer.annotate(action="RegisterAppeal", sender="eotinish", message_id="0" * 36)
            with tracer.span(SpanName.DECIDE):
                tracer.here()
            with tracer.span(SpanName.COMMIT):
                pass
    return 1e6 * (time.thread_time() - began_s) / CALLED


def _from(number: int, names: tuple[str, ...]) -> tuple[str, ...]:
    first = number % len(names)
    return names[first:] + names[:first]


def _settings(receiver: OtlpReceiver, ratio: str | None) -> dict[str, str]:
    return {} if ratio is None else {"DALEL_OTLP_ENDPOINT": receiver.url, "DALEL_TRACE_RATIO": ratio}
