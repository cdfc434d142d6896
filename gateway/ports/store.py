"""The database behind the services: what is asked of it as operations, and what nodes that share it need.

Implementations batch the writes of many tasks into one commit (promise 1: acknowledged means durably stored).
``Conflict`` means: somebody wrote to the conversation since it was loaded; load and decide again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from gateway.ports.nodes import Node, Peers
from gateway.ports.operations import Read, Writes


class Unavailable(Exception):
    """What keeps messages or documents cannot be used now; nothing was kept, and the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class StoreLoad:
    """``waiting``: callers whose commit is to come. ``stalled``: for how long none of them has got an answer."""

    waiting: int
    stalled: timedelta


@dataclass(frozen=True, slots=True)
class CheckStore(Read[str]):
    """One cheap read; the store's name and version."""


class Store(Writes, Protocol):
    """The database behind the services; SQLite and PostgreSQL pass one conformance suite."""

    @property
    def peers(self) -> Peers:
        """The other nodes over it."""
        ...

    def load(self) -> StoreLoad:
        """How hard it is at work; known without asking the database."""
        ...

    async def enter(self, node: Node) -> None:
        """The node is there from now on. Raises NodeNameTaken while another one has its name."""
        ...

    async def beat(self, node: Node) -> None:
        """The node is still there; said every few seconds, or it counts as gone and leads nothing any more."""
        ...

    async def leave(self, name: str) -> None:
        """The node is gone; others lead at once what it led."""
        ...

    async def close(self) -> None: ...
