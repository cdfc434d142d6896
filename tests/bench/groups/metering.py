"""What it costs to count: the calls that one accepted appeal makes on the meter, over the accepting of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from prometheus_client import CollectorRegistry

from contracts.header import Action
from contracts.operations import Service
from dossier.case.events import Fact
from gateway.metrics.counts import PrometheusMeter
from gateway.ports.meter import Meter
from tests.bench.cast import make_keys
from tests.bench.exchange import running_exchange
from tests.bench.figures import Figures
from tests.bench.groups.storing import planned

ACCEPTED: Final = 200
COUNTED: Final = 5_000
ROUNDS: Final = 5


async def metering() -> Figures:
    """Processor time on both sides, in turns. An accept without HTTP and commit, so that the true share is smaller."""
    keys, meter = make_keys(), PrometheusMeter(CollectorRegistry())
    accepts, counts = [], []
    with TemporaryDirectory(prefix="dalel-bench-") as folder:
        async with running_exchange(f"sqlite:///{folder}/store.db", keys) as running:
            for _ in range(ROUNDS):
                began_s = time.process_time()
                plans = await planned(running, keys, ACCEPTED)
                accepts.append((time.process_time() - began_s) / ACCEPTED)
                counts.append(_counting_s(meter, plans[0].cases[0].facts))
    return {
        "meter_accept": (1e6 * median(counts), "µs"),
        "meter_share_of_accept": (100 * median(counts) / median(accepts), "%"),
    }


def _counting_s(meter: Meter, facts: Sequence[Fact]) -> float:
    began_s = time.process_time()
    for _ in range(COUNTED):
        meter.accepted(Action.REGISTER_APPEAL)
        meter.wrote(facts)
        meter.request_took(Service.APPEALS, 0.004)
    return (time.process_time() - began_s) / COUNTED
