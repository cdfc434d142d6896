"""Signed messages as files, for anybody's verifier: ``python -m tests.worlds.signing.vectors`` writes them again.

Under ``tests/vectors/wss``: ``honest/`` (our own form) and ``foreign/`` must be accepted, ``hostile/``
refused; ``index.json`` says of each which key
signs for its sender and with which code we refuse it. Judge them for the moment ``2026-11-24T09:00:00.123Z``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lxml import etree

from contracts import xmlsafe
from contracts.codes import Code
from signing.keys.keypair import SignatureAlgorithm, algorithms_of
from signing.profile.policy import CertificateNaming
from tests.worlds.signing import (
    attacks_on_forms,  # noqa: F401  registers its attacks
    attacks_on_parts,  # noqa: F401  so does this one
    attacks_on_signatures,  # noqa: F401  and this one
    forge,
    forms,
)
from tests.worlds.signing.attacks import ATTACKS

FOLDER = Path(__file__).parents[2] / "vectors" / "wss"
INDEX = FOLDER / "index.json"
FOLDERS = ("honest", "foreign", "hostile")


@dataclass(frozen=True)
class MessageVector:
    """One line of the index. ``code``: None where the message is to be accepted."""

    file: str
    says: str
    code: Code | None
    key: str  # the certificate that is registered for the sender

    @property
    def data(self) -> bytes:
        return (FOLDER / self.file).read_bytes()


def made() -> Iterator[tuple[MessageVector, bytes]]:
    """Every vector with its bytes, the same at every call."""
    yield from _honest()
    yield from _foreign()
    for attack in ATTACKS:
        file = f"hostile/{attack.name.replace('_', '-')}.xml"
        yield (
            MessageVector(file, " ".join(attack.says.split()), attack.code, _certificate(attack.by or attack.kind)),
            attack.message(),
        )


def _honest() -> Iterator[tuple[MessageVector, bytes]]:
    for kind in forge.KINDS:
        for algorithm in algorithms_of(forge.key(kind).certificate):
            for naming in CertificateNaming:
                yield _honest_message(kind, algorithm, naming)


def _foreign() -> Iterator[tuple[MessageVector, bytes]]:
    for name, (root, kind) in forms.forms().items():
        vector = MessageVector(f"foreign/{name}.xml", name.replace("-", " "), None, _certificate(kind))
        yield vector, etree.tostring(root)  # prefixes that nothing uses are part of it


def _honest_message(
    kind: forge.FixedKind, algorithm: SignatureAlgorithm, naming: CertificateNaming
) -> tuple[MessageVector, bytes]:
    root = forge.honest(kind=kind, signer=forge.Repeatable.of(forge.key(kind), algorithm), naming=naming)
    file = f"honest/{kind.lower()}-{algorithm}-{naming.name.lower().replace('_', '-')}.xml"
    says = f"{algorithm} by a key of kind {kind}, certificate named by: {naming.value}"
    return MessageVector(file, says, None, _certificate(kind)), xmlsafe.canonical(root)


def _certificate(kind: forge.FixedKind | forge.ForeignKind) -> str:
    return f"keys/party-{kind.lower()}.pem"


def index() -> tuple[MessageVector, ...]:
    """The index as it lies there."""
    lines = json.loads(INDEX.read_text(encoding="utf-8"))
    return tuple(
        MessageVector(line["file"], line["says"], line["code"] and Code(line["code"]), line["key"]) for line in lines
    )


def written(vectors: list[MessageVector]) -> str:
    """The index as a file."""
    return json.dumps([asdict(vector) for vector in vectors], ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write everything again; a file whose attack is gone goes too."""
    vectors = list(made())
    for folder in FOLDERS:
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
        (FOLDER / folder).mkdir()
    for vector, data in vectors:
        (FOLDER / vector.file).write_bytes(data)
    INDEX.write_text(written([vector for vector, _ in vectors]), encoding="utf-8")


if __name__ == "__main__":
    main()
