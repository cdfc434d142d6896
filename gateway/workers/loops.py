"""The loops of one process, the bells that wake them, and which of them one node runs for all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Final

from gateway.config.settings import Settings
from gateway.keys.keyring import Keyring
from gateway.ports.nodes import WakeCall
from gateway.ports.outside import Connector
from gateway.service.cases.vouch import SignatureJudge
from gateway.service.evidence.proofs import ProofRules
from gateway.service.exchange import Exchange
from gateway.workers.alarms import AlarmLoops
from gateway.workers.appeal_projection import AppealProjection
from gateway.workers.bell import WakeEvent
from gateway.workers.cleaner import Cleaner
from gateway.workers.clock import TermClock
from gateway.workers.collector import Collector
from gateway.workers.directory import LiveDirectory
from gateway.workers.escalator import Escalator
from gateway.workers.lag import watch_lag
from gateway.workers.loop import StopRequest, keep_doing
from gateway.workers.relay import Relay
from gateway.workers.rescuer import Rescuer
from gateway.workers.revocation_poller import RevocationPoller
from gateway.workers.sealer import Sealer
from gateway.workers.tally import CauseCounter
from signing.trust.path import load_anchors

REGISTRY_EVERY: Final = timedelta(seconds=2)
"""How soon a registry version applied by another process is in force here."""

KEYS_EVERY: Final = timedelta(seconds=2)
"""How soon a key that was replaced on disk signs; two calls of stat a look."""

INTAKE_LOOK: Final = timedelta(seconds=1)
"""How soon the intake closes and opens; a look costs one read of the store and a call per disk."""

ESCALATION_LOOK: Final = timedelta(seconds=20)
"""How late people may be told that a delivery waits too long; a look costs a leap per party."""

REVOCATION_LOOK: Final = timedelta(seconds=1)
"""How soon what falls due is asked, and what runs out bars; a look without either reads memory only."""

LISTING_LOOK: Final = timedelta(seconds=1)
"""How soon the console lists what happened; a look costs some reads by number."""

TALLY_LOOK: Final = timedelta(minutes=1)
"""How soon frequent causes are counted; a look counts two hours by their indexes."""

ALONE: Final = frozenset(
    {
        "cleaner",
        "clock",
        "escalator",
        "inspector",
        "appeal_projection",
        "rescuer",
        "sealer",
        "tally",
        "alarm_notifier",
        "alarm_evaluator",
    }
)
"""Loops that one node runs for all: twice would be work for nothing, and no harm. The revocation poller is
none of them, since each node judges by what its own memory holds."""


class Loops:
    """The loops of one process and the bells that wake them.

    ``appeal_projection``: where there is a console to list for. ``alarms``: None where nobody is to be alarmed.
    """

    def __init__(
        self,
        exchange: Exchange,
        connector: Connector,
        settings: Settings,
        keys: Keyring,
        revocation_poller: RevocationPoller,
        judge: SignatureJudge | None,
        appeal_projection: AppealProjection | None = None,
        alarms: AlarmLoops | None = None,
    ) -> None:
        self._settings, self._keys, self._revocation_poller = settings, keys, revocation_poller
        self.relay = Relay(
            exchange, connector, keys.message, batch=settings.relay_batch, idle=timedelta(seconds=settings.relay_idle_s)
        )
        self._appeal_projection, self._alarms, self._tally = appeal_projection, alarms, CauseCounter(exchange)
        self._sealer_bell = WakeEvent()
        self._sealer = Sealer(exchange, keys.seal, limit=settings.seal_most)
        self._collector = Collector(
            exchange,
            keys.seal,
            settings.documents_folder / "assembly",
            sealing=partial(exchange.store.peers.call, WakeCall.SEAL),
            rules=ProofRules(
                seal_wait=timedelta(seconds=settings.seal_wait_s),
                stamp_wait=timedelta(seconds=settings.stamp_wait_s),
                anchors=lambda: load_anchors(settings.trust_folder),
            ),
            judge=judge,
        )
        self._clock, self._rescuer, self._escalator = TermClock(exchange), Rescuer(exchange), Escalator(exchange)
        unfinished = timedelta(days=settings.unfinished_upload_days)
        self._cleaner = Cleaner(exchange, settings.retention, unfinished=unfinished)
        self._collector_bell = WakeEvent()
        self._peers, self._meter = exchange.store.peers, exchange.meter

    def wake(self) -> None:
        """There may be work for the relay and the collector."""
        self.relay.wake_event.ring()
        self._collector_bell.ring()

    async def run(
        self, directory: LiveDirectory, look_at_intake: Callable[[], Awaitable[int]], stop: StopRequest
    ) -> None:
        """Run every loop until the stop is asked and the work in hand is done."""
        self._peers.hear(WakeCall.WORK, self.wake)
        self._peers.hear(WakeCall.SEAL, self._sealer_bell.ring)
        every = {
            "clock": (self._waking(self._clock.run_once), timedelta(seconds=self._settings.clock_every_s), WakeEvent()),
            "rescuer": (self._rescuer.run_once, timedelta(seconds=self._settings.rescue_every_s), WakeEvent()),
            "escalator": (self._escalator.run_once, ESCALATION_LOOK, WakeEvent()),
            "registry": (directory.look, REGISTRY_EVERY, WakeEvent()),
            "keys": (self._keys.look, KEYS_EVERY, WakeEvent()),
            "load_shedder": (look_at_intake, INTAKE_LOOK, WakeEvent()),
            "revocation_poller": (self._revocation_poller.run_once, REVOCATION_LOOK, WakeEvent()),
            "collector": (
                self._waking(self._collector.run_once),
                timedelta(seconds=self._settings.relay_idle_s),
                self._collector_bell,
            ),
            "cleaner": (self._cleaner.run_once, timedelta(seconds=self._settings.clean_every_s), WakeEvent()),
            "sealer": (self._sealer.run_once, timedelta(seconds=self._settings.seal_every_s), self._sealer_bell),
        }
        if self._appeal_projection:
            every["appeal_projection"] = (self._appeal_projection.run_once, LISTING_LOOK, WakeEvent())
            every["tally"] = (self._tally.run_once, TALLY_LOOK, WakeEvent())
        if self._alarms:
            every |= {name: (*how, WakeEvent()) for name, how in self._alarms.every().items()}
        async with asyncio.TaskGroup() as group:
            group.create_task(self.relay.run(stop))
            group.create_task(watch_lag(self._meter, stop))
            for name, (work, interval, wake_event) in every.items():
                alone = partial(self._peers.lead, name) if name in ALONE else None
                loop = keep_doing(
                    name, work, every=interval, wake_event=wake_event, stop=stop, alone=alone, meter=self._meter
                )
                group.create_task(loop if alone is None else self._then_follow(name, loop))

    async def _then_follow(self, name: str, loop: Coroutine[None, None, None]) -> None:
        """Another node goes on with it at once, also while this one still finishes something else."""
        try:
            await loop
        finally:
            await self._peers.follow(name)

    def _waking(self, work: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
        async def work_then_wake() -> int:
            done = await work()
            if done:
                self.wake()
            return done

        return work_then_wake
