"""An exchange whose parties are peers on real sockets, each straight until a test bends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from connectors.soap.push import PushConnector
from connectors.soap.session import open_session
from contracts.party import Channel, PartyId, Registry
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery, DeliveryRow
from gateway.workers.relay import Relay
from tests.simulators.bent_peer import BentPeer
from tests.worlds.exchange.world import AKIMAT, ME, PLATFORM, World, a_world

ATTEMPT = timedelta(seconds=1)
"""As agreed with the agency: long for loopback, short for a test."""


@dataclass
class PeeredExchange:
    """An exchange among peers. ``agency`` is the one to bend, ``platform`` stays straight."""

    world: World
    relay: Relay
    agency: BentPeer
    platform: BentPeer

    async def deliveries(self) -> dict[PartyId, DeliveryRow]:
        """The newest delivery to each."""
        rows = await self.world.exchange.store.run(DeliveryPageQuery())
        return {row.recipient: row for row in reversed(rows)}

    async def until_acknowledged(self) -> None:
        """Let time pass, as long as it takes the retries; every look is one attempt at most."""
        for _ in range(12):
            self.world.clock.advance(minutes=20)
            await self.world.rescuer.run_once()
            while await self.relay.run_once():
                pass
            if all(
                row.state is DeliveryState.ACKNOWLEDGED
                for row in await self.world.exchange.store.run(DeliveryPageQuery())
            ):
                return
        raise AssertionError([(row.recipient, row.state, row.detail) for row in (await self.deliveries()).values()])


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture
async def among(tmp_path) -> AsyncIterator[PeeredExchange]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(a_world(tmp_path))
        peers = {
            party: await stack.enter_async_context(BentPeer(world.keys[party], party, world.clock.now).listening())
            for party in (AKIMAT, PLATFORM)
        }
        await world.apply(_reached_at(world.in_force[0].registry, {party: peers[party].endpoint for party in peers}))
        session = await stack.enter_async_context(open_session())
        push = PushConnector(session, pinned=lambda: world.in_force[0].pinned, me=ME, clock=world.clock)
        relay = Relay(world.exchange, push, lambda: world.keys[ME], batch=50, idle=timedelta(seconds=1))
        yield PeeredExchange(world, relay, peers[AKIMAT], peers[PLATFORM])


def _reached_at(registry: Registry, endpoints: dict[PartyId, str]) -> Registry:
    parties = tuple(
        replace(party, channel=Channel.PUSH, endpoint=endpoints[party.party_id])
        if party.party_id in endpoints
        else party
        for party in registry.parties
    )
    agreements = tuple(
        replace(agreement, attempt_timeout=ATTEMPT) if agreement.party_id == AKIMAT else agreement
        for agreement in registry.agreements
    )
    return replace(registry, parties=parties, agreements=agreements)
