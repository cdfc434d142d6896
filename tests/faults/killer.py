"""What befalls the nodes while messages flow: each lives a short life and dies by SIGKILL, again and again.

Half of them die at a named point between two steps, the others at a random moment, a quarter while still starting;
now and then both at once, and now and then one is frozen for longer than its lease and thawed, so that its late
outcomes meet the fence.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.faults.installation import LEASE_S
from tests.faults.nodes import Deed, Node
from tests.faults.points import Point

FILE_POINTS = {Point.AFTER_FSYNC, Point.BEFORE_RENAME, Point.AFTER_RENAME}

POINTS = [point for point in Point for _ in range(1 if point in FILE_POINTS else 4)]
"""Files are rarer than commits."""


@dataclass(frozen=True, slots=True)
class Fates:
    """Shares of lives, and how long a life is at most (seconds)."""

    longest_s: float = 1.2
    starting: float = 0.25
    pointed: float = 0.5
    together: float = 0.03
    frozen: float = 0.01


class Killer:
    """Kills ``nodes`` until there is enough; all of them serve again when ``kill_on`` returns."""

    def __init__(self, nodes: Sequence[Node], chance: random.Random, fates: Fates) -> None:
        self._nodes, self._chance, self._fates = nodes, chance, fates

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

    async def _live(self, node: Node, is_enough: Callable[[], bool]) -> None:
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
        return Deed(point, self._chance.randint(1, 3 if point in FILE_POINTS else 25))

    async def _end(self, node: Node, deed: Deed | None) -> str:
        """Wait for its end, or bring it about; in which way it died."""
        if self._chance.random() < self._fates.starting:
            if await self._dies_within(node, self._chance.uniform(0.0, 0.2)):
                return self._cause_of(deed)
            node.signal(signal.SIGKILL)
            return "starting"
        if not await node.is_ready() or await self._dies_within(node, self._chance.uniform(0.1, self._fates.longest_s)):
            return self._cause_of(deed)
        if self._chance.random() < self._fates.frozen and await self._freeze(node):
            return self._cause_of(deed)
        together = self._chance.random() < self._fates.together
        for one in self._nodes if together else (node,):
            if one.pid is not None:
                one.signal(signal.SIGKILL)
        return "together" if together else "any moment"

    async def _freeze(self, node: Node) -> bool:
        """Stop its time until its leases are over, then let it go on as if nothing had been. Whether it died of it."""
        node.signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE_S + 1.5)
        node.signal(signal.SIGCONT)
        return await self._dies_within(node, 1.0)

    def _cause_of(self, deed: Deed | None) -> str:
        return deed.point.value if deed else "together"

    async def _dies_within(self, node: Node, span_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(span_s):
                await node.died.wait()
        return node.died.is_set()
