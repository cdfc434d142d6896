"""How late the event loop comes to a timer: whatever blocks it delays every request and every lease."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from gateway.ports.meter import Meter
from gateway.workers.bell import WakeEvent
from gateway.workers.loop import StopRequest

LOOK: Final = timedelta(milliseconds=500)


async def watch_lag(meter: Meter, stop: StopRequest, *, every: timedelta = LOOK) -> None:
    """Measure until the stop is asked; a wait that the stop cut short says nothing."""
    wake_event = WakeEvent()
    stop.watch(wake_event)
    while not stop.requested:
        began_s = time.monotonic()
        await wake_event.wait(every)
        late_s = time.monotonic() - began_s - every.total_seconds()
        if not stop.requested:
            meter.loop_lagged(max(0.0, late_s))
