"""Places of console and API: who drips is displaced or late, who sends whole is served, and every place comes back."""

import asyncio
from contextlib import ExitStack
from datetime import timedelta

import pytest
from pydantic import ValidationError

from gateway.config.settings import Settings
from gateway.http.request_pools import RequestPools, pool_limits
from gateway.ports.request_pools import Area, PoolCause, Shed

LATE = timedelta(hours=1)


def some_pools(requests: int = 2, *, deadline: timedelta = LATE) -> RequestPools:
    return RequestPools(pool_limits(dict.fromkeys(Area, requests), deadline), seconds=lambda: 0.0)


async def drip(pools: RequestPools, area: Area = Area.SIGN_IN) -> PoolCause:
    """A body that never ends; returns why it was shed."""
    try:
        with pools.admit(area) as slot:
            async with slot.receiving():
                await asyncio.Event().wait()
    except Shed as shed:
        return shed.cause
    raise AssertionError("it ended by itself")


async def dripping(pools: RequestPools, count: int, area: Area = Area.SIGN_IN) -> list[asyncio.Task[PoolCause]]:
    tasks = [asyncio.create_task(drip(pools, area)) for _ in range(count)]
    while pools.pools[area].in_hand < count:  # noqa: ASYNC110 - the tasks run in the same loop
        await asyncio.sleep(0)
    return tasks


async def test_a_newcomer_displaces_the_body_that_has_been_coming_for_longest():
    pools = some_pools(2)
    oldest, newest = await dripping(pools, 2)
    with pools.admit(Area.SIGN_IN):
        assert await oldest is PoolCause.DISPLACED
        assert not newest.done()
    newest.cancel()
    await asyncio.gather(newest, return_exceptions=True)

    assert pools.pools[Area.SIGN_IN].in_hand == 0


async def test_whoever_has_sent_the_whole_body_is_never_displaced():
    pools = some_pools(1)
    with pools.admit(Area.API) as slot:
        async with slot.receiving():
            pass
        with pytest.raises(Shed) as shed, pools.admit(Area.API):
            pass

    assert (shed.value.cause, shed.value.status) == (PoolCause.FULL, 503)
    assert int(shed.value.headers["Retry-After"]) > 0
    assert pools.pools[Area.API].shed == {PoolCause.FULL: 1}


async def test_a_body_that_never_ends_is_shed_at_its_deadline_and_its_place_comes_back():
    pools = some_pools(3, deadline=timedelta(milliseconds=1))
    causes = await asyncio.gather(*(drip(pools) for _ in range(3)))

    assert causes == [PoolCause.DEADLINE] * 3
    assert pools.pools[Area.SIGN_IN].in_hand == 0
    assert pools.pools[Area.SIGN_IN].shed == {PoolCause.DEADLINE: 3}


async def test_strangers_at_the_sign_in_take_no_place_of_the_console_or_of_the_api():
    pools = some_pools(2)
    tasks = await dripping(pools, 2)
    with ExitStack() as held:
        for area in (Area.CONSOLE, Area.API):
            for _ in range(2):
                held.enter_context(pools.admit(area))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert [pool.shed.total() for pool in pools.pools.values()] == [0, 0, 0]


def test_too_large_a_body_is_told_so_and_not_to_come_again():
    pools = some_pools()
    with pools.admit(Area.SIGN_IN) as slot:
        shed = slot.too_large()

    assert (shed.status, "Retry-After" in shed.headers) == (413, False)


def test_settings_whose_pools_together_take_every_connection_are_refused(tmp_path):
    with pytest.raises(ValidationError, match="connections: 684 are too few; the pools have 680 places"):
        Settings(home=tmp_path, console=True, api=True, connections=684)

    assert Settings(home=tmp_path, console=True, api=True).connections == 750
