"""Going on in groups: when enough wait, or after a moment; a lone caller waits for nobody."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from gateway.workers.batcher import Batcher

LONG = timedelta(hours=1)


async def test_a_lone_caller_waits_for_nobody():
    for enough in (0, 1):
        alone = asyncio.create_task(Batcher(LONG, lambda enough=enough: enough).wait())
        await asyncio.sleep(0)
        assert alone.done()


async def test_callers_go_on_when_enough_of_them_wait():
    batcher = Batcher(LONG, lambda: 3)
    first, second = (asyncio.create_task(batcher.wait()) for _ in range(2))
    await asyncio.sleep(0)
    assert not first.done()
    await batcher.wait()
    await asyncio.gather(first, second)


async def test_callers_go_on_after_a_moment_however_few_they_are():
    batcher = Batcher(timedelta(milliseconds=1), lambda: 3)
    waiting = [asyncio.create_task(batcher.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    await asyncio.gather(*waiting)


async def test_the_next_group_gathers_anew():
    batcher = Batcher(LONG, lambda: 2)
    await asyncio.gather(batcher.wait(), batcher.wait())
    third = asyncio.create_task(batcher.wait())
    await asyncio.sleep(0)
    assert not third.done()
    await batcher.wait()
    await third


async def test_one_that_is_cancelled_takes_nobody_with_it():
    batcher = Batcher(timedelta(milliseconds=1), lambda: 3)
    gone, stays = (asyncio.create_task(batcher.wait()) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert gone.cancelled()
