"""How a node goes: in order when told once, at once when told twice or when it takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.http.farewell import Farewell, NodeLeaving
from gateway.workers.bell import Bell
from gateway.workers.departure import Departure, run_until_told
from gateway.workers.loop import Stop, keep_doing

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(0)


class Node:
    """Loops that end when ``finished``, and a door that closes when ``quiet``; what happened, in order."""

    def __init__(self, *, notice: timedelta = AT_ONCE, within: timedelta = HOUR) -> None:
        self.stop = Stop()
        self.finished, self.quiet, self.said = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.happened: list[str] = []
        self._departure = Departure(self._say, self._close, notice, within)

    async def run(self) -> None:
        await run_until_told(self._loops(), self.stop, self._departure)
        self.happened.append("left")

    def _say(self) -> None:
        self.happened.append("said")
        self.said.set()

    async def _close(self) -> None:
        await self.quiet.wait()
        self.happened.append("closed")

    async def _loops(self) -> None:
        await self.finished.wait()
        self.happened.append("finished")


async def test_told_once_it_says_so_closes_its_door_and_finishes_what_it_has_in_hand():
    node = Node()
    running = asyncio.create_task(node.run())
    node.stop.ask()
    await node.said.wait()
    node.quiet.set()
    node.finished.set()
    await running
    assert node.happened[0] == "said"
    assert sorted(node.happened[1:3]) == ["closed", "finished"]
    assert node.happened[3] == "left"


async def test_told_twice_it_leaves_whatever_is_in_hand():
    node = Node()
    running = asyncio.create_task(node.run())
    node.stop.ask()
    await node.said.wait()
    node.stop.ask()
    await running
    assert node.happened == ["said", "left"]


async def test_what_takes_too_long_is_left_to_its_lease():
    node = Node(within=AT_ONCE)
    running = asyncio.create_task(node.run())
    node.stop.ask()
    await running
    assert node.happened == ["said", "left"]


async def test_what_ends_the_loops_ends_the_node_with_its_reason():
    async def fail() -> None:
        raise RuntimeError("a loop that cannot live")

    departure = Departure(lambda: None, asyncio.Event().wait, AT_ONCE, HOUR)
    with pytest.raises(RuntimeError, match="cannot live"):
        await run_until_told(fail(), Stop(), departure)


# --- the door -------------------------------------------------------------------------------------------------------


async def test_a_leaving_node_is_not_ready_ends_its_connections_and_waits_for_requests_in_hand():
    farewell, begun, go_on = Farewell(), asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="done")

    app = web.Application(middlewares=[farewell.middleware()])
    app.router.add_get("/", slow)
    async with TestClient(TestServer(app)) as client:
        asked = asyncio.create_task(client.get("/"))
        await begun.wait()
        assert await farewell.probe() == "staying"
        farewell.say()
        with pytest.raises(NodeLeaving):
            await farewell.probe()
        quiet = asyncio.create_task(farewell.quiet())
        await asyncio.sleep(0)
        assert not quiet.done()
        go_on.set()
        answer = await asked
        await quiet
    assert (answer.status, answer.headers["Connection"]) == (200, "close")


# --- loops that one node runs ---------------------------------------------------------------------------------------


async def test_a_loop_works_only_while_it_leads_and_goes_on_when_it_leads_again():
    leads = iter([True, False, True])
    done: list[str] = []
    stop, bell = Stop(), Bell()

    async def alone() -> bool:
        leading = next(leads)
        done.append("leads" if leading else "follows")
        if not leading:
            bell.ring()
        return leading

    await keep_doing("sealer", working(done, stop, times=2), every=HOUR, bell=bell, stop=stop, alone=alone)
    assert done == ["leads", "works", "follows", "leads", "works"]


def working(done: list[str], stop: Stop, *, times: int) -> Callable[[], asyncio.Future[int]]:
    async def work() -> int:
        done.append("works")
        if done.count("works") == times:
            stop.ask()
        return 1

    return work
