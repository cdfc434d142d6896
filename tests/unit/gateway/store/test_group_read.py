"""Group read: who asks together is answered together, a lone caller waits for nobody, and nobody gets an old answer."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from gateway.store.engine.group_read import MOST_PER_READ, GroupRead

ENDLESS = timedelta(minutes=10)
A_MOMENT = timedelta(milliseconds=1)


class Shelf:
    """What is read, and which keys were read together. ``open``: reads answer only then."""

    def __init__(self, **values: int) -> None:
        self.values = dict(values)
        self.reads: list[Sequence[str]] = []
        self.begun, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()

    async def read(self, keys: Sequence[str]) -> dict[str, int]:
        self.reads.append(keys)
        self.begun.set()
        found = {key: self.values[key] for key in keys if key in self.values}
        await self.open.wait()
        if self.values.get("broken"):
            raise OSError("the shelf fell")
        return found


async def test_a_lone_caller_waits_for_nobody():
    shelf = Shelf(a=1, b=2)
    group = GroupRead(shelf.read, window=ENDLESS)
    assert [await group.of("a"), await group.of("b"), await group.of("absent")] == [1, 2, None]
    assert shelf.reads == [["a"], ["b"], ["absent"]]


async def test_of_many_callers_the_first_goes_at_once_and_the_others_together():
    shelf = Shelf(**{f"k{n}": n for n in range(50)})
    group = GroupRead(shelf.read, window=A_MOMENT)
    assert await asyncio.gather(*(group.of(f"k{n}") for n in range(50))) == list(range(50))
    assert shelf.reads == [["k0"], [f"k{n}" for n in range(1, 50)]]


async def test_a_key_that_many_ask_for_is_read_once_for_all():
    shelf = Shelf(a=1, b=2)
    group = GroupRead(shelf.read, window=A_MOMENT)
    assert await asyncio.gather(*(group.of(key) for key in "abbbb")) == [1, 2, 2, 2, 2]
    assert shelf.reads == [["a"], ["b"]]


async def test_no_group_is_larger_than_the_limit_and_a_full_one_waits_for_no_window():
    shelf = Shelf()
    group = GroupRead(shelf.read, window=ENDLESS)
    requested = (group.of(f"k{n}") for n in range(1 + 2 * MOST_PER_READ))
    assert await asyncio.gather(*requested) == [None] * (1 + 2 * MOST_PER_READ)
    assert [len(keys) for keys in shelf.reads] == [1, MOST_PER_READ, MOST_PER_READ]


async def test_who_asks_while_a_read_runs_is_not_answered_from_it():
    shelf = Shelf(a=1)
    group = GroupRead(shelf.read, window=A_MOMENT)
    shelf.open.clear()
    early = asyncio.create_task(group.of("a"))
    await shelf.begun.wait()
    shelf.values["a"] = 2
    late = asyncio.create_task(group.of("a"))
    await asyncio.sleep(0)
    shelf.open.set()
    assert [await early, await late] == [1, 2]


async def test_a_read_that_fails_fails_for_each_of_its_group_and_for_nobody_after():
    shelf = Shelf(a=1, broken=1)
    group = GroupRead(shelf.read, window=A_MOMENT)
    results = await asyncio.gather(*(group.of(key) for key in "abc"), return_exceptions=True)
    assert [str(result) for result in results] == ["the shelf fell"] * 3
    shelf.values.pop("broken")
    assert await group.of("a") == 1


async def test_a_cancelled_caller_does_not_disturb_the_others():
    shelf = Shelf(a=1, b=2, c=3)
    group = GroupRead(shelf.read, window=A_MOMENT)
    shelf.open.clear()
    requested = [asyncio.create_task(group.of(key)) for key in "abc"]
    await asyncio.sleep(0)
    requested[1].cancel()
    shelf.open.set()
    assert [await requested[0], await requested[2]] == [1, 3]
    with pytest.raises(asyncio.CancelledError):
        await requested[1]


async def test_when_the_loop_ends_nobody_is_left_waiting():
    shelf = Shelf(a=1)
    group = GroupRead(shelf.read, window=A_MOMENT)
    shelf.open.clear()
    requested = asyncio.create_task(group.of("a"))
    await shelf.begun.wait()
    (reading,) = (task for task in asyncio.all_tasks() if task not in {requested, asyncio.current_task()})
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await requested
