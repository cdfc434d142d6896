"""What a process says of itself, as a test wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.ports.health import KeyNow, ProcessState


def well(now: datetime) -> ProcessState:
    """A process that lacks nothing."""
    year = now + timedelta(days=365)
    return ProcessState(
        keys=(KeyNow("message", year), KeyNow("seal", year)),
        closed={},
        documents="",
        free_bytes={"/var/lib/dalel": 50 * 1024**3},
        reserve_bytes=256 * 1024**2,
        has_authorities=True,
        authorities_away=False,
        leaving=False,
        seal_every=timedelta(minutes=1),
        leads_alone=frozenset({"clock", "sealer"}),
    )


@dataclass
class SteadyVitals:
    """Says the same at each look, until told to say something else."""

    own: ProcessState

    async def current(self) -> ProcessState:
        return self.own
