"""The ledger as values: what the next seal would close, the seal, and where it all stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.header import ConversationId
from dossier.ledger.merkle import LedgerEvidence, Seal, TreeHead
from gateway.ports.operations import Read, Write
from gateway.ports.results import Conflict, Recorded


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
class SealWrite(Write[Recorded | Conflict]):
    """A seal over ``growth``, made while no transaction was open: positions, tiles, head and seal. Its token follows.

    Conflict: another sealer was first, or leaves changed.
    """

    growth: Growth
    seal: Seal


@dataclass(frozen=True, slots=True)
class StampSeal(Write[None]):
    """Add the time-stamp token to a seal that has none; one that has keeps its own."""

    tree_size: int
    token: bytes
    stamped_at: datetime


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


@dataclass(frozen=True, slots=True)
class SealRow:
    """A tree head. ``seal``: None where its signature does not hold. ``follows``: it only added to the one before."""

    tree_size: int
    first_position: int
    at: datetime
    seal: Seal | None
    follows: bool


@dataclass(frozen=True, slots=True)
class LeafFound:
    """The leaf of one record. ``content``: what was recorded; None where the record keeps it itself.

    ``evidence``: its proof, by the number 1, under a seal; None while there is none. ``trouble``: why nothing can be
    proven, though it is sealed; empty otherwise.
    """

    record: str
    key: str
    digest: bytes
    content: bytes | None
    at: datetime
    position: int | None
    evidence: LedgerEvidence | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class MeasureGrowth(Read[Growth | LedgerBroken | None]):
    """What the next seal would close, ``limit`` leaves at most; None when every leaf is sealed."""

    limit: int


@dataclass(frozen=True, slots=True)
class ListTokenlessSeals(Read[tuple[Seal, ...]]):
    """Seals that still want a time-stamp token, oldest first."""

    limit: int


@dataclass(frozen=True, slots=True)
class FindLedgerEvidence(Read[LedgerEvidence | None]):
    """Proofs for all events up to ``up_to_seq`` under one seal, the newest with a token that covers them.

    Without such a one, under the newest that covers them; None when none does yet, or what is kept is broken.
    """

    conversation_id: ConversationId
    up_to_seq: int


@dataclass(frozen=True, slots=True)
class LoadLedgerStatus(Read[LedgerStatus]):
    """Where the ledger stands."""


@dataclass(frozen=True, slots=True)
class ListRecordKinds(Read[tuple[str, ...]]):
    """What has leaves, by the names that leaves have for it."""


@dataclass(frozen=True, slots=True)
class ListSeals(Read[tuple[SealRow, ...]]):
    """The newest over fewer leaves than ``before``, newest first."""

    before: int | None
    limit: int


@dataclass(frozen=True, slots=True)
class FindLeaf(Read[LeafFound | None]):
    """The leaf of one record, by its kind and its key."""

    record: str
    key: str


@dataclass(frozen=True, slots=True)
class FindLeafAt(Read[LeafFound | None]):
    """The leaf at a position of the tree."""

    position: int


@dataclass(frozen=True, slots=True)
class FindNewestSeal(Read[Seal | None]):
    """The newest seal; None before the first."""


@dataclass(frozen=True, slots=True)
class CheckContinuity(Read[bool]):
    """Whether the ledger of today only added to a head that was kept outside."""

    kept: TreeHead
