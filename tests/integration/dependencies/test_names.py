"""A resolver that fails, hangs or comes back: whom we have reached before we go on reaching."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from connectors.soap.push import PushConnector
from connectors.soap.session import CachingResolver
from gateway.domain.delivery.states import DeliveryState
from gateway.workers.relay import Relay
from tests.integration.dependencies.conftest import PeeredExchange
from tests.integration.dependencies.test_peers import move_agency
from tests.worlds.exchange.world import AKIMAT, ME

SOON = timedelta(milliseconds=50)


class Resolver(AbstractResolver):
    """Says that every name is this machine, unless it ``fails``, or for names in ``hangs`` never says anything."""

    def __init__(self) -> None:
        self.fails = False
        self.hangs: set[str] = set()
        self.requests: list[str] = []

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - the signature of all resolvers
    ) -> list[ResolveResult]:
        self.requests.append(host)
        if self.fails:
            raise OSError(None, "Temporary failure in name resolution")
        if host in self.hangs:
            await asyncio.Event().wait()
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing to let go of."""


class LeapingSeconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def inner() -> Resolver:
    return Resolver()


@pytest.fixture
def seconds() -> LeapingSeconds:
    return LeapingSeconds()


@pytest.fixture
async def names(inner: Resolver, seconds: LeapingSeconds):
    resolver = CachingResolver(inner, seconds=seconds, within=SOON, remembered=timedelta(hours=24))
    yield resolver
    await resolver.close()


async def test_a_name_known_from_before_holds_while_the_resolver_fails_but_not_for_ever(names, inner, seconds):
    known = await names.resolve("akimat.example", 443)
    inner.fails = True

    assert await names.resolve("akimat.example", 443) == known
    seconds.now = 24 * 3600.0 + 1
    with pytest.raises(OSError, match="name resolution"):
        await names.resolve("akimat.example", 443)


async def test_a_name_never_known_fails_while_the_resolver_fails_and_is_found_when_it_is_back(names, inner):
    inner.fails = True
    with pytest.raises(OSError, match="name resolution"):
        await names.resolve("court.example")

    inner.fails = False
    assert (await names.resolve("court.example"))[0]["host"] == "127.0.0.1"


async def test_a_look_up_that_hangs_is_not_begun_a_second_time(names, inner):
    inner.hangs.add("slow.example")
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await names.resolve("slow.example")

    assert inner.requests == ["slow.example"]


async def test_deliveries_go_on_to_names_known_before_and_to_others_once_names_are_found_again(
    among: PeeredExchange, inner
):
    resolver = CachingResolver(inner, seconds=LeapingSeconds(), within=SOON)
    connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False)
    port = among.agency.endpoint.rpartition(":")[2]
    await move_agency(among, f"http://akimat.example:{port}")
    async with aiohttp.ClientSession(connector=connector) as session:
        push = PushConnector(session, pinned=lambda: among.world.in_force[0].pinned, me=ME, clock=among.world.clock)
        among.relay = Relay(
            among.world.exchange, push, lambda: among.world.keys[ME], batch=50, idle=timedelta(seconds=1)
        )
        inner.fails = True
        await among.world.register()
        await among.relay.run_once()
        unknown = (await among.deliveries())[AKIMAT].state
        inner.fails = False
        await among.until_acknowledged()
        inner.fails = True
        await among.world.register()
        await among.relay.run_once()

    assert unknown is DeliveryState.RETRY_SCHEDULED
    assert (await among.deliveries())[AKIMAT].state is DeliveryState.ACKNOWLEDGED
