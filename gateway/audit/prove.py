"""Prove one record of the ledger. Needs Python 3.9 or later and nothing else.

    python3 -I prove.py [FOLDER WITH WHAT THE ZIP HELD]

1. leaf.json, where it is there, is what was recorded; its SHA-256 is the entry of the tree.
2. evidence/inclusion.json leads from that entry to the root of a tree (RFC 9162, section 2.1.3).
3. evidence/tree-heads/N.json is the signed head of that tree; it must have that very root.

Who signed the head, and when that was, tells openssl, with your own CA:
    cd evidence/tree-heads
    openssl x509 -in N.pem -pubkey -noout > N.pub
    openssl dgst -sha256 -verify N.pub -signature N.sig N.json
    openssl verify -partial_chain -no_check_time -CAfile CA.pem N.pem
    openssl ts -verify -data N.sig -in N.tst -token_in -CAfile CA.pem

Exit code 0: the record is in the tree of the head · 1: it is not · 2: files are missing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path


def leaf_hash(leaf: bytes) -> bytes:
    """Section 2.1.1."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Section 2.1.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_from(leaf: bytes, position: int, tree_size: int, path: list[bytes]) -> bytes | None:
    """Section 2.1.3.2: the root that the path leads to; None when it has another length than such a path."""
    at, last, found = position, tree_size - 1, leaf_hash(leaf)
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def main(folder: Path) -> int:
    """Say what holds."""
    try:
        (proof,) = json.loads((folder / "evidence" / "inclusion.json").read_bytes())["proofs"]
        head = json.loads((folder / "evidence" / "tree-heads" / f"{proof['treeSize']}.json").read_bytes())
    except (OSError, ValueError, KeyError) as error:
        sys.stdout.write(f"cannot be read: {error}\n")
        return 2
    leaf, record = bytes.fromhex(proof["leaf"]), folder / "leaf.json"
    if record.exists() and hashlib.sha256(record.read_bytes()).digest() != leaf:
        sys.stdout.write("leaf.json is not what the proof is of\n")
        return 1
    path = [bytes.fromhex(step) for step in proof["path"]]
    root = root_from(leaf, proof["position"], proof["treeSize"], path)
    if root is None or root.hex() != head["rootHash"]:
        sys.stdout.write("the record is NOT in the tree of this head\n")
        return 1
    place = f"position {proof['position']} of the tree of {proof['treeSize']}"
    sys.stdout.write(f"the record is at {place}, root {root.hex()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
