"""Ledger evidence as files of a dossier: ``evidence/tree-heads/<size>.…`` and ``evidence/inclusion.json``.

A head lies there as it was signed, its signature, certificate (PEM) and token beside it, so that
``openssl dgst -sha256 -verify`` and ``openssl ts -verify`` need nothing else. Readers take exactly what the builders
write, and nothing besides.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, cast

import rfc8785

from dossier.ledger.merkle import (
    HASH_BYTES,
    InclusionProof,
    LedgerEvidence,
    MalformedLedger,
    Seal,
    TreeHead,
    read_tree_head,
    tree_head_bytes,
    verify_inclusion,
)
from signing.errors import KeyUnusable, TimestampRejected
from signing.keys.detached import is_signed_by
from signing.keys.keypair import Certificate
from signing.timestamps.token import read_token

FORM: Final = 1
"""The version written as ``v`` into the inclusion file."""

INCLUSION_PATH: Final = "evidence/inclusion.json"
HEADS_FOLDER: Final = "evidence/tree-heads/"
_HEAD_PATH: Final = re.compile(rf"{HEADS_FOLDER}([1-9][0-9]{{0,18}})\.(json|sig|pem|tst)")


class LedgerPart(StrEnum):
    """What a file of ledger evidence holds; the value is its ending."""

    HEAD = "json"
    SIGNATURE = "sig"
    CERTIFICATE = "pem"
    TOKEN = "tst"  # noqa: S105 - an ending, no secret


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """One file and what it is; ``part`` is None for the inclusion proofs."""

    name: str
    part: LedgerPart | None
    content: bytes = field(repr=False)


def ledger_files(evidence: LedgerEvidence) -> tuple[LedgerFile, ...]:
    """The files of this evidence, heads by size, proofs last."""
    ordered = sorted(evidence.seals, key=lambda seal: seal.head.tree_size)
    heads = (file for seal in ordered for file in _seal_files(seal))
    return (*heads, LedgerFile(INCLUSION_PATH, None, inclusion_bytes(evidence.proofs)))


def read_ledger_files(files: Mapping[str, bytes]) -> LedgerEvidence:
    """Inverse of ``ledger_files``, from names and bytes. Raises MalformedLedger, which names the file."""
    proofs = read_inclusion(files.get(INCLUSION_PATH, b""))
    sizes: set[int] = set()
    for name in files:
        if name != INCLUSION_PATH:
            if (match := _HEAD_PATH.fullmatch(name)) is None:
                raise MalformedLedger(f"{name} is no file of the ledger's evidence")
            sizes.add(int(match[1]))
    return LedgerEvidence(tuple(_read_seal(size, files) for size in sorted(sizes)), proofs)


def head_path(tree_size: int, part: LedgerPart) -> str:
    """Where a part of a seal lies."""
    return f"{HEADS_FOLDER}{tree_size}.{part}"


def inclusion_bytes(proofs: Sequence[tuple[int, InclusionProof]]) -> bytes:
    """RFC 8785 JSON: the proofs by ``seq``, hashes in lower-case hex, from the leaf up."""
    proofs_form = [
        {
            "seq": seq,
            "leaf": proof.leaf.hex(),
            "position": proof.position,
            "treeSize": proof.tree_size,
            "path": [step.hex() for step in proof.path],
        }
        for seq, proof in sorted(proofs, key=lambda one: one[0])
    ]
    return rfc8785.dumps(cast("Any", {"v": FORM, "proofs": proofs_form}))


def read_inclusion(data: bytes) -> tuple[tuple[int, InclusionProof], ...]:
    """Inverse of ``inclusion_bytes``. Raises MalformedLedger unless ``data`` is exactly what it would write."""
    try:
        proofs = tuple(_proof(form) for form in json.loads(data)["proofs"])
        is_exact = inclusion_bytes(proofs) == data
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise MalformedLedger(f"{INCLUSION_PATH}: not inclusion proofs: {error}") from error
    if not is_exact or len({seq for seq, _ in proofs}) < len(proofs):
        raise MalformedLedger(f"{INCLUSION_PATH}: not in canonical form")
    return proofs


# --- what is wrong with it ------------------------------------------------------------------------------------------


class LedgerFault(StrEnum):
    """How evidence fails to prove what it is given for."""

    NOT_COVERED = "not covered"  # an event has no proof
    OTHER_LEAF = "other leaf"  # the proof is for other bytes than the event's
    NO_HEAD = "no head"  # the proof is for a tree whose head is not there
    NOT_IN_TREE = "not in tree"  # the path does not lead to the root
    SURPLUS = "surplus"  # a proof for an event that is not there
    BAD_SIGNATURE = "bad signature"  # the head is not signed by the certificate beside it
    BAD_TOKEN = "bad token"  # noqa: S105 - the time stamp is broken or over something else


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """One thing that is wrong. ``seq``: of the event, or None; ``tree_size``: of the head, or None."""

    fault: LedgerFault
    seq: int | None = None
    tree_size: int | None = None
    detail: str = ""


def check_evidence(leaves: Sequence[tuple[int, bytes]], evidence: LedgerEvidence) -> tuple[LedgerFinding, ...]:
    """Everything that keeps ``evidence`` from proving these events: (seq, leaf digest of 32 bytes). Empty: it does.

    Proven is then that each event stands in a tree whose head the certificate's owner signed, and that tokens were
    made over the signatures. Whether certificate and authority are believed is ``signing.trust.path``'s to say.
    """
    return (*_event_findings(leaves, evidence), *_seal_findings(evidence.seals))


def _event_findings(leaves: Sequence[tuple[int, bytes]], evidence: LedgerEvidence) -> Iterator[LedgerFinding]:
    heads = {seal.head.tree_size: seal.head for seal in evidence.seals}
    proofs = dict(evidence.proofs)
    for seq, leaf in leaves:
        if (fault := _fault_of(leaf, proofs.get(seq), heads)) is not None:
            yield LedgerFinding(fault, seq)
    for seq in sorted(set(proofs) - {seq for seq, _ in leaves}):
        yield LedgerFinding(LedgerFault.SURPLUS, seq)


def _fault_of(leaf: bytes, proof: InclusionProof | None, heads: Mapping[int, TreeHead]) -> LedgerFault | None:
    if proof is None:
        return LedgerFault.NOT_COVERED
    if proof.leaf != leaf:
        return LedgerFault.OTHER_LEAF
    head = heads.get(proof.tree_size)
    if head is None:
        return LedgerFault.NO_HEAD
    return None if verify_inclusion(proof, leaf, head) else LedgerFault.NOT_IN_TREE


def _seal_findings(seals: Sequence[Seal]) -> Iterator[LedgerFinding]:
    for seal in seals:
        size = seal.head.tree_size
        if not is_signed_by(seal.certificate, tree_head_bytes(seal.head), seal.signature):
            yield LedgerFinding(LedgerFault.BAD_SIGNATURE, tree_size=size)
        if seal.token is not None and (trouble := token_trouble(seal.token, seal.signature)):
            yield LedgerFinding(LedgerFault.BAD_TOKEN, tree_size=size, detail=trouble)


def token_trouble(token: bytes, signature: bytes) -> str:
    """Why a token does not prove when this signature existed; empty when it does, its authority believed."""
    try:
        read = read_token(token)
    except TimestampRejected as rejected:
        return rejected.detail
    if read.digest_name != "sha256" or read.digest != hashlib.sha256(signature).digest():
        return "it is over other bytes than the signature of its head"
    return ""


# --- one seal -------------------------------------------------------------------------------------------------------


def _seal_files(seal: Seal) -> Iterator[LedgerFile]:
    parts = {
        LedgerPart.HEAD: tree_head_bytes(seal.head),
        LedgerPart.SIGNATURE: seal.signature,
        LedgerPart.CERTIFICATE: seal.certificate.to_pem(),
        LedgerPart.TOKEN: seal.token,
    }
    for part, content in parts.items():
        if content is not None:
            yield LedgerFile(head_path(seal.head.tree_size, part), part, content)


def _read_seal(size: int, files: Mapping[str, bytes]) -> Seal:
    def held(part: LedgerPart) -> bytes:
        name = head_path(size, part)
        if name not in files:
            raise MalformedLedger(f"{name} is missing")
        return files[name]

    head = read_tree_head(held(LedgerPart.HEAD))
    if head.tree_size != size:
        raise MalformedLedger(f"{head_path(size, LedgerPart.HEAD)} is a head of {head.tree_size} leaves")
    certificate = _certificate(held(LedgerPart.CERTIFICATE), head_path(size, LedgerPart.CERTIFICATE))
    return Seal(head, held(LedgerPart.SIGNATURE), certificate, files.get(head_path(size, LedgerPart.TOKEN)))


def _certificate(pem: bytes, name: str) -> Certificate:
    try:
        certificate = Certificate.from_pem(pem)
    except KeyUnusable as error:
        raise MalformedLedger(f"{name}: {error}") from error
    if certificate.to_pem() != pem:
        raise MalformedLedger(f"{name}: not one certificate in plain PEM")
    return certificate


def _proof(form: Any) -> tuple[int, InclusionProof]:  # noqa: ANN401 - JSON of a stranger
    numbers = (form["seq"], form["position"], form["treeSize"])
    if any(type(number) is not int or number < 0 for number in numbers):  # True is an int to isinstance
        raise MalformedLedger("a number is no number")
    hashes = [bytes.fromhex(text) for text in (form["leaf"], *form["path"])]
    if any(len(one) != HASH_BYTES for one in hashes):
        raise MalformedLedger(f"a hash has not {HASH_BYTES} bytes")
    return numbers[0], InclusionProof(hashes[0], numbers[1], numbers[2], tuple(hashes[1:]))
