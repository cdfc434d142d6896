"""A court that is away for a week, in every way a court can be away, and what its users then see.

The court is a real HTTP server that verifies what it takes and signs what it answers; only the clock is stepped.
"""

import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from connectors.ports.outcome import Outcome
from connectors.soap.push import PushConnector
from connectors.soap.reading import VerifiedDelivery, verify_delivery
from contracts.codec import build_answer
from contracts.header import Action, ConversationId, Header, Message, MessageId
from contracts.operations import Service
from contracts.payloads import ClaimKind, DeliverAnswer, Disagree
from contracts.receipt import Receipt
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery, DeliveryRow, ListAttempts
from gateway.ports.outside import OutgoingEnvelope
from gateway.workers.relay import Relay
from signing.profile.writing import sign_envelope
from tests.worlds.exchange.world import COURT, ME, PLATFORM, World

DAYS = 7
DOSSIERS = 5
LOOK = timedelta(minutes=20)
LONGEST_WAIT = timedelta(hours=1)


@pytest.fixture
def world(either_world):
    """Every sentence here holds over either database."""
    return either_world


@dataclass
class Court:
    """The court's e-filing system. ``away``: how it is away; None when it is there."""

    world: World
    port: int = field(default_factory=unused_port)
    away: str | None = None
    called: int = 0
    taken: dict[MessageId, VerifiedDelivery] = field(default_factory=dict)
    """What it acted on, in that order; a repeat gets its receipt again and acts on nothing."""
    repeats: Counter[MessageId] = field(default_factory=Counter)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/inbox"

    async def inbox(self, request: web.Request) -> web.Response:
        self.called += 1
        envelope = await request.read()
        match self.away:
            case "maintenance":
                return web.Response(status=503, headers={"Retry-After": "86400"}, text="техникалық жұмыстар")
            case "rubbish":
                return web.Response(text="<html>It works!</html>", content_type="text/html")
            case "forgets to answer":
                self.take(envelope)
                request.transport.abort()
                return web.Response()
            case "takes and answers later":
                return web.Response(status=202)
        return web.Response(body=self.take(envelope), content_type="text/xml")

    def take(self, envelope: bytes) -> bytes:
        """Act once on a verified message, sign its receipt."""
        world, now = self.world, self.world.clock.now()
        pinned = world.exchange.directory().pinned
        delivery = verify_delivery(envelope, pinned, me=COURT, exchange=ME, now=now)
        message_id = delivery.header.message_id
        if message_id in self.taken:
            self.repeats[message_id] += 1
        self.taken.setdefault(message_id, delivery)
        header = Header(
            MessageId(str(uuid.uuid4())), delivery.header.conversation_id, message_id, COURT, ME, Action.ANSWER, now
        )
        receipt = DeliverAnswer(Receipt(message_id, delivery.digest, now))
        return sign_envelope(build_answer("Deliver", Message(header, receipt)), world.keys[COURT], now=now)


@dataclass
class HttpCourtNetwork:
    """The court by real HTTP; the other parties, who are not away, by the connector of the other tests."""

    world: World
    to_court: PushConnector
    attempts: Counter[MessageId] = field(default_factory=Counter)

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome:
        if outgoing.party.party_id != COURT:
            return await self.world.connector.send(outgoing)
        self.attempts[outgoing.message_id] += 1
        return await self.to_court.send(outgoing)


@asynccontextmanager
async def listening(court: Court) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_post("/inbox", court.inbox)
    server = TestServer(app, port=court.port)
    await server.start_server()
    try:
        yield
    finally:
        await server.close()


async def connected(world: World, court: Court) -> HttpCourtNetwork:
    """The world with this court in its registry, and a relay that reaches it."""
    registry = world.exchange.directory().registry
    parties = tuple(
        replace(party, endpoint=court.endpoint) if party.party_id == COURT else party for party in registry.parties
    )
    agreements = tuple(
        replace(terms, longest_wait=LONGEST_WAIT, attempt_timeout=timedelta(seconds=5))
        if terms.party_id == COURT
        else terms
        for terms in registry.agreements
    )
    await world.apply(replace(registry, parties=parties, agreements=agreements))
    to_court = PushConnector(world.http, pinned=lambda: world.exchange.directory().pinned, me=ME, clock=world.clock)
    network = HttpCourtNetwork(world, to_court)
    world.relay = Relay(world.exchange, network, lambda: world.keys[ME], batch=50, idle=timedelta(seconds=1))
    return network


async def file_a_dossier(world: World) -> ConversationId:
    """A citizen disagrees with a silent body, and the dossier is due at the court."""
    conversation_id, _ = await world.register()
    await world.settle()
    pressed = Disagree(ClaimKind.CONTEST, "Келіспеймін", world.clock.now(), (), None)
    world.clock.advance(minutes=30)
    await world.term_clock.run_once()
    await world.call(Service.APPEALS, PLATFORM, pressed, conversation_id=conversation_id)
    world.clock.advance(minutes=30)
    await world.term_clock.run_once()
    assert await world.collector.run_once() == 1
    return conversation_id


async def pass_time(world: World, until: datetime) -> None:
    """Look at what is due as the loops do, again and again."""
    while world.clock.now() < until:
        await world.settle()
        world.clock.advance(seconds=LOOK.total_seconds())
        await world.rescuer.run_once()
    await world.settle()


async def to_court(world: World) -> tuple[DeliveryRow, ...]:
    """Deliveries of dossiers, oldest first."""
    return (await world.exchange.store.run(DeliveryPageQuery(recipient=COURT, limit=100)))[::-1]


async def test_every_dossier_reaches_a_court_that_was_away_for_a_week_once_and_in_order(world: World):
    court = Court(world)
    network = await connected(world, court)
    filed = [await file_a_dossier(world) for _ in range(DOSSIERS)]

    gone_since = world.clock.now()
    await pass_time(world, gone_since + timedelta(days=3))  # nobody listens: connection refused
    async with listening(court):
        for way in ("maintenance", "rubbish", "takes and answers later", "forgets to answer"):
            court.away = way
            await pass_time(world, world.clock.now() + timedelta(days=1))
        assert world.clock.now() - gone_since >= timedelta(days=DAYS)
        assert {row.state for row in await to_court(world)}.isdisjoint({DeliveryState.ACKNOWLEDGED})
        court.away = None
        await pass_time(world, world.clock.now() + 2 * LONGEST_WAIT)

    rows = await to_court(world)
    assert [row.state for row in rows] == [DeliveryState.ACKNOWLEDGED] * DOSSIERS
    assert sorted(court.taken) == sorted(row.message_id for row in rows)  # each once, and nothing else
    dossiers = [delivery.header.conversation_id for delivery in court.taken.values()]
    assert dossiers == filed  # the longest waiting first
    for row in rows:
        attempts = await world.exchange.store.run(ListAttempts(row.delivery_id))
        assert len(attempts) == row.attempts == network.attempts[row.message_id]  # the log shows every attempt
        assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1))
        assert attempts[-1].outcome == "Acknowledged"
        assert all(attempt.detail for attempt in attempts[:-1] if attempt.outcome in {"Deferred", "Unknown"})
    outcomes = {
        attempt.outcome for row in rows for attempt in await world.exchange.store.run(ListAttempts(row.delivery_id))
    }
    assert outcomes == {"Deferred", "Unknown", "Delivered", "Acknowledged"}
