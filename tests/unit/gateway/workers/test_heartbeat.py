"""The beacon: a node is there from entering to leaving, and says once when nobody can see it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.ports.nodes import Node
from gateway.store.engine.errors import StoreUnavailable
from gateway.workers import heartbeat
from gateway.workers.heartbeat import Heartbeat
from tests.worlds.builders import NOON

NODE = Node("a", "host-1", 4711, "0.1.0", "0008", NOON)


class NodeRegister:
    """Where nodes say that they are there; ``away`` for that many beats."""

    def __init__(self, *, away: int = 0) -> None:
        self.log: list[str] = []
        self.away = away
        self.beaten = asyncio.Semaphore(0)

    async def enter(self, node: Node) -> None:
        self.log.append(f"{node.name} enters")

    async def beat(self, node: Node) -> None:
        self.beaten.release()
        if self.away:
            self.away -= 1
            raise StoreUnavailable("away")
        self.log.append("drains" if node.draining else "beats")

    async def leave(self, name: str) -> None:
        self.log.append(f"{name} leaves")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(heartbeat, "BEAT_EVERY", timedelta(milliseconds=1))


async def beats(register: NodeRegister, count: int) -> None:
    for _ in range(count):
        await register.beaten.acquire()


async def test_it_enters_beats_and_leaves():
    register = NodeRegister()
    async with Heartbeat(register, NODE):
        await beats(register, 2)
    assert (register.log[0], set(register.log[1:-1]), register.log[-1]) == ("a enters", {"beats"}, "a leaves")


async def test_a_draining_node_says_so():
    register = NodeRegister()
    async with Heartbeat(register, NODE) as held:
        held.drain()
        await beats(register, 3)
    assert "drains" in register.log


async def test_a_database_that_is_away_is_told_once_and_beating_goes_on():
    register = NodeRegister(away=3)
    with capture_logs() as reported:
        async with Heartbeat(register, NODE):
            await beats(register, 6)
    assert [entry["event"] for entry in reported] == ["node.heartbeat_failed", "node.heartbeat_resumed"]
