"""The tree of RFC 9162: against the vectors of Certificate Transparency, and by its laws."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.ledger.merkle import (
    EMPTY_ROOT,
    InclusionProof,
    MalformedLedger,
    TreeHead,
    leaf_hash,
    node_hash,
    read_tree_head,
    root_of,
    tree_head_bytes,
    verify_consistency,
    verify_inclusion,
)
from dossier.ledger.tiles import TileKey, edge_of, grown, reader_of, tiles_of
from dossier.ledger.tree import consistency_ranges, hash_of, inclusion_ranges, root_range

NOW = datetime(2026, 11, 24, 7, 0, 0, 123456, tzinfo=UTC)

# The eight inputs and the roots over 1 … 8 of them, as in certificate-transparency's merkle tree tests.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]


def head(leaves: list[bytes], at: datetime = NOW) -> TreeHead:
    return TreeHead("dalel", len(leaves), root_of(leaves), at)


def tree(size: int) -> list[bytes]:
    return [hashlib.sha256(f"leaf {number}".encode()).digest() for number in range(size)]


def reader(leaves: list[bytes], steps: tuple[int, ...] = ()):
    """Nodes from tiles that grew in these steps."""
    tiles: dict[TileKey, bytes] = {}
    done = 0
    for step in (*steps, len(leaves) - sum(steps)):
        edge = {key: tiles[key] for key in edge_of(done)}
        tiles |= grown(edge, done, [leaf_hash(leaf) for leaf in leaves[done : done + step]])
        done += step
    return reader_of(tiles)


def inclusion(leaves: list[bytes], position: int, size: int) -> InclusionProof:
    read = reader(leaves)
    path = tuple(hash_of(span, read) for span in inclusion_ranges(position, size))
    return InclusionProof(leaves[position], position, size, path)


def consistency(leaves: list[bytes], old: int, new: int) -> list[bytes]:
    read = reader(leaves)
    return [hash_of(span, read) for span in consistency_ranges(old, new)]


# --- vectors --------------------------------------------------------------------------------------------------------


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size):
    assert root_of(INPUTS[:size]) == ROOTS[size - 1]


INCLUSIONS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


@pytest.mark.parametrize(("position", "size", "path"), INCLUSIONS)
def test_inclusion_proofs_are_those_of_certificate_transparency(position, size, path):
    proof = inclusion(INPUTS, position, size)
    assert [step.hex() for step in proof.path] == path
    assert verify_inclusion(proof, INPUTS[position], head(INPUTS[:size]))


CONSISTENCIES = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCIES)
def test_consistency_proofs_are_those_of_certificate_transparency(old, new, path):
    steps = consistency(INPUTS, old, new)
    assert [step.hex() for step in steps] == path
    assert verify_consistency(head(INPUTS[:old]), head(INPUTS[:new]), steps)


# --- laws -----------------------------------------------------------------------------------------------------------

SIZES = st.integers(1, 700)


@given(size=SIZES, data=st.data())
def test_every_leaf_of_every_former_tree_has_a_proof_that_verifies(size, data):
    leaves = tree(size)
    former = data.draw(st.integers(1, size))
    position = data.draw(st.integers(0, former - 1))
    assert verify_inclusion(inclusion(leaves, position, former), leaves[position], head(leaves[:former]))


@given(size=SIZES, data=st.data())
def test_a_proof_with_any_bit_flipped_does_not_verify(size, data):
    leaves = tree(size)
    position = data.draw(st.integers(0, size - 1))
    proof = inclusion(leaves, position, size)
    parts = [proof.leaf, *proof.path]
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[part] = flipped(parts[part], bit)
    forged = replace(proof, leaf=parts[0], path=tuple(parts[1:]))
    assert not verify_inclusion(forged, leaves[position], head(leaves))
    assert not verify_inclusion(forged, parts[0], head(leaves))


@given(size=SIZES, data=st.data())
def test_a_proof_for_another_place_does_not_verify(size, data):
    leaves = tree(size)
    position, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    proof = replace(inclusion(leaves, position, size), position=other)
    assert verify_inclusion(proof, leaves[position], head(leaves)) is (position == other)
    assert not verify_inclusion(replace(proof, tree_size=size + 1), leaves[position], head(leaves))


@given(size=SIZES, data=st.data())
def test_a_path_that_is_too_short_or_too_long_does_not_verify(size, data):
    leaves = tree(size)
    position = data.draw(st.integers(0, size - 1))
    proof = inclusion(leaves, position, size)
    longer = replace(proof, path=(*proof.path, leaves[0]))
    assert not verify_inclusion(longer, leaves[position], head(leaves))
    if proof.path:
        assert not verify_inclusion(replace(proof, path=proof.path[:-1]), leaves[position], head(leaves))


def root_by_definition(leaf: bytes, position: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """RFC 9162 §2.1.3.1 read backwards: the root that ``path`` leads to; None when it has another length."""
    if size == 1:
        return None if path else leaf_hash(leaf)
    if not path:
        return None
    left = 1 << (size - 1).bit_length() - 1
    if position < left:
        below = root_by_definition(leaf, position, left, path[:-1])
        return below and node_hash(below, path[-1])
    below = root_by_definition(leaf, position - left, size - left, path[:-1])
    return below and node_hash(path[-1], below)


def test_to_33_leaves_a_proof_holds_for_just_the_sizes_and_lengths_of_the_definition():
    leaves, judged = tree(33), Counter()
    for size in range(1, 34):
        root = head(leaves[:size])
        for position in range(size):
            proof = inclusion(leaves, position, size)
            for claimed, path in product(
                range(position + 1, 34), (proof.path, proof.path[:-1], (*proof.path, leaves[0]))
            ):
                holds = root_by_definition(leaves[position], position, claimed, path) == root.root
                given_head = replace(root, tree_size=claimed)
                given_proof = replace(proof, tree_size=claimed, path=path)
                assert verify_inclusion(given_proof, leaves[position], given_head) is holds, (size, position, claimed)
                judged[holds] += 1
    assert judged[True] >= 33 * 34 // 2
    assert judged[False] > judged[True]


@given(size=SIZES, data=st.data())
def test_every_prefix_is_consistent_and_any_flipped_bit_is_not(size, data):
    leaves = tree(size)
    old = data.draw(st.integers(1, size))
    path = consistency(leaves, old, size)
    assert verify_consistency(head(leaves[:old]), head(leaves), path)
    parts = [head(leaves[:old]).root, head(leaves).root, *path]
    part, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[part] = flipped(parts[part], bit)
    forged_old, forged_new = replace(head(leaves[:old]), root=parts[0]), replace(head(leaves), root=parts[1])
    assert not verify_consistency(forged_old, forged_new, parts[2:])


@given(size=st.integers(2, 300), data=st.data())
def test_a_tree_whose_past_was_changed_is_not_consistent(size, data):
    leaves = tree(size)
    old = data.draw(st.integers(1, size - 1))
    changed = leaves.copy()
    changed[data.draw(st.integers(0, old - 1))] = hashlib.sha256(b"forged").digest()
    assert not verify_consistency(head(leaves[:old]), head(changed), consistency(changed, old, size))


def test_an_empty_tree_starts_any_and_no_tree_shrinks():
    leaves = tree(5)
    assert verify_consistency(head([]), head(leaves), [])
    assert not verify_consistency(replace(head([]), root=leaves[0]), head(leaves), [])
    assert not verify_consistency(head(leaves), head(leaves[:3]), [])
    assert not verify_consistency(head(leaves[:3]), head(leaves), [])


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_there_is_no_proof_for_what_is_not_in_the_tree(position, size):
    with pytest.raises(MalformedLedger, match="not in a tree"):
        inclusion_ranges(position, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 2)])
def test_there_is_no_consistency_with_what_does_not_continue(old, new):
    with pytest.raises(MalformedLedger, match="does not continue"):
        consistency_ranges(old, new)


# --- tiles ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_a_tree_grown_in_any_steps_is_the_same_tree(steps):
    leaves = tree(sum(steps))
    assert hash_of(root_range(len(leaves)), reader(leaves, tuple(steps[:-1]))) == root_of(leaves)


def test_a_tree_of_several_rows_keeps_every_former_root():
    leaves = tree(66_000)
    read = reader(leaves, (65_000, 536))
    for size in (1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000):
        assert hash_of(root_range(size), read) == root_of(leaves[:size])


def test_a_proof_in_a_tree_of_a_hundred_million_reads_few_tiles():
    spans = inclusion_ranges(31_415_926, 100_000_000)
    assert len(spans) == 27
    assert len(tiles_of(spans)) <= 8
    assert len(edge_of(100_000_000)) <= 4


def test_a_tile_that_is_not_there_or_not_full_is_no_guess():
    with pytest.raises(MalformedLedger, match="tile 0/0 does not hold"):
        hash_of(root_range(3), reader_of({TileKey(0, 0): b"x" * 64}))
    with pytest.raises(MalformedLedger, match="tile 0/0 holds 32 bytes, not 2 hashes"):
        grown({TileKey(0, 0): b"x" * 32}, 2, [b"y" * 32])


# --- tree heads -----------------------------------------------------------------------------------------------------


def test_a_head_is_canonical_json_that_anybody_can_read():
    one = TreeHead("dalel", 1, bytes(32), NOW)
    assert tree_head_bytes(one) == (
        b'{"at":"2026-11-24T07:00:00.123456Z","log":"dalel","rootHash":"' + b"00" * 32 + b'","treeSize":1,"v":1}'
    )


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32), st.datetimes(timezones=st.just(UTC)))
def test_a_head_that_is_written_reads_as_it_was(size, root, at):
    one = TreeHead("dalel", size, root, at)
    assert read_tree_head(tree_head_bytes(one)) == one


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"\n",
        lambda data: data.replace(b":1,", b":true,"),
        lambda data: data.replace(b":1,", b":-1,"),
        lambda data: data.replace(b"00", b"0", 1),
        lambda data: data.replace(b'"v":1', b'"v":2'),
        lambda data: data.replace(b"Z", b"+00:00"),
        lambda data: data.replace(b'"dalel"', b"7"),
        lambda data: data.replace(b"treeSize", b"size"),
        lambda data: data[1:],
        lambda _: b"[" * 100_000,
    ],
)
def test_anything_but_exact_bytes_is_no_head(change):
    data = change(tree_head_bytes(TreeHead("dalel", 1, bytes(32), NOW)))
    with pytest.raises(MalformedLedger):
        read_tree_head(data)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
