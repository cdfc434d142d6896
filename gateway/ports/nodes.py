"""Nodes: the processes that share one store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.ports.operations import Read


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
