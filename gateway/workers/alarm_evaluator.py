"""The alarm evaluator: looks at everything that may be wrong, and keeps what people are to be told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from gateway.domain.alarms.kinds import Alarm, AlarmKind, AlarmLimits, Condition
from gateway.domain.alarms.letter import Draft, LetterContext
from gateway.domain.alarms.rule import AlarmEvent, AlarmRhythm
from gateway.domain.delivery.escalation import EscalationStep
from gateway.keys.keyring import Keyring
from gateway.ports.alarms import CountRecentRefusals, CountTermsByParty, LoadLedgerWalk, WatchJob
from gateway.ports.deliveries import ListBacklog, ListCircuits
from gateway.ports.ledger import LoadLedgerStatus
from gateway.ports.nodes import ListNodes, NodeRow
from gateway.ports.parties import ListPauses, LoadLastContacts
from gateway.service.alarms import failing_channels
from gateway.service.exchange import Exchange
from gateway.service.sightings import View, conditions, disk_conditions, node_of_disk, unled_loops

log = structlog.get_logger()

SILENT_AFTER: Final = timedelta(seconds=10)
"""As for the list of nodes."""


@dataclass(frozen=True, slots=True)
class EvaluatorSettings:
    """What the alarm evaluator goes by. ``loops``: those that one node must run for all."""

    limits: AlarmLimits = field(default_factory=AlarmLimits)
    rhythm: AlarmRhythm = field(default_factory=AlarmRhythm)
    letter_context: LetterContext = field(default_factory=lambda: LetterContext("dalel"))
    loops: frozenset[str] = frozenset()


class AlarmEvaluator:
    """One on all nodes. ``keys``: None where there are none to look at."""

    def __init__(self, exchange: Exchange, orders: EvaluatorSettings, keys: Keyring | None) -> None:
        self._exchange, self._orders, self._keys = exchange, orders, keys
        self._unled: dict[str, datetime] = {}

    async def run_once(self) -> int:
        """One look; returns 0, since nothing more waits until the next."""
        view = await self._view()
        there = {row.node.name for row in view.nodes}
        seen = tuple(conditions(view, self._orders.limits))

        def is_mine(alarm: Alarm) -> bool:
            """All but disks of nodes that see them themselves; those of nodes that left are over."""
            return alarm.kind is not AlarmKind.DISK_LOW or node_of_disk(alarm.subject) not in there

        await keep(self._exchange, self._orders, seen, is_mine, view.now)
        return 0

    async def _view(self) -> View:
        """One read after the other, so that a look never holds more than one of the store's readers."""
        exchange, limits = self._exchange, self._orders.limits
        store, now = exchange.store, exchange.clock.now()
        nodes = await store.run(ListNodes())
        return View(
            now=now,
            directory=exchange.directory(),
            backlog=await store.run(ListBacklog()),
            circuits=await store.run(ListCircuits()),
            paused=frozenset(one.party_id for one in await store.run(ListPauses())),
            fetches=(await store.run(LoadLastContacts())).fetches,
            terms=await store.run(
                CountTermsByParty(
                    now=now, near_until=now + limits.near_within, breached_since=now - limits.breached_within
                )
            ),
            refusals=await store.run(CountRecentRefusals(now=now)),
            ledger=await store.run(LoadLedgerStatus()),
            walk=await store.run(LoadLedgerWalk()),
            nodes=nodes,
            failing_channels=await failing_channels(store, limits, now),
            unled=self._unled_since(nodes, now),
            keys={state.name: state.not_after for state in self._keys.states()} if self._keys else {},
            has_stamps=exchange.time_stamps is not None,
        )

    def _unled_since(self, nodes: Iterable[NodeRow], now: datetime) -> Mapping[str, datetime]:
        unled = unled_loops(self._orders.loops, nodes, SILENT_AFTER)
        self._unled = {loop: self._unled.get(loop, now) for loop in unled}
        return self._unled


class DiskMonitor:
    """One on each node: nobody else sees its disks."""

    def __init__(
        self,
        exchange: Exchange,
        orders: EvaluatorSettings,
        node: str,
        free_bytes: Callable[[], Mapping[Path, int]],
        reserve: int,
    ) -> None:
        self._exchange, self._orders, self._node = exchange, orders, node
        self._free_bytes, self._reserve = free_bytes, reserve

    async def run_once(self) -> int:
        """One look; returns 0, since nothing more waits until the next."""
        free = self._free_bytes()
        seen = tuple(disk_conditions(self._node, free, self._reserve, self._orders.limits))

        def is_mine(alarm: Alarm) -> bool:
            return alarm.kind is AlarmKind.DISK_LOW and node_of_disk(alarm.subject) == self._node

        if free:  # a file system that does not answer is the load shedder's to report
            await keep(self._exchange, self._orders, seen, is_mine, self._exchange.clock.now())
        return 0


async def keep(
    exchange: Exchange,
    orders: EvaluatorSettings,
    seen: tuple[Condition, ...],
    is_mine: Callable[[Alarm], bool],
    now: datetime,
) -> None:
    """Write what follows from a look, with the messages; and log what people are told."""

    def drafts(alarm: Alarm, happening: AlarmEvent) -> Iterable[Draft]:
        return orders.letter_context.drafts(alarm, happening, now=now)

    for change in await exchange.store.run(WatchJob(seen, is_mine, orders.rhythm, drafts, now)):
        if change.happening is not None:
            _log(change.alarm, change.happening)


def _log(alarm: Alarm, happening: AlarmEvent) -> None:
    fields = {"alarm": alarm.alarm_id, "kind": alarm.kind.value, "subject": alarm.subject, "loud": alarm.level.value}
    event = f"alarm.{happening}"
    if happening is AlarmEvent.CLEARED:
        log.info(event, **fields)
    elif alarm.level is EscalationStep.WARN:
        log.warning(event, **fields)
    else:
        log.error(event, **fields)
