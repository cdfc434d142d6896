"""Places of console and API: who drips is displaced or late, who sends whole is served, and every place comes back."""

import asyncio
from contextlib import ExitStack
from datetime import timedelta

import pytest
from pydantic import ValidationError

from gateway.http.shedding import LoadShedder, pool_limits
from gateway.ports.shedding import Area, Shed, ShedCause
from gateway.settings import Settings

LATE = timedelta(hours=1)


def a_shedder(requests: int = 2, *, deadline: timedelta = LATE) -> LoadShedder:
    return LoadShedder(pool_limits(dict.fromkeys(Area, requests), deadline), seconds=lambda: 0.0)


async def drip(shedder: LoadShedder, area: Area = Area.SIGN_IN) -> ShedCause:
    """A body that never ends; returns why it was shed."""
    try:
        with shedder.admit(area) as slot:
            async with slot.receiving():
                await asyncio.Event().wait()
    except Shed as shed:
        return shed.cause
    raise AssertionError("it ended by itself")


async def dripping(shedder: LoadShedder, count: int, area: Area = Area.SIGN_IN) -> list[asyncio.Task[ShedCause]]:
    tasks = [asyncio.create_task(drip(shedder, area)) for _ in range(count)]
    while shedder.pools[area].in_hand < count:  # noqa: ASYNC110 - the tasks run in the same loop
        await asyncio.sleep(0)
    return tasks


async def test_a_newcomer_displaces_the_body_that_has_been_coming_for_longest():
    shedder = a_shedder(2)
    oldest, newest = await dripping(shedder, 2)
    with shedder.admit(Area.SIGN_IN):
        assert await oldest is ShedCause.DISPLACED
        assert not newest.done()
    newest.cancel()
    await asyncio.gather(newest, return_exceptions=True)

    assert shedder.pools[Area.SIGN_IN].in_hand == 0


async def test_whoever_has_sent_the_whole_body_is_never_displaced():
    shedder = a_shedder(1)
    with shedder.admit(Area.API) as slot:
        async with slot.receiving():
            pass
        with pytest.raises(Shed) as shed, shedder.admit(Area.API):
            pass

    assert (shed.value.cause, shed.value.status) == (ShedCause.FULL, 503)
    assert int(shed.value.headers["Retry-After"]) > 0
    assert shedder.pools[Area.API].shed == {ShedCause.FULL: 1}


async def test_a_body_that_never_ends_is_shed_at_its_deadline_and_its_place_comes_back():
    shedder = a_shedder(3, deadline=timedelta(milliseconds=1))
    causes = await asyncio.gather(*(drip(shedder) for _ in range(3)))

    assert causes == [ShedCause.DEADLINE] * 3
    assert shedder.pools[Area.SIGN_IN].in_hand == 0
    assert shedder.pools[Area.SIGN_IN].shed == {ShedCause.DEADLINE: 3}


async def test_strangers_at_the_sign_in_take_no_place_of_the_console_or_of_the_api():
    shedder = a_shedder(2)
    tasks = await dripping(shedder, 2)
    with ExitStack() as held:
        for area in (Area.CONSOLE, Area.API):
            for _ in range(2):
                held.enter_context(shedder.admit(area))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert [pool.shed.total() for pool in shedder.pools.values()] == [0, 0, 0]


def test_too_large_a_body_is_told_so_and_not_to_come_again():
    shedder = a_shedder()
    with shedder.admit(Area.SIGN_IN) as slot:
        shed = slot.too_large()

    assert (shed.status, "Retry-After" in shed.headers) == (413, False)


def test_settings_whose_pools_together_take_every_connection_are_refused(tmp_path):
    with pytest.raises(ValidationError, match="connections: 684 are too few; the pools have 680 places"):
        Settings(home=tmp_path, console=True, api=True, connections=684)

    assert Settings(home=tmp_path, console=True, api=True).connections == 750
