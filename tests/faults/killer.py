"""What befalls the nodes while messages flow: each lives a short life and dies by SIGKILL, again and again.

Half of them die at a named point between two steps, the others at a random moment, a quarter while still starting;
now and then both at once, and now and then one is frozen for longer than its lease and thawed, so that its late
outcomes meet the fence.

How long a life is follows from what is done in it, so that a slow machine sees as many messages between two kills as
a quick one.
"""

from __future__ import annotations

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.installation import LEASE_S
from tests.faults.nodes import Deed, NodeProcess
from tests.faults.points import Point
from tests.faults.until import until

FILE_POINTS = {Point.AFTER_FSYNC, Point.BEFORE_RENAME, Point.AFTER_RENAME}

POINTS = [point for point in Point for _ in range(1 if point in FILE_POINTS else 4)]
"""Files are rarer than commits."""


@dataclass(frozen=True, slots=True)
class Fates:
    """Shares of lives; ``longest_s``: how long one is at most when nothing is done in it."""

    longest_s: float = 5.0
    starting: float = 0.25
    pointed: float = 0.5
    batcher: float = 0.03
    frozen: float = 0.01


class Killer:
    """Kills ``nodes`` until there is enough; all of them serve again when ``kill_on`` returns.

    ``done`` counts messages; ``apart`` is how many of them lie between two kills in the mean.
    """

    def __init__(
        self,
        nodes: Sequence[NodeProcess],
        chance: random.Random,
        fates: Fates,
        *,
        done: Callable[[], int],
        apart: float,
    ) -> None:
        self._nodes, self._chance, self._fates = nodes, chance, fates
        self._done, self._life = done, 2 * apart * len(nodes)
        self._start_s = 0.2  # how long the last start took
        self.frozen = 0

    @property
    def deaths(self) -> Counter:
        return sum((node.deaths for node in self._nodes), Counter())

    @property
    def kills(self) -> int:
        return self.deaths.total()

    async def kill_on(self, is_enough: Callable[[], bool]) -> None:
        async with asyncio.TaskGroup() as group:
            for node in self._nodes:
                group.create_task(self._live(node, is_enough))

    async def _live(self, node: NodeProcess, is_enough: Callable[[], bool]) -> None:
        while not is_enough():
            deed = self._deed()
            await node.start(deed)
            how = await self._end(node, deed)
            await node.bury(how)
        await node.start()
        if not await node.is_ready():
            raise RuntimeError(f"{node.name} does not serve:\n{node.tail()}")

    def _deed(self) -> Deed | None:
        if self._chance.random() >= self._fates.pointed:
            return None
        point = self._chance.choice(POINTS)
        return Deed(point, self._chance.randint(1, 3 if point in FILE_POINTS else 12))

    async def _end(self, node: NodeProcess, deed: Deed | None) -> str:
        """Wait for its end, or bring it about; in which way it died."""
        if self._chance.random() < self._fates.starting:
            if await self._dies_within(node, self._chance.uniform(0.0, 1.2 * self._start_s)):
                return self._cause_of(deed)
            node.signal(signal.SIGKILL)
            return "starting"
        if not await self._serves(node) or await self._lives(node):
            return self._cause_of(deed)
        if self._chance.random() < self._fates.frozen and await self._freeze(node):
            return self._cause_of(deed)
        batcher = self._chance.random() < self._fates.batcher
        for one in self._nodes if batcher else (node,):
            if one.pid is not None:
                one.signal(signal.SIGKILL)
        return "together" if batcher else "any moment"

    async def _serves(self, node: NodeProcess) -> bool:
        begun = time.monotonic()
        if is_ready := await node.is_ready():
            self._start_s = time.monotonic() - begun
        return is_ready

    async def _lives(self, node: NodeProcess) -> bool:
        """Let it work until its time has come; whether it died by itself."""
        until_done = self._done() + self._chance.uniform(0, self._life)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._fates.longest_s):
                await until(lambda: node.died.is_set() or self._done() >= until_done, every_s=0.01)
        return await self._dies_within(node, self._chance.uniform(0.0, 0.05))

    async def _freeze(self, node: NodeProcess) -> bool:
        """Stop its time until its leases are over, then let it go on as if nothing had been. Whether it died of it."""
        self.frozen += 1
        node.signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE_S + 1.5)
        node.signal(signal.SIGCONT)
        return await self._dies_within(node, 1.0)

    def _cause_of(self, deed: Deed | None) -> str:
        return deed.point.value if deed else "together"

    async def _dies_within(self, node: NodeProcess, span_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(span_s):
                await node.died.wait()
        return node.died.is_set()
