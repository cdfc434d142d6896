"""The tree as the exchange keeps it: complete subtrees only, so that nothing kept ever changes.

The hash over any range of positions follows from a few *nodes*: roots of complete, aligned subtrees. A node of level
l and index i covers positions i · 2^l … (i + 1) · 2^l - 1, and never changes once its last leaf is there. So every
root and every proof, of today's tree or of a former one, is first a list of ranges (what to read), then hashes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dossier.ledger.merkle import EMPTY_ROOT, MalformedLedger, node_hash


@dataclass(frozen=True, slots=True, order=True)
class TreeNode:
    """Root of the complete subtree over positions ``index`` · 2^``level`` up to the next index."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Range:
    """Positions ``low`` … ``high`` - 1, which RFC 9162 §2.1 hashes as one subtree."""

    low: int
    high: int

    @property
    def nodes(self) -> tuple[TreeNode, ...]:
        """Complete subtrees whose roots give the hash of the range, from left to right."""
        return tuple(_nodes(self.low, self.high))


ReadNode = Callable[[TreeNode], bytes]
"""The kept hash of a node. Raises MalformedLedger when it is not there."""


def hash_of(span: Range, read: ReadNode) -> bytes:
    """The hash of a range, from the hashes of its nodes."""
    hashes = [read(node) for node in span.nodes]
    if not hashes:
        return EMPTY_ROOT
    found = hashes.pop()
    while hashes:  # the left subtree is always the complete one: RFC 9162 §2.1.1, largest power of two below n
        found = node_hash(hashes.pop(), found)
    return found


def root_range(tree_size: int) -> Range:
    """What the root of a tree of this size covers."""
    return Range(0, tree_size)


def inclusion_ranges(position: int, tree_size: int) -> tuple[Range, ...]:
    """RFC 9162 §2.1.3.1: the siblings of a leaf, from the leaf up. Raises MalformedLedger out of the tree."""
    if not 0 <= position < tree_size:
        raise MalformedLedger(f"position {position} is not in a tree of {tree_size}")
    siblings: list[Range] = []
    low, high = 0, tree_size
    while high - low > 1:
        middle = low + _split(high - low)
        if position < middle:
            siblings.append(Range(middle, high))
            high = middle
        else:
            siblings.append(Range(low, middle))
            low = middle
    return tuple(reversed(siblings))


def consistency_ranges(old_size: int, new_size: int) -> tuple[Range, ...]:
    """RFC 9162 §2.1.4.1: what shows that the tree of ``old_size`` is a prefix. Raises MalformedLedger if it is none."""
    if not 0 < old_size <= new_size:
        raise MalformedLedger(f"a tree of {new_size} does not continue one of {old_size}")
    if old_size == new_size:
        return ()
    return tuple(_consistency(old_size, 0, new_size, is_whole=True))


def _consistency(old_size: int, low: int, high: int, *, is_whole: bool) -> Iterator[Range]:
    """SUBPROOF of §2.1.4.1 over low … high - 1; ``old_size`` counts from ``low``, as ``m`` does there."""
    size = high - low
    if old_size == size:
        if not is_whole:
            yield Range(low, high)
        return
    split = _split(size)
    if old_size <= split:
        yield from _consistency(old_size, low, low + split, is_whole=is_whole)
        yield Range(low + split, high)
    else:
        yield from _consistency(old_size - split, low + split, high, is_whole=False)
        yield Range(low, low + split)


def _split(size: int) -> int:
    """The largest power of two below ``size`` (§2.1.1), for sizes above one."""
    return 1 << (size - 1).bit_length() - 1


def _nodes(low: int, high: int) -> Iterator[TreeNode]:
    while low < high:
        level = (high - low).bit_length() - 1
        if low:
            level = min(level, (low & -low).bit_length() - 1)
        yield TreeNode(level, low >> level)
        low += 1 << level
