"""The overview over HTTP: each figure is the count of exactly the list that it leads to."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.console.flow import FLOW, Flow
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.ports.deliveries import DeliveryPageQuery
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.integration.console.test_deliveries import stuck, unregistered
from tests.worlds.console.seat import Seat
from tests.worlds.console.tour import a_bad_day
from tests.worlds.exchange.world import AKIMAT

LINK = re.compile(r'<a href="/console(/(?:deliveries|terms)\?[^"]+)"><b>(\d+)</b>')
CELL = re.compile(r'<td class="n"[^>]*><a href="/console(/deliveries\?[^"]+)">(\d+)</a>')
ROW = re.compile(r'<th scope="row" class="(?:n|whole)"><a')


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        await seat.user("zarina", UserRole.VIEWER)
        yield made


async def overview(client: ConsoleClient) -> str:
    """As somebody sees it who signs in now."""
    await client.sign_in("zarina")
    await client.get("/language?to=en&back=/console/")
    return (await client.get("/"))[1]


async def rows_of(client: ConsoleClient, path: str) -> int:
    """Of all pages of a list."""
    count = 0
    while path:
        _, text = await client.get(path)
        if text.startswith("/console/deliveries/"):  # the only one that fits is shown at once
            return 1
        count += len(ROW.findall(text.partition("<tbody>")[2]))
        onward = re.search(r'rel="next" href="/console([^"]+)"', text)
        path = html.unescape(onward[1]) if onward else ""
    return count


async def test_each_figure_is_the_count_of_the_list_that_it_leads_to(client: ConsoleClient):
    await a_bad_day(client.seat)
    text = await overview(client)
    figures = [(html.unescape(path), int(count)) for path, count in (*LINK.findall(text), *CELL.findall(text))]
    assert len(figures) >= 13
    assert {path: await rows_of(client, path) for path, _ in figures} == dict(figures)
    assert sum(count > 0 for _, count in figures) >= 8


async def test_what_was_answered_is_drawn_over_the_hour_and_the_day_and_told_as_a_table(client: ConsoleClient):
    await a_bad_day(client.seat)
    acknowledged = await client.seat.world.exchange.store.run(
        DeliveryPageQuery(state=DeliveryState.ACKNOWLEDGED, limit=500)
    )
    text = await overview(client)
    assert text.count("<svg") == 4
    assert text.count('role="img"') == 4
    assert "style=" not in text
    hour, day = client.seat.app[FLOW]._drawn
    assert (len(hour.parts), len(day.parts)) == (12, 24)
    now = client.seat.world.clock.now()
    assert hour.whole.acknowledged == sum(row.finished_at > now - timedelta(minutes=59) for row in acknowledged)
    for drawn in (hour, day):
        assert sum(part.acknowledged for part in drawn.parts) == drawn.whole.acknowledged
        assert drawn.whole.half_within <= drawn.whole.most_within
        assert drawn.parts[0].start == drawn.whole.start <= now < drawn.whole.end == drawn.parts[-1].end


async def test_stretches_that_are_over_are_not_counted_again_and_the_newest_are(client: ConsoleClient):
    world = client.seat.world
    requested = []

    class Reads:
        async def run(self, operation):
            requested.append(operation.period)
            return await world.exchange.store.run(operation)

    flow = Flow(Reads(), world.clock)
    await world.register()
    await world.settle()
    first = (await flow.current())[1].whole.acknowledged
    assert 24 <= len(requested) <= 26
    requested.clear()
    world.clock.advance(minutes=20)
    await world.register()
    await world.settle()
    assert (await flow.current())[1].whole.acknowledged == first  # at most once in a while
    flow.forget()
    assert (await flow.current())[1].whole.acknowledged == 2 * first
    assert 1 <= len(requested) <= 2
    world.clock.advance(hours=26)
    flow.forget()
    assert [drawn.whole.count for drawn in await flow.current()] == [0, 0]


async def test_whoever_is_no_party_any_more_is_told_first_with_what_waits_for_it(client: ConsoleClient):
    await stuck(client.seat)
    await unregistered(client.seat)
    text = await overview(client)
    strip = text[text.index('id="parties"') :]
    assert f'<th scope="row">{AKIMAT}</th>' in strip
    assert "not in the registry" in strip


async def test_the_unsealed_ledger_leads_to_the_ledger_once_there_is_a_page_of_it(client: ConsoleClient):
    text = await overview(client)
    assert "age of the oldest record without a seal" in text
