"""The load shedder: looks at the store and the disks, closes and opens the gate, and reports those it rejected.

It asks from beside, so that a request never waits to find out; and it asks anew only once it was answered, so that
a database or a file system that hangs costs one thread and no more. The reserve of the disks is for what has been
taken already: attempts, receipts and seals go on while nothing new comes in.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, Generic, TypeVar

import structlog

from gateway.http.pressure import IntakeGate, ShedCause
from gateway.http.request_pools import RequestPools
from gateway.ports.request_pools import Area, PoolCause
from gateway.ports.store import CheckStore, Store
from gateway.process.log import reason_of

log = structlog.get_logger()

T = TypeVar("T")

_MIB: Final = 1024 * 1024
REOPEN_AT: Final = 1.1
"""Times the reserve: what is let in when the gate opens must not close it at once."""


@dataclass(frozen=True, slots=True)
class IntakeConditions:
    """What must be well for messages to be taken.

    ``disks``: folders on every file system that we write to. ``patience``: for an answer of the database or a disk,
    and for a commit that callers wait for.
    """

    store: Store
    disks: Sequence[Path]
    reserve_bytes: int
    patience: timedelta = timedelta(seconds=5)


class LoadShedder:
    """``pools``: its pools are told of beside the gate. ``free_bytes`` is blocking and may hang."""

    def __init__(
        self,
        gate: IntakeGate,
        watched: IntakeConditions,
        pools: RequestPools | None = None,
        *,
        free_bytes: Callable[[Path], int] | None = None,
    ) -> None:
        self.gate, self._watched, self._pools = gate, watched, pools.pools if pools else {}
        free = free_bytes or _free_bytes
        self._store = _Question(partial(watched.store.run, CheckStore()))
        self._disks = {folder: _Question(partial(asyncio.to_thread, free, folder)) for folder in watched.disks}
        self._reported: Counter[ShedCause] = Counter()
        self._shed_logged: dict[Area, Counter[PoolCause]] = {area: Counter() for area in self._pools}
        self.free_bytes: dict[Path, int] = {}  # as last seen; a folder whose file system does not answer is not in it

    async def run_once(self) -> int:
        """One look; returns 0, since nothing more waits until the next."""
        store, disk = await asyncio.gather(self._trouble_of_store(), self._trouble_of_disks())
        self._set(ShedCause.STORE, store)
        self._set(ShedCause.DISK, disk)
        self._tell()
        return 0

    async def probe(self) -> str:
        """For ``/health/ready``. Raises NotTaking."""
        if closed := self.gate.closed:
            raise IntakeClosed("; ".join(closed.values()))
        return str(self.gate)

    async def _trouble_of_store(self) -> str | None:
        load, patience = self._watched.store.load(), self._watched.patience
        if load.stalled > patience:
            return f"{load.waiting} callers wait, and nothing was committed for {load.stalled.total_seconds():.0f} s"
        try:
            await self._store.answered(patience)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the store is of no use now
            return reason_of(failure) or type(failure).__name__
        return None

    async def _trouble_of_disks(self) -> str | None:
        reserve = self._watched.reserve_bytes
        wanted = reserve * REOPEN_AT if ShedCause.DISK in self.gate.closed else reserve
        for folder, question in self._disks.items():
            self.free_bytes.pop(folder, None)
            try:
                free = await question.answered(self._watched.patience)
            except _Silent:
                return f"the file system of {folder} does not answer"
            except OSError:  # a folder that is away is told by its own probe
                continue
            self.free_bytes[folder] = free
            if free < wanted:
                return f"{free // _MIB} MiB free at {folder}, {reserve // _MIB} are kept in reserve"
        return None

    @property
    def reserve_bytes(self) -> int:
        """Below so many free bytes nothing new is taken."""
        return self._watched.reserve_bytes

    def _set(self, cause: ShedCause, trouble: str | None) -> None:
        was = self.gate.closed.get(cause)
        if trouble is None:
            self.gate.open(cause)
        else:
            self.gate.close(cause, trouble)
        if was is None and trouble is not None:
            log.error("intake.closed", cause=cause.value, reason=trouble)
        elif was is not None and trouble is None:
            log.warning("intake.opened", cause=cause.value)

    def _tell(self) -> None:
        """One line for all that were turned away since the last look."""
        fresh = self.gate.refused - self._reported
        if fresh:
            self._reported = Counter(self.gate.refused)
            causes = {cause.value: count for cause, count in fresh.items()}
            reason, self.gate.latest = self.gate.latest, None
            log.warning("intake.rejected", causes=causes, reason=reason, in_hand=str(self.gate))
        unnoted, self.gate.unnoted = self.gate.unnoted, 0
        if unnoted:
            log.warning("unknown_senders.refused", unnoted=unnoted)
        for area, pool in self._pools.items():
            if fresh_shed := pool.shed - self._shed_logged[area]:
                self._shed_logged[area] = Counter(pool.shed)
                causes = {cause.value: count for cause, count in fresh_shed.items()}
                log.warning("requests.shed", area=area.value, causes=causes, in_hand=pool.in_hand)


class IntakeClosed(Exception):
    """Nothing is taken now; the text says why."""


class _Silent(TimeoutError):
    """No answer in time, and the question stands."""


class _Question(Generic[T]):
    """A question that may hang: while it stands it is not asked again."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._standing: asyncio.Future[T] | None = None

    async def answered(self, within: timedelta) -> T:
        """Raises what the question raises, and _Silent."""
        standing = self._standing or asyncio.ensure_future(self._ask())
        self._standing = standing
        await asyncio.wait({standing}, timeout=within.total_seconds())
        if not standing.done():
            raise _Silent(f"no answer for {within.total_seconds():g} s")
        self._standing = None
        return standing.result()


def _free_bytes(folder: Path) -> int:
    """What we may write on the file system that holds, or will hold, ``folder``. Raises OSError."""
    while not folder.exists():
        folder = folder.parent
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
