"""The console over a whole exchange on loopback, and users to sign in as."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from argon2 import PasswordHasher

from connectors.ports.outcome import Outcome, Transmission, Unknown
from connectors.soap.probe import SoapProber
from gateway.console.app import console_app
from gateway.console.context import PREFIX, ConsoleContext
from gateway.domain.people.access import UserRole
from gateway.domain.trace import TraceContext
from gateway.http.request_pools import RequestPools, pool_limits
from gateway.ports.outside import OutgoingEnvelope
from gateway.ports.people.users import AddUser
from gateway.ports.request_pools import Area
from gateway.ports.tracing import NoTracer
from gateway.reading.counts import CountCache
from gateway.reading.parties import Figures
from gateway.service.people.login import LoginService
from gateway.service.people.oidc import OidcLogin
from tests.worlds.console.appeals_day import PERSON_KEY
from tests.worlds.console.vitals import SteadyVitals, well
from tests.worlds.exchange.world import AKIMAT, World

PASSWORD: Final = "жеті рет өлшеп бір рет кес"
HASH: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
"""A weak one on purpose: what it takes to judge it stands in it, and no test waits for that."""


class ConsoleNetwork:
    """The akimat is away until it is back; everybody else answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.is_away = True

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome:
        if self.is_away and outgoing.party.party_id == AKIMAT:
            return Unknown("connection refused: the akimat's gateway is down", Transmission(outgoing.envelope))
        return await self._world.connector.send(outgoing)


@dataclass
class Seat:
    """``url``: of the console, without a slash at its end. ``app``: what is mounted there."""

    world: World
    url: str
    woken: list[bool]
    app: web.Application
    vitals: SteadyVitals

    async def user(self, name: str, role: UserRole) -> str:
        """A user with the common password; returns the name."""
        added = AddUser(name, role, HASH, "test", self.world.clock.now())
        assert await self.world.exchange.store.run(added) is None
        return name

    async def audit(self, act: str) -> list[tuple[str, str, str, str]]:
        """Who, on what, why, with what result."""
        from sqlalchemy import select

        from gateway.store.tables import audit_log as log

        columns = (log.c.by, log.c.subject, log.c.reason, log.c.result)
        statement = select(*columns).where(log.c.act == act).order_by(log.c.audit_id)
        return await self.world.exchange.store.read(lambda c: [tuple(row) for row in c.execute(statement)])

    async def accesses(self) -> list[tuple[str, str, str]]:
        """Who read what of what."""
        from sqlalchemy import select

        from gateway.store.tables import accesses as log

        statement = select(log.c.reader, log.c.what, log.c.subject).order_by(log.c.access_id)
        return await self.world.exchange.store.read(lambda c: [tuple(row) for row in c.execute(statement)])


class InOneTrace(NoTracer):
    """All that happens goes on with it."""

    def __init__(self, trace: TraceContext) -> None:
        self._trace = trace

    def here(self) -> TraceContext:
        return self._trace


def trace_all(world: World, trace: TraceContext) -> None:
    """From here on."""
    object.__setattr__(world.exchange, "tracer", InOneTrace(trace))


@asynccontextmanager
async def a_seat(
    world: World,
    *,
    is_secure: bool = False,
    elsewhere: Callable[[str], OidcLogin] | None = None,
    takes_passwords: bool = True,
    trace_url: str | None = None,
    pools: RequestPools | None = None,
) -> AsyncIterator[Seat]:
    """The console of this world on a port of its own. ``elsewhere``: made for the console's address."""
    port = unused_port()
    store, woken, prober = world.exchange.store, [], SoapProber(world.http, seconds=time.monotonic)
    vitals = SteadyVitals(well(world.clock.now()))
    counts = CountCache(store, world.clock)
    context = ConsoleContext(
        exchange=world.exchange,
        reads=store,
        login=LoginService(store, world.clock, takes_passwords=takes_passwords),
        counts=counts,
        figures=Figures(store, counts, world.exchange.directory, world.clock),
        prober=prober,
        wake=lambda: woken.append(True),
        leaving=lambda: False,
        is_secure=is_secure,
        pools=pools or RequestPools(pool_limits(dict.fromkeys(Area, 100), timedelta(seconds=10))),
        most_streams=50,
        anchors=lambda: (world.anchor,),
        persons=PERSON_KEY,
        seal_key=lambda: world.seal,
        oidc_login=elsewhere and elsewhere(f"http://127.0.0.1:{port}{PREFIX}"),
        trace_url=trace_url,
        vitals=vitals,
    )
    app = web.Application()
    app.add_subapp(PREFIX, mounted := console_app(context))
    server = TestServer(app, port=port)
    await server.start_server()
    try:
        yield Seat(world, str(server.make_url(PREFIX)), woken, mounted, vitals)
    finally:
        prober.close()
        await server.close()
