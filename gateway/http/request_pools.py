"""Load shedding by area: console, sign-in and API each have a pool of places of their own, apart from those of SOAP.

A stranger may send the body of a log-in one byte at a time over as many connections as the port holds. Such requests
share one small pool, in which a newcomer displaces the oldest body that is still coming: a form that comes whole is
read before that happens, and whoever drips shuts out nobody but others who drip. The connections outnumber the places
of all areas together, so that SOAP and health find one whatever strangers do.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from gateway.http.pressure import CapacityExceeded, IntakeGate, IntakeLimits, RequestPlace
from gateway.ports.request_pools import Area, PoolCause, Shed

_KIB: Final = 1024


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """``deadline``: for the whole of a body, from when we begin to read it."""

    most_bytes: int
    deadline: timedelta


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """``requests``: at once."""

    requests: int
    body: BodyLimits


BODY_BYTES: Final[Mapping[Area, int]] = MappingProxyType(
    {
        Area.SIGN_IN: 16 * _KIB,  # a name, a phrase and where to go on
        Area.CONSOLE: 256 * _KIB,  # a note of 2000 letters takes 12 KiB, a thousand numbers of deliveries take 40
        Area.API: 64 * _KIB,  # a thousand numbers of deliveries take 20 KiB
    }
)


def pool_limits(requests: Mapping[Area, int], deadline: timedelta) -> Mapping[Area, PoolLimits]:
    """Of every area."""
    return {area: PoolLimits(requests[area], BodyLimits(BODY_BYTES[area], deadline)) for area in Area}


class RequestPool:
    """The places of one area. ``seconds``: a clock that only goes forward. One event loop, no threads."""

    def __init__(self, limits: PoolLimits, *, seconds: Callable[[], float]) -> None:
        self.limits = limits
        self._gate = IntakeGate(IntakeLimits(requests=limits.requests, slow=timedelta(0)), seconds=seconds)
        self.shed: Counter[PoolCause] = Counter()

    @property
    def in_hand(self) -> int:
        """How many places are taken."""
        return self._gate.in_hand

    @contextmanager
    def enter(self) -> Iterator[PoolSlot]:
        """A place, for as long as the block lasts. Raises Shed."""
        with ExitStack() as held:
            try:
                place = held.enter_context(self._gate.enter(0))
            except CapacityExceeded:
                raise self.refuse(PoolCause.FULL) from None
            yield PoolSlot(self, place)

    def refuse(self, cause: PoolCause) -> Shed:
        """Counts it."""
        self.shed[cause] += 1
        return Shed(cause)


@dataclass(frozen=True, slots=True)
class PoolSlot:
    """``gateway.ports.request_pools.Slot``."""

    pool: RequestPool
    place: RequestPlace

    @property
    def body_bytes(self) -> int:
        """How large the body may be."""
        return self.pool.limits.body.most_bytes

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """While the body is coming. Raises Shed."""
        within_s = self.pool.limits.body.deadline.total_seconds()
        try:
            async with asyncio.timeout(within_s) as deadline, self.place.reading():
                yield
        except CapacityExceeded:
            raise self.pool.refuse(PoolCause.DISPLACED) from None
        except TimeoutError:
            if deadline.expired():
                raise self.pool.refuse(PoolCause.DEADLINE) from None
            raise

    def too_large(self) -> Shed:
        """For a body above the bound."""
        return self.pool.refuse(PoolCause.SIZE)


class RequestPools:
    """The pools of one process; ``gateway.ports.request_pools.Pools``."""

    def __init__(self, limits: Mapping[Area, PoolLimits], *, seconds: Callable[[], float] = time.monotonic) -> None:
        self.pools: Mapping[Area, RequestPool] = {area: RequestPool(limits[area], seconds=seconds) for area in Area}

    def admit(self, area: Area) -> AbstractContextManager[PoolSlot]:
        """A place in the area's pool, for as long as the block lasts. Raises Shed."""
        return self.pools[area].enter()
