"""A look at something slow is shared, bounded, and never stale."""

import asyncio
from datetime import timedelta

from gateway.metrics.cached import FRESH_FOR, SHARE, STALE_AFTER, BackgroundProbe

WITHIN = timedelta(seconds=0.02)


class HandClock:
    """A clock that only goes forward when the test moves it, and something to look at."""

    def __init__(self) -> None:
        self.now_s, self.looks, self.took_s = 100.0, 0, 0.0
        self.fails = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def look(self) -> int:
        self.looks += 1
        await self.answers.wait()
        self.now_s += self.took_s
        if self.fails:
            raise OSError(5, "Input/output error")
        return self.looks

    def seldom(self) -> BackgroundProbe[int]:
        return BackgroundProbe(self.look, within=WITHIN, seconds=lambda: self.now_s)


async def test_what_was_seen_is_told_again_for_a_while():
    hand = HandClock()
    seldom = hand.seldom()
    assert [await seldom.latest() for _ in range(3)] == [1, 1, 1]
    hand.now_s += FRESH_FOR.total_seconds()
    assert await seldom.latest() == 2


async def test_a_look_that_took_long_is_not_taken_again_soon():
    hand = HandClock()
    seldom, hand.took_s = hand.seldom(), 1.0
    await seldom.latest()
    hand.now_s += SHARE * hand.took_s - 1
    assert await seldom.latest() == 1
    hand.now_s += 1
    assert await seldom.latest() == 2


async def test_however_long_a_look_takes_nothing_is_told_that_is_too_old():
    hand = HandClock()
    seldom, hand.took_s = hand.seldom(), 100.0
    await seldom.latest()
    hand.now_s += STALE_AFTER.total_seconds()
    assert await seldom.latest() == 2


async def test_what_failed_is_told_as_nothing_and_looked_at_anew_later():
    hand = HandClock()
    seldom, hand.fails = hand.seldom(), True
    assert await seldom.latest() is None
    hand.now_s, hand.fails = hand.now_s + FRESH_FOR.total_seconds(), False
    assert await seldom.latest() == 2


async def test_a_look_that_hangs_is_waited_for_no_longer_than_was_set_and_not_begun_twice():
    hand = HandClock()
    seldom = hand.seldom()
    hand.answers.clear()
    assert [await seldom.latest(), await seldom.latest()] == [None, None]
    assert hand.looks == 1
    hand.answers.set()
    assert await seldom.latest() == 1


async def test_many_who_ask_at_once_share_one_look():
    hand = HandClock()
    seldom = hand.seldom()
    assert await asyncio.gather(*(seldom.latest() for _ in range(5))) == [1] * 5
    assert hand.looks == 1
