"""The processes under fault: started from the zygote, killed, frozen, thawed; every death is noticed and counted."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.cli.frame import Exit
from tests.faults.points import Point
from tests.faults.until import until

READY_WITHIN_S = 30.0
STDERR_TAIL = 2_000


@dataclass(frozen=True, slots=True)
class Deed:
    """Where a node kills itself: at the ``passage``-th passage of ``point``."""

    point: Point
    passage: int


class Zygote:
    """The other end of ``tests.faults.zygote``; one order at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def order(self, **words: Any) -> int:
        async with self._turn:
            self._process.stdin.write(json.dumps(words).encode() + b"\n")
            await self._process.stdin.drain()
            return json.loads(await self._process.stdout.readline())

    async def run(self, *arguments: str, home: Path, fine: Sequence[int] = (0,)) -> bytes:
        """What ``dalel`` prints when called like this. Raises RuntimeError for an exit code that is not fine."""
        with tempfile.NamedTemporaryFile() as printed:
            arguments = (*arguments, "--home", str(home))
            pid = await self.order(do="start", arguments=arguments, environment={}, log=printed.name, deed=None)
            ended = asyncio.Event()
            watch(pid, ended)
            await ended.wait()
            words, code = printed.read(), await self.order(do="reap", pid=pid)
            if code not in fine:
                raise RuntimeError(f"dalel {' '.join(arguments)} ended with {code}: {words[-800:]!r}")
            return words


@asynccontextmanager
async def zygote() -> AsyncIterator[Zygote]:
    """Ready to fork; what it has forked dies with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.zygote", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        if not await process.stdout.readline():
            raise RuntimeError("the zygote did not come up; its words stand above")
        yield Zygote(process)
    finally:
        process.stdin.close()
        await process.wait()


@dataclass
class NodeProcess:
    """One ``dalel serve``, or another long command, that may die at any moment. ``deaths`` counts kills by how.

    ``away_is_death``: whether ending because the database cannot be reached is a failure, too.
    """

    zygote: Zygote
    home: Path
    name: str
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("serve",)
    away_is_death: bool = True
    deaths: Counter = field(default_factory=Counter)
    pid: int | None = None
    died: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home / f"{self.name}.log"

    async def start(self, deed: Deed | None = None) -> None:
        """Fork it; it serves a moment later, or dies on the way."""
        words = {"point": deed.point.value, "passage": deed.passage} if deed else None
        arguments = [*self.arguments, "--home", str(self.home)]
        self.pid = await self.zygote.order(
            do="start", arguments=arguments, environment=dict(self.environment), log=str(self.log), deed=words
        )
        self.died.clear()
        watch(self.pid, self.died)

    def signal(self, number: int) -> None:
        """To the node, which starts no other processes; its own group it has only a moment after the fork."""
        os.kill(self.pid, number)  # not reaped before ``bury``, so the number is still its own

    async def bury(self, how: str) -> None:
        """Wait for its death and count it. Raises RuntimeError when it was no kill: then the product has failed."""
        await self.died.wait()
        pid, self.pid = self.pid, None
        code = await self.zygote.order(do="reap", pid=pid)
        if code == -signal.SIGKILL:
            self.deaths[how] += 1
        elif code != Exit.UNREACHABLE or self.away_is_death:
            raise RuntimeError(f"{self.name} ended by itself with {code}:\n{self.tail()}")

    async def is_ready(self, within_s: float = READY_WITHIN_S) -> bool:
        """Whether it answers before it dies. Raises TimeoutError when it does neither."""
        async with asyncio.timeout(within_s):
            await until(self._has_settled, every_s=0.02)
        return not self.died.is_set()

    async def _has_settled(self) -> bool:
        return self.died.is_set() or await answers(self.port)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-STDERR_TAIL:]


def watch(pid: int, ended: asyncio.Event) -> None:
    """Set ``ended`` when that process has ended, reaped or not."""
    loop, descriptor = asyncio.get_running_loop(), os.pidfd_open(pid)

    def gone() -> None:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        ended.set()

    loop.add_reader(descriptor, gone)


async def answers(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
