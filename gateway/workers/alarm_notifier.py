"""The alarm notifier: hands messages about alarms to mail servers and webhooks until each is taken."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from connectors.ports.clock import Clock
from connectors.ports.notification import SendResult
from gateway.domain.alarms.letter import next_try_after
from gateway.ports.alarms import ClaimLetters, Letter, LetterResult
from gateway.ports.operations import Writes
from gateway.ports.outside import Messenger

log = structlog.get_logger()

AT_ONCE: Final = 10
LEASE: Final = timedelta(minutes=6)
"""Longer than a try may take; if this node dies in it, another tries again then."""


class AlarmNotifier:
    """One on all nodes; were there two, the leases of messages would part them."""

    def __init__(self, store: Writes, messenger: Messenger, clock: Clock) -> None:
        self._store, self._messenger, self._clock = store, messenger, clock

    async def run_once(self) -> int:
        """Try what is due, some at a time; returns how many were tried."""
        now = self._clock.now()
        claimed = await self._store.run(ClaimLetters(now=now, limit=AT_ONCE, lease_until=now + LEASE))
        await asyncio.gather(*(self._try(letter) for letter in claimed))
        return len(claimed)

    async def _try(self, letter: Letter) -> None:
        result = await self._messenger.send(letter.draft, letter_id=letter.letter_id, at=self._clock.now())
        await self._store.run(self._result(letter, result))

    def _result(self, letter: Letter, result: SendResult) -> LetterResult:
        now = self._clock.now()
        again = None if result.is_taken or result.is_final else next_try_after(letter.tries, letter.made_at, now)
        about = {"letter": letter.letter_id, "channel": letter.draft.channel.value, "tries": letter.tries}
        if result.is_taken:
            log.info("alarm.notified", **about)
        elif again is None:
            log.error("alarm.not_notified", words=result.words, **about)
        else:
            log.warning("alarm.notification_failed", words=result.words, next_try_at=again.isoformat(), **about)
        return LetterResult(letter.letter_id, letter.tries, result.is_taken, result.words, again, now)
