"""The ledger as anybody may check it: hashes and proofs of RFC 9162 §2.1, tree heads, seals.

Pure: hashes in, verdicts out. A leaf's entry of the tree is the 32-byte digest of its record;
how the exchange keeps and grows the tree is ``dossier.ledger.tree``'s to say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

import rfc8785

from signing.keys.keypair import Certificate

HASH_BYTES: Final = 32
FORM: Final = 1
"""The version written as ``v`` into tree heads."""

EMPTY_ROOT: Final = hashlib.sha256().digest()
"""RFC 9162 §2.1.1: the hash of an empty tree."""


class MalformedLedger(ValueError):
    """Bytes or numbers that no ledger of this form can hold. Whoever wrote them is at fault; nothing is guessed."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The root over positions 0 … ``tree_size`` - 1. ``log``: party id of the exchange whose ledger it is."""

    log: str
    tree_size: int
    root: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """A tree head with the proof of who vouched for it and when.

    ``signature``: PKCS#1 v1.5 or DER ECDSA, over ``tree_head_bytes(head)``; ``token``: DER RFC 3161 token whose
    imprint is the SHA-256 of ``signature``, None while no authority answered. Held, not verified.
    """

    head: TreeHead
    signature: bytes
    certificate: Certificate
    token: bytes | None


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """RFC 9162 §2.1.3: that ``leaf`` (its 32-byte digest) stands at ``position`` of the tree of ``tree_size``."""

    leaf: bytes
    position: int
    tree_size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LedgerEvidence:
    """What proves some events of one conversation: each its proof, by its ``seq``, under one of the seals."""

    seals: tuple[Seal, ...]
    proofs: tuple[tuple[int, InclusionProof], ...]


# --- hashes ---------------------------------------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 9162 §2.1.1: of one entry. The prefix keeps an entry from passing for a node."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1: of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 §2.1.1: the hash of the tree over these entries, computed from all of them."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """The same over leaf hashes, or over the roots of equal complete subtrees."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []  # the last stands for itself until it finds a partner
        level = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)] + odd
    return level[0]


# --- proofs ---------------------------------------------------------------------------------------------------------


def verify_inclusion(proof: InclusionProof, leaf: bytes, head: TreeHead) -> bool:
    """RFC 9162 §2.1.3.2: whether the proof shows ``leaf`` in the tree of ``head``."""
    if proof.tree_size != head.tree_size or proof.leaf != leaf or not 0 <= proof.position < proof.tree_size:
        return False
    at, last, found = proof.position, proof.tree_size - 1, leaf_hash(leaf)
    for sibling in proof.path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == head.root


def verify_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2: whether ``path`` shows that ``new`` only added to ``old``. An empty tree starts any."""
    if old.tree_size == 0:
        return old.root == EMPTY_ROOT and not path
    if old.tree_size == new.tree_size:
        return old.root == new.root and not path
    if old.tree_size > new.tree_size:
        return False
    whole = old.tree_size & (old.tree_size - 1) == 0
    return _consistent(old, new, [old.root, *path] if whole else list(path))


def _consistent(old: TreeHead, new: TreeHead, path: list[bytes]) -> bool:
    if not path:
        return False
    at, last = old.tree_size - 1, new.tree_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    former = found = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            former, found = node_hash(sibling, former), node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and former == old.root and found == new.root


# --- tree heads -----------------------------------------------------------------------------------------------------


def tree_head_bytes(head: TreeHead) -> bytes:
    """What the seal key signs: RFC 8785 JSON, the root in lower-case hex, the time in UTC."""
    document = {
        "v": FORM,
        "log": head.log,
        "treeSize": head.tree_size,
        "rootHash": head.root.hex(),
        "at": head.at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z",
    }
    return rfc8785.dumps(cast("Any", document))


def read_tree_head(data: bytes) -> TreeHead:
    """Inverse of ``tree_head_bytes``. Raises MalformedLedger unless ``data`` is exactly what it would write."""
    try:
        record = json.loads(data)
        root, at = bytes.fromhex(record["rootHash"]), datetime.fromisoformat(record["at"])
        head = TreeHead(record["log"], record["treeSize"], root, at)
        is_whole = type(record["treeSize"]) is int and type(record["log"]) is str  # True is an int to isinstance
        exact = is_whole and head.tree_size >= 0 and len(root) == HASH_BYTES and tree_head_bytes(head) == data
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise MalformedLedger(f"not a tree head: {error}") from error
    if not exact:
        raise MalformedLedger("not a tree head in canonical form")
    return head
