"""What all lists of the console have alike: views that people save, a file, and one grammar of filters."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest

from gateway.domain.people.access import Right, UserRole, authorise
from gateway.lists.all import LISTS
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.worlds.console.seat import Seat

REFUSED = {
    "en": "Nothing is listed: the list does not know what the address says of:",
    "ru": "Ничего не показано: список не знает того, что сказано в адресе о поле:",
    "kk": "Ештеңе көрсетілмеді: мекенжайдағы мына мәнді тізім танымайды:",
}


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as one:
        yield one


async def signed_in(client: ConsoleClient) -> None:
    """As somebody who may see every list and take it away."""
    assert all(authorise(UserRole.ADMIN, one).is_allowed for one in (Right.EXPORT, *(one.right for one in LISTS)))
    await client.sign_in(await client.seat.user("dana", UserRole.ADMIN))
    await client.get("/language?to=en&back=/console/")


async def test_a_view_of_any_list_is_saved_found_again_and_removed(client: ConsoleClient):
    await signed_in(client)
    for listing in LISTS:
        await client.get(listing.path)
        saved = await client.post(f"{listing.path}/_views", name="a few", query="limit=7", shared="1")
        assert saved == (303, f"/console{listing.path}?limit=7")
        _, text = await client.get(f"{listing.path}?limit=7")
        assert "<small>a few</small>" in text
        _, text = await client.get(f"{listing.path}/_views")
        assert f'href="/console{listing.path}?limit=7"' in text
        (remove,) = re.findall(r'action="/console([^"]+/remove)"', text)
        assert await client.post(remove) == (303, f"/console{listing.path}/_views")
        assert ">a few</a>" not in (await client.get(listing.path))[1]


async def test_any_list_refuses_what_it_does_not_know_and_names_it(client: ConsoleClient):
    await signed_in(client)
    for listing in LISTS:
        query = "limit=x&unheard-of=1"
        for language, words in REFUSED.items():
            await client.get(f"/language?to={language}&back=/console/")
            status, text = await client.get(f"{listing.path}?{query}")
            assert status == 400, listing.key
            assert words in text, listing.key
            assert "<b>limit</b>" in text
            assert "<b>unheard-of</b>" in text
        assert (await client.get(f"{listing.path}.csv?{query}"))[0] == 400
        assert (await client.post(f"{listing.path}/_views", name="x", query=query))[0] == 400


async def test_any_list_is_taken_away_as_a_file(client: ConsoleClient):
    await signed_in(client)
    for listing in LISTS:
        status, text = await client.get(f"{listing.path}.csv")
        assert (status, text.lstrip("\ufeff").splitlines()[0].split(",")) == (200, list(listing.headings))


async def test_a_heading_turns_the_order_round_and_pages_follow_it(client: ConsoleClient):
    await signed_in(client)
    for number in range(3):
        await client.seat.user(f"user-{number}", UserRole.VIEWER)
    newest, oldest = [
        [row["entry"] for row in csv.DictReader(io.StringIO((await client.get(path))[1].lstrip("\ufeff")))]
        for path in ("/audit.csv", "/audit.csv?order=oldest")
    ]
    assert len(newest) > 3
    assert oldest == newest[::-1]
    _, text = await client.get("/audit?limit=3")
    assert 'aria-sort="descending"><a href="/console/audit?limit=3&amp;order=oldest">When</a>' in text
    _, text = await client.get("/audit?limit=3&order=oldest")
    assert 'aria-sort="ascending"' in text
    assert f'href="/console/audit?limit=3&amp;order=oldest&amp;after={oldest[2]}"' in text
    _, text = await client.get(f"/audit.csv?limit=3&order=oldest&after={oldest[2]}")
    assert [row["entry"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))] == oldest[3:]
