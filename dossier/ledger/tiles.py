"""Tiles: 256 nodes of one level in one row, every eighth level kept, as C2SP tlog-tiles lays logs out.

A tile of row r holds nodes of level 8 · r; what lies between follows from at most 256 of its hashes. The last tile
of each row grows at its right edge until it is full and never changes again. So sealing touches one tile per row
beside the new ones, and a proof reads a few tiles: four rows carry 2^32 leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dossier.ledger.merkle import HASH_BYTES, MalformedLedger, root_of_hashes
from dossier.ledger.tree import Range, ReadNode, TreeNode

ROW_LEVELS: Final = 8
WIDTH: Final = 1 << ROW_LEVELS


@dataclass(frozen=True, slots=True, order=True)
class TileKey:
    """Where a tile stands: its row from the leaves up, its index from the left."""

    row: int
    index: int


Tiles = Mapping[TileKey, bytes]
"""Hashes of each tile, one behind the other, ``HASH_BYTES`` each."""


def tile_of(node: TreeNode) -> TileKey:
    """The tile that the hash of ``node`` follows from."""
    row = node.level // ROW_LEVELS
    return TileKey(row, node.index >> (ROW_LEVELS - node.level % ROW_LEVELS))


def tiles_of(ranges: Sequence[Range]) -> frozenset[TileKey]:
    """All tiles that the hashes of these ranges follow from."""
    return frozenset(tile_of(node) for span in ranges for node in span.nodes)


def reader_of(tiles: Tiles) -> ReadNode:
    """Read nodes from these tiles. What is asked for and not there raises MalformedLedger."""

    def read(node: TreeNode) -> bytes:
        key, up = tile_of(node), node.level % ROW_LEVELS
        first = (node.index << up) % WIDTH
        held = tiles.get(key, b"")[first * HASH_BYTES : (first + (1 << up)) * HASH_BYTES]
        if len(held) != HASH_BYTES << up:
            raise MalformedLedger(f"tile {key.row}/{key.index} does not hold node {node.level}/{node.index}")
        return root_of_hashes(split_hashes(held))

    return read


def split_hashes(held: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [held[start : start + HASH_BYTES] for start in range(0, len(held), HASH_BYTES)]


def edge_of(tree_size: int) -> frozenset[TileKey]:
    """The unfinished tiles of a tree of this size, one per row at most: what growing it needs."""
    rows = range(tree_size.bit_length() // ROW_LEVELS + 1)
    sizes = ((row, tree_size >> row * ROW_LEVELS) for row in rows)
    return frozenset(TileKey(row, size // WIDTH) for row, size in sizes if size % WIDTH)


def grown(edge: Tiles, tree_size: int, leaf_hashes: Sequence[bytes]) -> dict[TileKey, bytes]:
    """The tiles that change or begin when these leaves follow on a tree of ``tree_size``, as they then stand.

    ``edge``: ``edge_of(tree_size)`` as kept. Raises MalformedLedger when a tile there is not as full as it must be.
    """
    changed: dict[TileKey, bytes] = {}
    row, size, coming = 0, tree_size, list(leaf_hashes)
    while coming:
        finished: list[bytes] = []
        for key, held in _laid(edge, row, size, coming):
            changed[key] = held
            if len(held) == WIDTH * HASH_BYTES:
                finished.append(root_of_hashes(split_hashes(held)))
        row, size, coming = row + 1, size // WIDTH, finished
    return changed


def _laid(edge: Tiles, row: int, size: int, coming: Sequence[bytes]) -> list[tuple[TileKey, bytes]]:
    """One row: the last tile filled up, then new ones."""
    index, filled = divmod(size, WIDTH)
    held = edge.get(TileKey(row, index), b"") if filled else b""
    if len(held) != filled * HASH_BYTES:
        raise MalformedLedger(f"tile {row}/{index} holds {len(held)} bytes, not {filled} hashes")
    whole = held + b"".join(coming)
    step = WIDTH * HASH_BYTES
    return [(TileKey(row, index + at // step), whole[at : at + step]) for at in range(0, len(whole), step)]
