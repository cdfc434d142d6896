"""The ledger as values: what the next seal would close, the seal, and where it all stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dossier.ledger import Seal, TreeHead


@dataclass(frozen=True, slots=True)
class Growth:
    """The tree that the next seal would close. ``leaf_ids``: in the order of their positions, from ``former`` on.

    ``former``: the newest head, whose root was computed anew from what is kept and found the same; None before the
    first. ``root``: with the new leaves.
    """

    former: TreeHead | None
    leaf_ids: tuple[int, ...]
    root: bytes

    @property
    def first_position(self) -> int:
        """Where the new leaves begin."""
        return self.former.tree_size if self.former else 0

    @property
    def tree_size(self) -> int:
        """With the new leaves."""
        return self.first_position + len(self.leaf_ids)


@dataclass(frozen=True, slots=True)
class LedgerBroken:
    """What is kept does not lead to the root that was signed: somebody changed the database. Nothing may be sealed."""

    detail: str


@dataclass(frozen=True, slots=True)
class SealWrite:
    """A seal over ``growth``, made while no transaction was open. Its token follows."""

    growth: Growth
    seal: Seal


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """Where the ledger stands. ``oldest_unsealed_at``, ``oldest_tokenless_at``: None when nothing waits."""

    tree_size: int
    sealed_at: datetime | None
    stamped_size: int
    unsealed: int
    oldest_unsealed_at: datetime | None
    tokenless: int
    oldest_tokenless_at: datetime | None
