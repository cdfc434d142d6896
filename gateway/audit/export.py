"""Write the export: a ZIP with the same bytes for the same ledger, in constant memory."""

from __future__ import annotations

import json
import zipfile
from importlib import resources
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from dossier.ledger.merkle import MalformedLedger, Seal, tree_head_bytes
from gateway.domain.ledger import Progress
from gateway.ports.ledger import FindNewestSeal
from gateway.store.ledger.export import edge_nodes, leaf_lines, seals_after
from gateway.store.ledger.proofs import consistency_of, newest_seal

_ANY_TIME: Final = (1980, 1, 1, 0, 0, 0)  # the least that a ZIP can say; ours tells nothing by its times
_READABLE: Final = 0o644 << 16


def write_export(connection: Connection, path: Path, since: int, progress: Progress) -> int:
    """The ledger from position ``since`` up to its newest head, whose size is returned.

    Raises MalformedLedger when nothing is sealed, when there are not ``since`` leaves, or when what is kept does not
    hold together; then ``ledger verify`` names what is wrong.
    """
    newest = newest_seal(connection, FindNewestSeal())
    if newest is None:
        raise MalformedLedger("nothing is sealed yet")
    size = newest.head.tree_size
    if not 0 <= since <= size:
        raise MalformedLedger(f"the ledger has {size} sealed leaves, not {since}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "README.txt", resources.files("gateway.audit").joinpath("readme.txt").read_bytes())
        _add(archive, "check.py", (resources.files("gateway.audit") / "check.py").read_bytes())
        _add(archive, "since.json", _since(connection, since, size))
        for seal in seals_after(connection, since):
            _add_seal(archive, seal)
        with archive.open(_named("leaves.jsonl"), "w", force_zip64=True) as lines:
            for line in leaf_lines(connection, since, size):
                lines.write(line + b"\n")
                progress(1)
    return size


def _since(connection: Connection, since: int, size: int) -> bytes:
    nodes = edge_nodes(connection, since)
    path = consistency_of(connection, since, size) if since else ()
    row = {
        "v": 1,
        "treeSize": since,
        "nodes": [node.hex() for node in nodes],
        "consistency": [step.hex() for step in path],
    }
    return json.dumps(row, indent=1).encode()


def _add_seal(archive: zipfile.ZipFile, seal: Seal) -> None:
    name = f"tree-heads/{seal.head.tree_size}"
    _add(archive, f"{name}.json", tree_head_bytes(seal.head))
    _add(archive, f"{name}.sig", seal.signature)
    _add(archive, f"{name}.pem", seal.certificate.to_pem())
    if seal.token is not None:
        _add(archive, f"{name}.tst", seal.token)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(_named(name), content)


def _named(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ANY_TIME)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, _READABLE
    return info
