"""The relay by itself: how it stops, and what one poisonous message may hold up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from connectors.ports.outcome import Outcome
from contracts.header import Action, MessageId
from dossier.case.events import Fact, MessageAcknowledged
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery
from gateway.ports.operations import StoreOperation
from gateway.ports.outside import OutgoingEnvelope
from gateway.workers.loop import StopRequest
from gateway.workers.relay import Relay
from tests.worlds.exchange.world import AKIMAT, ME, PLATFORM, World

S = DeliveryState


class _Watched:
    """The world's store and connector, with something that happens just before each claim returns or each send."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.after_claim: Callable[[], Awaitable[None]] = _nothing
        self.before_send: Callable[[], Awaitable[None]] = _nothing

    def __getattr__(self, name: str) -> object:
        return getattr(self._world.exchange.store, name)

    async def run(self, operation: StoreOperation[object]) -> object:
        result = await self._world.exchange.store.run(operation)
        if isinstance(operation, ClaimDeliveries):
            await self.after_claim()
        return result

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome:
        await self.before_send()
        return await self._world.connector.send(outgoing)

    def relay(self) -> Relay:
        exchange = replace(self._world.exchange, store=self)
        return Relay(exchange, self, lambda: self._world.keys[ME], batch=50, idle=timedelta(seconds=60))


async def _nothing() -> None:
    pass


async def states(world: World) -> dict[Action, tuple[DeliveryState, int]]:
    return {row.action: (row.state, row.attempts) for row in await world.exchange.store.run(DeliveryPageQuery())}


async def test_what_is_claimed_while_the_stop_is_asked_for_is_given_back(either_world):
    await either_world.register()
    stop, watched = StopRequest(), _Watched(either_world)

    async def ask() -> None:
        stop.request()

    watched.after_claim = ask
    await watched.relay().run(stop)
    assert not either_world.connector.sent
    assert set((await states(either_world)).values()) == {(S.RETRY_SCHEDULED, 0)}
    assert await either_world.relay.run_once() == 2  # another node has them at once


async def test_attempts_in_hand_finish_before_the_relay_has_stopped(either_world):
    await either_world.register()
    stop, watched = StopRequest(), _Watched(either_world)
    requested, may_answer = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        stop.request()
        requested.set()
        await may_answer.wait()

    watched.before_send = hold
    running = asyncio.create_task(watched.relay().run(stop))
    await requested.wait()
    assert not running.done()
    may_answer.set()
    await running
    assert {state for state, _ in (await states(either_world)).values()} == {S.ACKNOWLEDGED}


async def test_attempts_that_end_together_share_a_commit_and_each_is_recorded(either_world):
    world = either_world
    for _ in range(8):
        await world.register()
    before = world.exchange.store.commits
    attempts = await world.relay.run_once()
    assert attempts > 8
    assert world.exchange.store.commits - before < attempts / 2
    ended = await world.exchange.store.run(DeliveryPageQuery(state=S.ACKNOWLEDGED))
    assert len(ended) == attempts
    for row in ended:
        answers = [e.fact for e in (await world.case(row.conversation_id)).events if is_receipt(e.fact, row.message_id)]
        assert [fact.recipient for fact in answers] == [row.recipient]


def is_receipt(fact: Fact, message_id: MessageId) -> bool:
    return isinstance(fact, MessageAcknowledged) and fact.acknowledged_message_id == message_id


async def test_poison_holds_its_own_pair_and_nothing_else(either_world):
    """Here the recipient has left the registry; when it is back, what comes to it later does not wait for a person."""
    world = either_world
    before = world.in_force[0].registry
    first, _ = await world.register()
    without = tuple(party for party in before.parties if party.party_id != AKIMAT)
    agreements = tuple(one for one in before.agreements if one.party_id != AKIMAT)
    routes = tuple(route for route in before.routes if route.party_id != AKIMAT)
    await world.apply(replace(before, parties=without, agreements=agreements, routes=routes))
    await world.settle()
    reported = await states(world)
    assert reported[Action.ASSIGN_APPEAL] == (S.DEAD_LETTERED, 1)
    assert reported[Action.NOTIFY_APPLICANT] == (S.ACKNOWLEDGED, 1)
    await world.apply(before)
    second, _ = await world.register()
    await world.settle()
    to_akimat = [m.header.conversation_id for m in world.connector.messages(AKIMAT)]
    assert (first in to_akimat, second in to_akimat) == (False, True)
    assert {m.header.conversation_id for m in world.connector.messages(PLATFORM)} == {first, second}
