"""The page of a delivery names the trace that it belongs to, and leads to where one reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain.people.access import UserRole
from gateway.domain.trace import TraceContext
from gateway.ports.deliveries import DeliveryPageQuery
from tests.integration.console.test_access import a_client
from tests.worlds.console.seat import a_seat, trace_all
from tests.worlds.exchange.world import World, a_world

TRACE = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", sampled=True)
URL = "https://traces.example.kz/trace/{trace_id}?x=1&y=2"
LINK = f'href="https://traces.example.kz/trace/{TRACE.trace_id}?x=1&amp;y=2"'


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


async def page_of_a_delivery(world: World, trace: TraceContext | None, url: str | None) -> str:
    if trace is not None:
        trace_all(world, trace)
    await world.register()
    (row, *_) = await world.exchange.store.run(DeliveryPageQuery(limit=1))
    async with a_seat(world, trace_url=url) as seat, a_client(seat) as client:
        await seat.user("aigerim", UserRole.VIEWER)
        await client.sign_in("aigerim")
        status, text = await client.get(f"/deliveries/{row.delivery_id}")
    assert status == 200
    return text


async def test_it_names_the_trace_and_leads_to_it(world: World):
    page = await page_of_a_delivery(world, TRACE, URL)
    assert f"<code>{TRACE.trace_id}</code>" in page
    assert LINK in page


@pytest.mark.parametrize(("trace", "url"), [(TRACE, None), (replace(TRACE, sampled=False), URL)])
async def test_where_nothing_can_be_read_it_leads_nowhere(world: World, trace: TraceContext, url: str | None):
    page = await page_of_a_delivery(world, trace, url)
    assert f"<code>{TRACE.trace_id}</code>" in page
    assert "traces.example.kz" not in page


async def test_a_delivery_without_a_trace_says_nothing_of_one(world: World):
    assert "Трассировка" not in await page_of_a_delivery(world, None, URL)
