"""Does what the party has set itself to do, and asks itself again later when the exchange cannot be reached."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from connectors.ports.clock import Clock
from connectors.sandbox.intake import SandboxIntake
from connectors.sandbox.postman import backoff
from connectors.sandbox.records import DutyKind, SandboxDuty
from connectors.sandbox.roles.conduct import Conduct
from connectors.sandbox.store import PartyStore
from connectors.soap.errors import CallFailed

_log = structlog.get_logger(__name__)


class DutyRunner:
    """Carries out one duty at a time; it is done, or postponed, when ``do`` returns."""

    def __init__(
        self,
        store: PartyStore,
        conduct: Conduct,
        intake: SandboxIntake,
        *,
        clock: Clock,
        chance: Callable[[], float],
        posted: Callable[[], None],
    ) -> None:
        self._store = store
        self._conduct = conduct
        self._intake = intake
        self._clock = clock
        self._chance = chance
        self._posted = posted

    async def do(self, duty: SandboxDuty) -> None:
        try:
            await self._attempt(duty)
        except CallFailed as failure:
            _log.info("sandbox.duty_postponed", duty=duty.kind, tries=duty.tries + 1, reason=failure.reason)
            self._store.postpone(duty, self._clock.now() + backoff(duty.tries, self._chance()))
        else:
            self._posted()

    async def _attempt(self, duty: SandboxDuty) -> None:
        if duty.kind is DutyKind.EXAMINE:
            await self._intake.examine(duty)
            return
        calls = await self._conduct.fulfil(duty, now=self._clock.now())
        self._store.fulfil(duty, calls, at=self._clock.now())
