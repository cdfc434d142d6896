"""Sends the party's own messages until each is answered: the same operation bytes, freshly signed each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from connectors.ports.clock import Clock
from connectors.sandbox.behaviour import BendKind, Bends
from connectors.sandbox.records import Posting
from connectors.sandbox.store import PartyStore
from connectors.soap.calls import Answered
from connectors.soap.client import SoapClient
from connectors.soap.errors import CallFailed, PeerFault
from contracts.payloads import Accepted, AppealAccepted

_log = structlog.get_logger(__name__)


class OutboxSender:
    """Carries one posting at a time to the exchange; what came of it is in the store when ``send`` returns."""

    def __init__(
        self, store: PartyStore, client: SoapClient, bends: Bends, *, clock: Clock, chance: Callable[[], float]
    ) -> None:
        self._store = store
        self._client = client
        self._bends = bends
        self._clock = clock
        self._chance = chance

    async def send(self, posting: Posting) -> None:
        try:
            answered = await self._client.send(posting.call)
            if self._bends.take(BendKind.DUPLICATE):
                answered = await self._client.send(posting.call)
        except CallFailed as failure:
            self._note_failure(posting, failure)
        else:
            self._note_answer(posting, answered)

    def _note_answer(self, posting: Posting, answered: Answered) -> None:
        payload = answered.message.payload
        receipt = payload.receipt if isinstance(payload, Accepted | AppealAccepted) else None
        self._store.acknowledge(
            posting,
            answered.envelope,
            appeal_number=receipt.appeal_number if receipt else None,
            conversation_id=receipt.conversation_id if receipt else None,
        )

    def _note_failure(self, posting: Posting, failure: CallFailed) -> None:
        _log.info(
            "sandbox.send_failed",
            operation=posting.call.name,
            message_id=posting.call.message_id,
            tries=posting.tries + 1,
            reason=failure.reason,
            final=failure.is_final,
        )
        if failure.is_final:
            self._store.refuse(posting, failure.reason)
            return
        wait = backoff(posting.tries, self._chance())
        if isinstance(failure, PeerFault) and failure.info.retry_after_s is not None:
            wait = max(wait, timedelta(seconds=min(failure.info.retry_after_s, 60)))
        self._store.postpone_posting(posting, self._clock.now() + wait, failure.reason)


def backoff(tries: int, chance: float) -> timedelta:
    """0.2 s doubled with every try up to 5 s, halved at most by ``chance`` in [0, 1). No last try."""
    longest = min(0.2 * 2 ** min(tries, 10), 5.0)
    return timedelta(seconds=longest * (0.5 + chance / 2))
