"""The relay: claims due deliveries in batches and carries each out, many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, ClaimedDelivery, FindNextDue, GiveBack
from gateway.ports.outside import Connector
from gateway.ports.tracing import SpanAttributes, SpanName
from gateway.process.log import reason_of
from gateway.service.deliver import deliver
from gateway.service.exchange import Exchange
from gateway.workers.batcher import Batcher
from gateway.workers.bell import WakeEvent
from gateway.workers.loop import StopRequest
from signing.keys.keypair import KeySource

log = structlog.get_logger()

GATHER: Final = timedelta(milliseconds=50)
"""How long outcomes and free room gather while other attempts are in hand: a commit and a claim cost much the same
for one delivery as for fifty, and nobody waits for either."""

UNRUNG: Final = timedelta(seconds=5)
"""How late new work may be noticed when nobody rang: another node may die between its commit and its call."""


class Relay:
    """One relay of one process. Claims no more than it can carry, so that a claim is acted on at once.

    While attempts are in hand, outcomes are recorded and new deliveries claimed in groups: as soon as half of those in
    hand have come so far, or after a moment. A lone attempt waits for nothing.
    """

    def __init__(
        self,
        exchange: Exchange,
        connector: Connector,
        key: KeySource,
        *,
        batch: int,
        idle: timedelta,
        capacity: int = 128,
    ) -> None:
        self._exchange, self._connector, self._key = exchange, connector, key
        self._batch, self._idle, self._capacity = batch, idle, capacity
        self._in_hand: set[asyncio.Task[None]] = set()
        self._outcomes = Batcher(GATHER, lambda: len(self._in_hand) // 2)
        self._finished_since = 0
        self._half = WakeEvent()
        self.wake_event = WakeEvent()

    async def run(self, stop: StopRequest) -> None:
        """Claim and deliver until asked to stop. Then nothing new begins, and the attempts in hand finish."""
        stop.watch(self.wake_event)
        while not stop.requested:
            claims = await self._claim()
            if stop.requested:
                await self._give_back(claims)
            else:
                self._begin(claims)
                await self._rest(len(claims))
        await self.drain()

    async def run_once(self) -> int:
        """Claim one batch and carry it out; returns how many. For tests and tools that own the clock."""
        claims = await self._claim()
        self._begin(claims)
        await self.drain()
        return len(claims)

    async def drain(self) -> None:
        """Wait for the attempts in hand, each of which ends within its own deadline and so within its lease."""
        while self._in_hand:
            await asyncio.wait(self._in_hand)

    async def _claim(self) -> Sequence[ClaimedDelivery]:
        room, self._finished_since = self._room(), 0
        if room <= 0:
            return ()  # a finished attempt rings
        now, terms = self._exchange.clock.now(), self._exchange.directory().agreement_of
        began = self._exchange.tracer.now()
        try:
            claims = await self._exchange.store.run(
                ClaimDeliveries(now=now, limit=room, lease_until=now + self._exchange.lease, terms=terms)
            )
        except Exception as failure:  # noqa: BLE001 - the store may be away; the loop must outlive that
            self._exchange.meter.loop_failed("relay")
            log.error("relay.claim_failed", error=type(failure).__name__, reason=reason_of(failure))
            return ()
        for claim in claims:
            self._exchange.tracer.past(SpanName.CLAIM, began=began, after=claim.trace, **_ids(claim))
        return claims

    async def _rest(self, begun: int) -> None:
        """Until there may be something to claim and room for it; while attempts are in hand, for many at a time."""
        if begun == self._batch and self._room() > 0:
            return  # there was more than one claim may take
        if self._in_hand:
            await self._half.wait(GATHER)
            if self._finished_since:
                return
        await self.wake_event.wait(await self._until_due(begun))

    async def _until_due(self, begun: int) -> timedelta:
        """How long to wait for a ring: until something falls due by itself, and not longer than a ring may be missed.

        What is due already was held back by the limits of its party, whose attempts in hand ring when they end; or,
        if others were claimed, by its fair share of that claim, and has another soon.
        """
        now = self._exchange.clock.now()
        try:
            due = await self._exchange.store.run(FindNextDue(now=now))
        except Exception as failure:  # noqa: BLE001 - the store may be away; the loop must outlive that
            log.error("relay.poll_failed", error=type(failure).__name__, reason=reason_of(failure))
            return self._idle
        if due is None or due > now:
            return min((due or now + UNRUNG) - now, max(UNRUNG, self._idle))
        return GATHER if begun else self._idle

    def _room(self) -> int:
        return min(self._batch, self._capacity - len(self._in_hand))

    async def _give_back(self, claims: Sequence[ClaimedDelivery]) -> None:
        """What was claimed while the stop was asked for: another node takes it now, not when the lease ends."""
        try:
            await self._exchange.store.run(GiveBack(claims))
        except Exception as failure:  # noqa: BLE001 - then the lease ends by itself, and the rescuer takes it
            log.error("relay.give_back_failed", error=type(failure).__name__, reason=reason_of(failure))

    def _begin(self, claims: Sequence[ClaimedDelivery]) -> None:
        for claim in claims:
            task = asyncio.create_task(self._carry_out(claim))
            self._in_hand.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self._finished_since += 1
        if self._finished_since >= len(self._in_hand):
            self._half.ring()
        self.wake_event.ring()  # the next message of this pair may be due now

    async def _carry_out(self, claim: ClaimedDelivery) -> None:
        with self._exchange.tracer.span(SpanName.ATTEMPT, after=claim.trace, **_ids(claim)):
            await self._attempt(claim)

    async def _attempt(self, claim: ClaimedDelivery) -> None:
        try:
            state = await deliver(self._exchange, claim, self._connector, self._key(), batcher=self._outcomes.wait)
        except Exception as failure:  # noqa: BLE001 - the lease brings the delivery back; the others go on
            self._exchange.meter.loop_failed("relay")
            self._exchange.tracer.fail(type(failure).__name__)
            log.error("delivery.failed", error=type(failure).__name__, reason=reason_of(failure), **_ids(claim))
            return
        level = log.info if state is DeliveryState.ACKNOWLEDGED else log.warning
        level("delivery.attempted", state=state.value, **_ids(claim))


def _ids(claim: ClaimedDelivery) -> SpanAttributes:
    return {
        "delivery_id": claim.delivery_id,
        "message_id": claim.message_id,
        "conversation_id": claim.conversation_id,
        "recipient": claim.recipient,
        "action": claim.action.value,
        "attempt": claim.attempt,
    }
