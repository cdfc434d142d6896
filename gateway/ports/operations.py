"""What is asked of the store: each operation is a frozen value that names its result, and ``run`` carries it out.

A port hands out operations, never methods: what can be asked is declared once, beside the values that it is about, and
bound once to its SQL.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class StoreOperation(Generic[R_co]):
    """Something that the store does, and what comes of it."""

    __slots__ = ()


class Read(StoreOperation[R_co]):
    """Sees one moment: what was committed before it, whole. Changes nothing."""

    __slots__ = ()


class Write(StoreOperation[R_co]):
    """Durable once ``run`` returns: written whole, in a commit that may carry the writes of others too."""

    __slots__ = ()


class Reads(Protocol):
    """The reading half of the store: whoever has only this cannot write."""

    async def run(self, operation: Read[R]) -> R:
        """Raises StoreError."""
        ...


class Writes(Reads, Protocol):
    """The store to whoever reads and writes."""

    async def run(self, operation: StoreOperation[R]) -> R:
        """Raises StoreError; then nothing of the operation was written."""
        ...
