from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.sandbox import PartyFile
from connectors.soap.client import SoapClient
from connectors.soap.push import PushConnector
from contracts.party import PartyId
from tests.worlds.parties.tiny_exchange import TinyExchange
from tests.worlds.parties.world import EXCHANGE, KINDS, Ids, WorldClock, key_of, pinned


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def exchange() -> AsyncIterator[TinyExchange]:
    async with TinyExchange().running() as exchange:
        yield exchange


@pytest.fixture
def push(session: aiohttp.ClientSession) -> PushConnector:
    return PushConnector(session, pinned=lambda: pinned(*KINDS), me=EXCHANGE, clock=WorldClock())


@pytest.fixture
def client(session: aiohttp.ClientSession, exchange: TinyExchange) -> SoapClient:
    return client_of("akimat-almaty", session, exchange.url)


def client_of(party_id: str, session: aiohttp.ClientSession, url: str) -> SoapClient:
    return SoapClient(
        session,
        me=PartyId(party_id),
        key=key_of(party_id),
        peer=EXCHANGE,
        peer_certificates=pinned(EXCHANGE),
        base_url=url,
        clock=WorldClock(),
        ids=Ids(),
    )


class Panel:
    """The control port of a simulated party."""

    def __init__(self, session: aiohttp.ClientSession, file: PartyFile) -> None:
        self._session = session
        self._url = f"http://127.0.0.1:{file.control_port}/control"

    async def get(self, what: str, **query: str) -> dict:
        async with self._session.get(f"{self._url}/{what}", params=query) as answer:
            return await answer.json()

    async def post(self, what: str, **entry: object) -> tuple[int, dict]:
        async with self._session.post(f"{self._url}/{what}", json=entry) as answer:
            return answer.status, await answer.json()
