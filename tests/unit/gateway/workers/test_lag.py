"""The event loop's lag, and the failures of loops, reach the meter."""

import asyncio
import time
from datetime import timedelta

from prometheus_client import CollectorRegistry

from gateway.metrics.counts import PrometheusMeter
from gateway.ports.meter import NoMeter
from gateway.workers.bell import WakeEvent
from gateway.workers.lag import watch_lag
from gateway.workers.loop import StopRequest, keep_doing

BLOCKED_S = 0.06


def block() -> None:
    """Hold the event loop, as work does that should have gone to a thread."""
    until = time.monotonic() + BLOCKED_S
    while time.monotonic() < until:
        pass


class LagRecorder(NoMeter):
    """Keeps the first lag."""

    def __init__(self) -> None:
        self.first: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def loop_lagged(self, seconds: float) -> None:
        if not self.first.done():
            self.first.set_result(seconds)


async def test_what_blocks_the_loop_shows_in_its_lag():
    noted, stop = LagRecorder(), StopRequest()
    watching = asyncio.create_task(watch_lag(noted, stop, every=timedelta(milliseconds=5)))
    asyncio.get_running_loop().call_soon(block)
    lag_s = await noted.first
    stop.request()
    await watching

    assert lag_s >= BLOCKED_S - 0.01


async def test_a_wait_that_the_stop_cut_short_is_no_lag():
    registry, stop = CollectorRegistry(), StopRequest()
    watching = asyncio.create_task(watch_lag(PrometheusMeter(registry), stop, every=timedelta(minutes=1)))
    await asyncio.sleep(0)
    stop.request()
    await watching

    assert registry.get_sample_value("dalel_event_loop_lag_seconds_count") == 0


async def test_a_loop_whose_work_fails_is_counted_by_its_name():
    registry, stop = CollectorRegistry(), StopRequest()

    async def work() -> int:
        stop.request()
        raise RuntimeError("broken")

    meter = PrometheusMeter(registry)
    await keep_doing("sealer", work, every=timedelta(minutes=1), wake_event=WakeEvent(), stop=stop, meter=meter)

    assert registry.get_sample_value("dalel_loop_failures_total", {"loop": "sealer"}) == 1
