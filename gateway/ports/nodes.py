"""Nodes: the processes that share one store, who leads what, and how they call each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from gateway.ports.operations import Read


class WakeCall(StrEnum):
    """What there is to do."""

    WORK = "work"  # something can be claimed: a delivery, a dossier to assemble
    SEAL = "seal"  # a dossier waits for the seal of the ledger


class Peers(Protocol):
    """The other nodes over the same store."""

    async def lead(self, name: str) -> bool:
        """Whether this process, and no other node, does ``name`` now. To be called before each piece of work.

        False also while the database is away. An embedded store has one process, which leads all.
        """
        ...

    async def follow(self, name: str) -> None:
        """Do ``name`` no more; another node may lead it at once."""
        ...

    def hear(self, call: WakeCall, ring: Callable[[], None]) -> None:
        """``ring`` is called in the running loop when any node calls; by the store itself at WORK, after its commit.

        It may be called for nothing; a call that is missed costs an idle interval.
        """
        ...

    def call(self, call: WakeCall) -> None:
        """Ring here and at every other node; from any thread."""
        ...


@dataclass(frozen=True, slots=True)
class Node:
    """A process that serves, as it says of itself. ``schema_step``: the newest that its release knows."""

    name: str
    host: str
    pid: int
    version: str
    schema_step: str
    started_at: datetime
    draining: bool = False


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as others see it. ``silent_for``: by the clock of the database."""

    node: Node
    leads: tuple[str, ...]
    last_seen_at: datetime
    silent_for: timedelta


@dataclass(frozen=True, slots=True)
class ListNodes(Read[tuple[NodeRow, ...]]):
    """Every node that the store knows."""
