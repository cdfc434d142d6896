"""Check an export of the ledger. Needs Python 3.9 or later and nothing else; openssl is used where it is installed.

    python3 -I check.py EXPORT.zip [--kept HEAD.json] [--trust CA.pem]

1. Every line of leaves.jsonl is hashed into the tree of RFC 9162 again, and each tree head must have that root.
2. With --kept, a tree head that you kept: this ledger must only have added to it.
3. Each head's signature is by the certificate beside it:
       openssl x509 -in N.pem -pubkey -noout > N.pub
       openssl dgst -sha256 -verify N.pub -signature N.sig N.json
4. With --trust, each certificate is under your CA:
       openssl verify -partial_chain -no_check_time -CAfile CA.pem N.pem
5. With --trust, each time-stamp token is over the signature and from an authority under your CA:
       openssl ts -verify -data N.sig -in N.tst -token_in -CAfile CA.pem

Exit code 0: what was checked holds · 1: something does not · 2: called wrongly.
Without --trust a forger with a key of his own is not found out: then compare the SHA-256 of the certificate, which is
printed, with the one that the exchange has published.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

HASH_BYTES = 32
FOLDER = "tree-heads"
HOLDS = "журнал дұрыс · журнал верен · the ledger holds"
DOES_NOT_HOLD = "журнал дұрыс ЕМЕС · журнал НЕ верен · the ledger does NOT hold"


class ExportUnusable(Exception):
    """The export is not what an export is."""


# --- the tree of RFC 9162, section 2.1 --------------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """Section 2.1.1. The entry of the tree is the SHA-256 of a line, without its line end."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Section 2.1.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """The right edge of a growing tree: roots of complete subtrees with their levels, the largest first."""

    def __init__(self, size: int, nodes: list[bytes]) -> None:
        levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
        if len(levels) != len(nodes) or any(len(node) != HASH_BYTES for node in nodes):
            raise ExportUnusable(f"since.json: a tree of {size} leaves has other nodes")
        self.size = size
        self.edge = list(zip(levels, nodes))  # noqa: B905 - Python 3.9 has no strict

    def add(self, leaf: bytes) -> None:
        """Append one entry."""
        level, found = 0, leaf_hash(leaf)
        while self.edge and self.edge[-1][0] == level:
            found, level = node_hash(self.edge.pop()[1], found), level + 1
        self.edge.append((level, found))
        self.size += 1

    def root(self) -> bytes:
        """Of the tree so far."""
        if not self.edge:
            return hashlib.sha256(b"").digest()
        found = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            found = node_hash(left, found)
        return found


def is_consistent(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: list[bytes]) -> bool:
    """Section 2.1.4.2: whether the new tree only added to the old one."""
    if old_size == new_size:
        return old_root == new_root and not path
    if not 0 < old_size < new_size:
        return False
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else path
    if not steps:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    former = found = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            former, found = node_hash(sibling, former), node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and former == old_root and found == new_root


# --- the export -------------------------------------------------------------------------------------------------------


class OpenExport:
    """An open export: where it begins, and its heads by size."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = archive.namelist()
        if len(set(self.names)) < len(self.names):
            raise ExportUnusable("a name stands in it twice")
        since = json.loads(archive.read("since.json"))
        self.tree = Tree(since["treeSize"], [bytes.fromhex(node) for node in since["nodes"]])
        self.began, self.began_root = self.tree.size, self.tree.root()
        self.consistency = [bytes.fromhex(step) for step in since["consistency"]]
        self.heads = {size: self._root_of(size) for size in sorted(self._sizes())}
        if not self.heads:
            raise ExportUnusable("there is no tree head")

    @property
    def newest(self) -> int:
        """Size of the newest head."""
        return max(self.heads)

    def _sizes(self) -> Iterator[int]:
        for name in self.names:
            if name.startswith(f"{FOLDER}/") and name.endswith(".json"):
                yield int(name[len(FOLDER) + 1 : -len(".json")])

    def _root_of(self, size: int) -> bytes:
        head, root = read_head(self.archive.read(f"{FOLDER}/{size}.json"))
        if head != size:
            raise ExportUnusable(f"{FOLDER}/{size}.json is a head of {head} leaves")
        return root


def read_head(data: bytes) -> tuple[int, bytes]:
    """Size and root of a tree head."""
    head = json.loads(data)
    size, root = head["treeSize"], bytes.fromhex(head["rootHash"])
    if head["v"] != 1 or type(size) is not int or len(root) != HASH_BYTES:
        raise ExportUnusable("not a tree head of form 1")
    return size, root


def check_tree(export: OpenExport) -> Iterator[str]:
    """What is wrong with leaves and heads."""
    tree = export.tree
    if export.heads.get(export.began, export.began_root) != export.began_root:
        yield f"since.json does not have the root of {FOLDER}/{export.began}.json"
    with export.archive.open("leaves.jsonl") as lines:
        for line in lines:
            tree.add(hashlib.sha256(line[:-1] if line.endswith(b"\n") else line).digest())
            if tree.size in export.heads and tree.root() != export.heads[tree.size]:
                yield f"the leaves up to position {tree.size - 1} do not have the root that was signed"
    if tree.size != export.newest:
        yield f"there are leaves up to {tree.size}, and the newest head is over {export.newest}"


def check_kept(export: OpenExport, kept: bytes) -> Iterator[str]:
    """Whether the ledger continues the head that the auditor kept."""
    size, root = read_head(kept)
    newest = export.newest
    if size == export.began and size:
        is_kept = root == export.began_root
        if not is_kept or not is_consistent(size, root, newest, export.heads[newest], export.consistency):
            yield "the ledger does not continue the head that you kept"
    elif size not in export.heads:
        yield f"there is no head over {size} leaves in it; export again with --since {size}"
    elif export.heads[size] != root:
        yield f"the head over {size} leaves is not the one that you kept"


# --- seals, by openssl ------------------------------------------------------------------------------------------------


def check_seals(export: OpenExport, trust: str | None) -> Iterator[str]:
    """What is wrong with signatures, certificates and time stamps; laid into a folder of their own for openssl."""
    with tempfile.TemporaryDirectory() as folder:
        for size in export.heads:
            at = Path(folder) / str(size)
            missing = [part for part in ("json", "sig", "pem") if not lay(export, at, part)]
            if missing:
                yield f"{FOLDER}/{size}.{missing[0]} is missing"
                continue
            has_token = lay(export, at, "tst")
            yield from check_seal(at, f"{FOLDER}/{size}", trust, has_token=has_token)


def lay(export: OpenExport, at: Path, part: str) -> bool:
    """Write one part of a seal beside the others; False when it is not there."""
    name = f"{FOLDER}/{at.name}.{part}"
    if name not in export.names:
        return False
    at.with_name(f"{at.name}.{part}").write_bytes(export.archive.read(name))
    return True


def check_seal(at: Path, name: str, trust: str | None, *, has_token: bool) -> Iterator[str]:
    """What openssl says of one seal."""
    public = openssl("x509", "-in", f"{at}.pem", "-pubkey", "-noout").stdout
    at.with_name(f"{at.name}.pub").write_bytes(public)
    if openssl("dgst", "-sha256", "-verify", f"{at}.pub", "-signature", f"{at}.sig", f"{at}.json").returncode:
        yield f"{name}.sig is not made by the certificate beside it"
    if trust is None:
        return
    if openssl("verify", "-partial_chain", "-no_check_time", "-CAfile", trust, f"{at}.pem").returncode:
        yield f"{name}.pem is not under the CA that you trust"
    token = ("-data", f"{at}.sig", "-in", f"{at}.tst", "-token_in", "-CAfile", trust)
    if has_token and openssl("ts", "-verify", *token).returncode:
        yield f"{name}.tst does not prove when the signature was made"


def openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run openssl; its exit code is its verdict."""
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False)  # noqa: S603, S607


def certificates(export: OpenExport) -> list[str]:
    """SHA-256 over the DER of every certificate that sealed."""
    pems = [export.archive.read(name).decode("ascii") for name in export.names if name.endswith(".pem")]
    return sorted({hashlib.sha256(base64.b64decode(pem.split("-----")[2])).hexdigest() for pem in pems})


# --- the command ------------------------------------------------------------------------------------------------------


def main() -> int:
    """Check and tell."""
    parser = argparse.ArgumentParser(description="Check an export of the ledger.")
    parser.add_argument("export")
    parser.add_argument("--kept", help="a tree head that you kept: its .json")
    parser.add_argument("--trust", help="PEM of the CA that you trust, for certificates and time stamps")
    arguments = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # whatever the machine is set to
    return run(Path(arguments.export), kept=arguments.kept and Path(arguments.kept), trust=arguments.trust)


def run(file: Path, *, kept: Path | None, trust: str | None) -> int:
    """The exit code; what was looked at and what is wrong is printed."""
    try:
        problems = list(check(file, kept, trust))
    except (OSError, KeyError, ValueError, TypeError, IndexError, ExportUnusable, zipfile.BadZipFile) as problem:
        problems = [f"the export cannot be read: {problem}"]
    for one in problems:
        say(f"WRONG: {one}")
    say(DOES_NOT_HOLD if problems else HOLDS)
    return 1 if problems else 0


def check(file: Path, kept: Path | None, trust: str | None) -> Iterator[str]:
    """Everything that is wrong; tells on its way what was looked at."""
    with zipfile.ZipFile(file) as archive:
        export = OpenExport(archive)
        say(f"leaves {export.began} to {export.newest}, {len(export.heads)} tree heads")
        yield from check_tree(export)
        if kept:
            yield from check_kept(export, kept.read_bytes())
        elif export.began:
            say(f"what came before position {export.began} is not in it; check that with --kept")
        if shutil.which("openssl"):
            yield from check_seals(export, trust)
        else:
            say("openssl is not installed: signatures and time stamps were NOT checked")
        for sha256 in certificates(export):
            say(f"sealed by the certificate with SHA-256 {sha256}")
        if not trust:
            say("no --trust was given: whose certificate it is, and the time stamps, were NOT checked")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
