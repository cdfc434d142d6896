"""Fetch, verify, hand over, acknowledge: all that a body without a server of its own has to do.

The order is what makes it safe. The handler stores the message durably *before* it returns a receipt; only then does
the receipt leave. A crash anywhere in between means that the same message is fetched again when its lease is over,
and the handler, which knows its message_id, returns the same receipt without acting twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog

from connectors.ports.clock import Clock
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.errors import PeerSilent, PeerUntrusted
from connectors.soap.reading import DeliveryRefused, VerifiedDelivery, verify_delivery
from contracts.operations import Service
from contracts.payloads import Acknowledge, FetchedMessages, FetchMessages, MailboxItem
from contracts.receipt import ErrorSignal, Receipt
from signing.profile.offload import aside
from signing.profile.verification import PinnedCertificates

Handler = Callable[[VerifiedDelivery], Awaitable[Receipt | ErrorSignal | None]]
"""Stores the message and says what it made of it; None: not now, let it come again."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one round did. ``waiting``: how many messages lie behind this batch; fetch again at once."""

    fetched: int
    acknowledged: int
    waiting: int


class MailboxAgent:
    """Empties one party's mailbox, a batch per round. Several agents may; the rounds of one must not overlap."""

    def __init__(
        self, client: SoapClient, *, pinned: PinnedCertificates, clock: Clock, handle: Handler, batch: int = 20
    ) -> None:
        self._client = client
        self._pinned = pinned
        self._clock = clock
        self._handle = handle
        self._batch = batch
        self._last_request: PreparedCall | None = None  # and not answered

    async def run_once(self) -> PollResult:
        """One round. Raises a ``CallFailed`` when the exchange cannot be asked or told; nothing is lost then."""
        fetched = await self._fetch()
        signals = [signal for item in fetched.items if (signal := await self._take(item)) is not None]
        if signals:
            await self._client.call(Service.AGENCY, Acknowledge(tuple(signals)))
        return PollResult(len(fetched.items), len(signals), fetched.waiting)

    async def _fetch(self) -> FetchedMessages:
        """A question whose answer was lost is asked again as it was: the exchange knows it by its message_id."""
        call, self._last_request = (
            self._last_request or self._client.prepare(Service.AGENCY, FetchMessages(self._batch)),
            None,
        )
        try:
            answer = (await self._client.send(call)).message.payload
        except PeerSilent:
            self._last_request = call
            raise
        if not isinstance(answer, FetchedMessages):
            raise PeerUntrusted(f"FetchMessages was answered by {type(answer).__name__}")
        return answer

    async def _take(self, item: MailboxItem) -> Receipt | ErrorSignal | None:
        """An envelope that does not verify is left alone: not acknowledged, it comes again, and people are told."""
        try:
            me, exchange, now = self._client.me, self._client.peer, self._clock.now()
            verify = partial(verify_delivery, item.envelope, self._pinned, me=me, exchange=exchange, now=now)
            delivery = await aside(item.envelope, verify)
        except DeliveryRefused as refused:
            _log.error("mailbox.item_refused", message_id=item.message_id, code=refused.code, detail=refused.detail)
            return None
        return await self._handle(delivery)
