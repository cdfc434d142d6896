"""What is asked of the store: each operation is a frozen value that names its result, and ``run`` carries it out.

Each runs in one transaction. A port hands out operations, never methods: what can be asked is declared once, beside
the values that it is about, and bound once to its SQL.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Read(Generic[R_co]):
    """Sees one moment: what was committed before it, whole. Changes nothing."""

    __slots__ = ()


class Reads(Protocol):
    """The reading half of the store: whoever has only this cannot write."""

    async def run(self, operation: Read[R]) -> R:
        """Raises StoreError."""
        ...
