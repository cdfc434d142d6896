"""Two relays and a party that falls silent: what the others notice of it. Only the clock is stepped; nobody sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from connectors.ports.outcome import Outcome, Transmission, Unknown
from contracts.party import Agreement
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery, DeliveryRow, ListCircuits, ListEscalations
from gateway.ports.outside import OutgoingEnvelope
from gateway.workers.escalator import Escalator
from gateway.workers.loop import StopRequest
from gateway.workers.relay import Relay
from tests.worlds.exchange.world import AKIMAT, ME, PLATFORM, World

S = DeliveryState
APPEALS = 12
TERMS = Agreement(AKIMAT)


class _Network:
    """The akimat takes connections and says nothing, until its callers give up; everybody else answers at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.is_silent = True
        self.called = 0
        self.give_up = asyncio.Event()

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome:
        if outgoing.party.party_id != AKIMAT:
            return await self._world.connector.send(outgoing)
        self.called += 1
        if self.is_silent:
            await self.give_up.wait()
            return Unknown("no answer", Transmission(outgoing.envelope))
        return await self._world.connector.send(outgoing)


class _Running:
    """Two relays on one database, as on two machines."""

    def __init__(self, world: World, network: _Network) -> None:
        self.world, self.stop = world, StopRequest()
        self.relays = [
            Relay(world.exchange, network, lambda: world.keys[ME], batch=50, idle=timedelta(milliseconds=20))
            for _ in range(2)
        ]

    async def __aenter__(self) -> _Running:
        self.tasks = [asyncio.create_task(relay.run(self.stop)) for relay in self.relays]
        return self

    async def __aexit__(self, *failed: object) -> None:
        self.stop.request()
        await asyncio.gather(*self.tasks)

    async def until(self, count: int, state: DeliveryState, *parties: str) -> list[DeliveryRow]:
        """Wait until so many deliveries to these parties are in ``state``; the relays are rung each time."""
        async with asyncio.timeout(60):
            while True:
                for relay in self.relays:
                    relay.wake_event.ring()
                rows = [row for row in await deliveries(self.world) if row.recipient in parties and row.state is state]
                if len(rows) >= count:
                    return rows


async def deliveries(world: World) -> Sequence[DeliveryRow]:
    return await world.exchange.store.run(DeliveryPageQuery(limit=1000))


async def circuit_of_the_akimat(world: World) -> CircuitState:
    states = {one.party_id: one.state for one in await world.exchange.store.run(ListCircuits())}
    return states.get(AKIMAT, CircuitState.CLOSED)


async def test_a_silent_party_costs_the_others_nothing(either_world: World):
    world, network = either_world, _Network(either_world)
    async with _Running(world, network) as running:
        for _ in range(APPEALS):
            await world.register()
        await running.until(APPEALS, S.ACKNOWLEDGED, PLATFORM)  # while the akimat holds all that call it
        held = await running.until(TERMS.most_at_once, S.IN_FLIGHT, AKIMAT)
        assert len(held) == network.called == TERMS.most_at_once  # of both relays together

        network.give_up.set()
        await running.until(TERMS.most_at_once, S.RETRY_SCHEDULED, AKIMAT)
        assert await circuit_of_the_akimat(world) is CircuitState.OPEN

        for _ in range(APPEALS):
            await world.register()
        await running.until(2 * APPEALS, S.ACKNOWLEDGED, PLATFORM)
        assert network.called == TERMS.most_at_once  # left alone: not one attempt more, by either relay

        world.clock.advance(seconds=TERMS.breaker_rest.total_seconds())
        await running.until(1, S.RETRY_SCHEDULED, AKIMAT)
        network.is_silent = False
        world.clock.advance(minutes=20)
        rows = await running.until(2 * APPEALS, S.ACKNOWLEDGED, AKIMAT)

    assert await circuit_of_the_akimat(world) is CircuitState.CLOSED
    assert len(rows) == 2 * APPEALS
    assert network.called <= TERMS.most_at_once + 1 + 2 * APPEALS  # one probe in vain at most


async def test_people_are_told_of_what_waits_and_each_step_once(either_world: World):
    world = either_world
    await world.register()
    escalator = Escalator(world.exchange)
    waiting = [row.delivery_id for row in await deliveries(world) if row.state is S.PENDING]
    taken = []
    for hours in (0, 1, 0, 23, 48, 100):
        world.clock.advance(hours=hours)
        taken.append(await escalator.run_once())
    assert taken == [0, len(waiting), 0, len(waiting), len(waiting), 0]
    steps = await world.exchange.store.run(ListEscalations(waiting[0]))
    assert [one.step.value for one in steps] == ["warn", "alarm", "page"]
