"""The database behind the services: what is asked of it as operations, and what nodes that share it need.

Implementations batch the writes of many tasks into one commit (promise 1: acknowledged means durably stored).
``Conflict`` means: somebody wrote to the conversation since it was loaded; load and decide again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from gateway.ports.nodes import Node
from gateway.ports.operations import Writes


class Unavailable(Exception):
    """What keeps messages or documents cannot be used now; nothing was kept, and the same call may succeed later."""


@dataclass(frozen=True, slots=True)
class StoreLoad:
    """``waiting``: callers whose commit is to come. ``stalled``: for how long none of them has got an answer."""

    waiting: int
    stalled: timedelta


class Store(Writes, Protocol):
    """The database behind the services; SQLite and PostgreSQL pass one conformance suite."""

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

    async def lead(self, name: str) -> bool:
        """Whether this process, and no other node, does ``name`` now. Asked before each piece of work.

        False also while the database is away. An embedded store has one process, which leads all.
        """
        ...

    async def follow(self, name: str) -> None:
        """Do ``name`` no more; another node may lead it at once."""
        ...

    def on_work(self, ring: Callable[[], None]) -> None:
        """``ring`` is called in the running loop after any node committed something claimable.

        It may be called for nothing; a call that is missed costs an idle interval.
        """
        ...

    def on_seal_wanted(self, ring: Callable[[], None]) -> None:
        """The same for dossiers that wait for the seal of the ledger."""
        ...

    def want_seal(self) -> None:
        """A dossier waits for the seal: call whoever seals, here or elsewhere."""
        ...

    async def check(self) -> str:
        """One cheap read; returns the store's name and version. Raises StoreUnavailable."""
        ...

    async def close(self) -> None: ...
