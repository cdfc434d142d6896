"""How a node goes: in order when told once, at once when told twice or when it takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.http.drain_notice import DrainNotice, NodeLeaving
from gateway.workers.bell import WakeEvent
from gateway.workers.loop import StopRequest, keep_doing
from gateway.workers.shutdown import Drain, run_until_stopped

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(0)


class FakeNode:
    """Loops that end when ``finished``, and a door that closes when ``quiet``; what happened, in order."""

    def __init__(self, *, notice: timedelta = AT_ONCE, within: timedelta = HOUR) -> None:
        self.stop = StopRequest()
        self.finished, self.quiet, self.announced = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.happened: list[str] = []
        self._departure = Drain(self._say, self._close, notice, within)

    async def run(self) -> None:
        await run_until_stopped(self._loops(), self.stop, self._departure)
        self.happened.append("left")

    def _say(self) -> None:
        self.happened.append("announced")
        self.announced.set()

    async def _close(self) -> None:
        await self.quiet.wait()
        self.happened.append("closed")

    async def _loops(self) -> None:
        await self.finished.wait()
        self.happened.append("finished")


async def test_told_once_it_says_so_closes_its_door_and_finishes_what_it_has_in_hand():
    node = FakeNode()
    running = asyncio.create_task(node.run())
    node.stop.request()
    await node.announced.wait()
    node.quiet.set()
    node.finished.set()
    await running
    assert node.happened[0] == "announced"
    assert sorted(node.happened[1:3]) == ["closed", "finished"]
    assert node.happened[3] == "left"


async def test_told_twice_it_leaves_whatever_is_in_hand():
    node = FakeNode()
    running = asyncio.create_task(node.run())
    node.stop.request()
    await node.announced.wait()
    node.stop.request()
    await running
    assert node.happened == ["announced", "left"]


async def test_what_takes_too_long_is_left_to_its_lease():
    node = FakeNode(within=AT_ONCE)
    running = asyncio.create_task(node.run())
    node.stop.request()
    await running
    assert node.happened == ["announced", "left"]


async def test_what_ends_the_loops_ends_the_node_with_its_reason():
    async def fail() -> None:
        raise RuntimeError("a loop that cannot live")

    drain = Drain(lambda: None, asyncio.Event().wait, AT_ONCE, HOUR)
    with pytest.raises(RuntimeError, match="cannot live"):
        await run_until_stopped(fail(), StopRequest(), drain)


# --- the door -------------------------------------------------------------------------------------------------------


async def test_a_leaving_node_is_not_ready_ends_its_connections_and_waits_for_requests_in_hand():
    drain_notice, begun, go_on = DrainNotice(), asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await go_on.wait()
        return web.Response(text="done")

    app = web.Application(middlewares=[drain_notice.middleware()])
    app.router.add_get("/", slow)
    async with TestClient(TestServer(app)) as client:
        output = asyncio.create_task(client.get("/"))
        await begun.wait()
        assert await drain_notice.probe() == "staying"
        drain_notice.announce()
        with pytest.raises(NodeLeaving):
            await drain_notice.probe()
        quiet = asyncio.create_task(drain_notice.quiet())
        await asyncio.sleep(0)
        assert not quiet.done()
        go_on.set()
        answer = await output
        await quiet
    assert (answer.status, answer.headers["Connection"]) == (200, "close")


# --- loops that one node runs ---------------------------------------------------------------------------------------


async def test_a_loop_works_only_while_it_leads_and_goes_on_when_it_leads_again():
    leads = iter([True, False, True])
    done: list[str] = []
    stop, wake_event = StopRequest(), WakeEvent()

    async def alone() -> bool:
        leading = next(leads)
        done.append("leads" if leading else "follows")
        if not leading:
            wake_event.ring()
        return leading

    await keep_doing("sealer", working(done, stop, times=2), every=HOUR, wake_event=wake_event, stop=stop, alone=alone)
    assert done == ["leads", "works", "follows", "leads", "works"]


def working(done: list[str], stop: StopRequest, *, times: int) -> Callable[[], asyncio.Future[int]]:
    async def work() -> int:
        done.append("works")
        if done.count("works") == times:
            stop.request()
        return 1

    return work
