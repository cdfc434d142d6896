"""Ledger evidence as files: read as it was written, refused when it was not, and judged by openssl."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from connectors.sandbox.authorities.ca import Usage
from connectors.sandbox.authorities.tsa import TimeStampAuthority
from dossier.ledger.form import (
    LedgerFault,
    LedgerFinding,
    check_evidence,
    inclusion_bytes,
    ledger_files,
    read_inclusion,
    read_ledger_files,
)
from dossier.ledger.merkle import (
    InclusionProof,
    LedgerEvidence,
    MalformedLedger,
    Seal,
    TreeHead,
    leaf_hash,
    tree_head_bytes,
)
from dossier.ledger.tiles import grown, reader_of
from dossier.ledger.tree import hash_of, inclusion_ranges, root_range
from signing.keys.detached import sign_detached
from tests.unit.dossier.ledger.test_ledger import tree
from tests.worlds.sealing import imprint, root, seal_key, tsa_key

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
LEAVES = tuple((seq, leaf) for seq, leaf in enumerate(tree(9), start=1))


@cache
def whole(kind: str = "RSA-2048") -> LedgerEvidence:
    """Events 1 … 9 under one head, signed and stamped."""
    leaves = [leaf for _, leaf in LEAVES]
    read = reader_of(grown({}, 0, [leaf_hash(leaf) for leaf in leaves]))
    head = TreeHead("dalel", len(leaves), hash_of(root_range(len(leaves)), read), NOW)
    key = (
        seal_key() if kind == "RSA-2048" else root().issue("ec", bin="1" * 12, usage=Usage.SEAL, now=NOW, key_kind=kind)
    )
    signature = sign_detached(tree_head_bytes(head), key)
    token = TimeStampAuthority(tsa_key()).token(imprint(signature), now=NOW)
    proofs = tuple(
        (seq, InclusionProof(leaf, seq - 1, 9, tuple(hash_of(span, read) for span in inclusion_ranges(seq - 1, 9))))
        for seq, leaf in LEAVES
    )
    return LedgerEvidence((Seal(head, signature, key.certificate, token),), proofs)


def written(evidence: LedgerEvidence) -> dict[str, bytes]:
    return {file.name: file.content for file in ledger_files(evidence)}


def test_what_is_written_reads_as_it_was_and_proves_the_events():
    assert read_ledger_files(written(whole())) == whole()
    assert check_evidence(LEAVES, whole()) == ()


def test_a_seal_without_a_token_reads_so():
    (seal,) = whole().seals
    tokenless = replace(whole(), seals=(replace(seal, token=None),))
    assert read_ledger_files(written(tokenless)) == tokenless
    assert check_evidence(LEAVES, tokenless) == ()


@pytest.mark.parametrize("name", [*written(whole())])
def test_no_bit_of_any_file_can_be_flipped(name):
    files = written(whole())
    for position in range(0, len(files[name]), max(1, len(files[name]) // 97)):
        changed = bytearray(files[name])
        changed[position] ^= 0x04
        assert is_refused(files | {name: bytes(changed)}), position


def is_refused(files: dict[str, bytes]) -> bool:
    """Refused by the reader, or found to prove nothing, or to name another signer whom nobody knows."""
    try:
        read = read_ledger_files(files)
    except MalformedLedger:
        return True
    (seal,) = read.seals
    return bool(check_evidence(LEAVES, read)) or seal.certificate != seal_key().certificate


@pytest.mark.parametrize(
    "name", ["evidence/tree-heads/9.json", "evidence/tree-heads/9.sig", "evidence/tree-heads/9.pem"]
)
def test_a_seal_lacks_no_part_but_its_token(name):
    files = written(whole())
    del files[name]
    with pytest.raises(MalformedLedger, match=name):
        read_ledger_files(files)


@pytest.mark.parametrize(
    "name", ["evidence/tree-heads/09.json", "evidence/tree-heads/9.txt", "evidence/tree-heads/../x.json", "evidence/x"]
)
def test_a_file_of_another_name_is_refused(name):
    with pytest.raises(MalformedLedger, match="no file of the ledger"):
        read_ledger_files(written(whole()) | {name: b"x"})


def test_a_head_under_another_size_is_refused():
    files = {name.replace("/9.", "/8."): content for name, content in written(whole()).items()}
    with pytest.raises(MalformedLedger, match="head of 9 leaves"):
        read_ledger_files(files)


@pytest.mark.parametrize(
    "change",
    [
        (b'"v":1', b'"v":2'),
        (b'"position":0', b'"position":false'),
        (b'"position":0', b'"position":-1'),
        (b'"seq":2', b'"seq":1'),
        (b'"path":["', b'"path":["00'),
        (b"{", b"{ "),
        (b'"proofs":[{', b'"proofs":[{"x":1,'),
    ],
)
def test_anything_but_exact_bytes_are_no_proofs(change):
    with pytest.raises(MalformedLedger, match="inclusion"):
        read_inclusion(inclusion_bytes(whole().proofs).replace(*change))


def test_every_way_not_to_prove_an_event_is_named():
    evidence = whole()
    other = tree(10)[9]

    def faults(leaves=LEAVES, *, seals=evidence.seals, proofs=evidence.proofs) -> list[LedgerFinding]:
        return list(check_evidence(leaves, LedgerEvidence(tuple(seals), tuple(proofs))))

    assert faults(proofs=evidence.proofs[1:]) == [LedgerFinding(LedgerFault.NOT_COVERED, 1)]
    assert faults([(1, other), *LEAVES[1:]]) == [LedgerFinding(LedgerFault.OTHER_LEAF, 1)]
    assert faults(LEAVES[1:]) == [LedgerFinding(LedgerFault.SURPLUS, 1)]
    assert [found.fault for found in faults(seals=())] == [LedgerFault.NO_HEAD] * 9
    moved = replace(evidence.proofs[0][1], position=1)
    assert faults(proofs=[(1, moved), *evidence.proofs[1:]]) == [LedgerFinding(LedgerFault.NOT_IN_TREE, 1)]


def test_a_seal_that_somebody_made_himself_is_found_out():
    (seal,) = whole().seals
    later = replace(seal.head, at=NOW + timedelta(days=1))
    assert [f.fault for f in check_evidence(LEAVES, replace(whole(), seals=(replace(seal, head=later),)))] == [
        LedgerFault.BAD_SIGNATURE
    ]
    elsewhere = TimeStampAuthority(tsa_key()).token(imprint(b"other"), now=NOW)
    (found,) = check_evidence(LEAVES, replace(whole(), seals=(replace(seal, token=elsewhere),)))
    assert (found.fault, found.tree_size) == (LedgerFault.BAD_TOKEN, 9)
    assert "other bytes" in found.detail
    (found,) = check_evidence(LEAVES, replace(whole(), seals=(replace(seal, token=b"rubbish"),)))
    assert found.fault is LedgerFault.BAD_TOKEN


# --- openssl --------------------------------------------------------------------------------------------------------


def openssl(folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(params=["RSA-2048", "P-256"])
def laid_out(request, tmp_path):
    """The files of a seal in a folder, with the anchor and the certificate's key."""
    (tmp_path / "ca.pem").write_bytes(root().key.certificate.to_pem())
    for file in ledger_files(whole(request.param)):
        (tmp_path / file.name.rpartition("/")[2]).write_bytes(file.content)
    key = openssl(tmp_path, "x509", "-in", "9.pem", "-pubkey", "-noout").stdout
    (tmp_path / "seal.pub").write_text(key)
    return tmp_path


def test_openssl_verifies_the_signature_of_a_head_and_refuses_another(laid_out):
    judged = ("dgst", "-sha256", "-verify", "seal.pub", "-signature", "9.sig", "9.json")
    assert openssl(laid_out, *judged).stdout == "Verified OK\n"
    assert openssl(laid_out, "verify", "-CAfile", "ca.pem", "9.pem").returncode == 0
    (laid_out / "9.json").write_bytes((laid_out / "9.json").read_bytes().replace(b"dalel", b"dalex"))
    assert openssl(laid_out, *judged).returncode == 1


def test_openssl_verifies_the_token_over_the_signature_and_refuses_another(laid_out):
    judged = ("ts", "-verify", "-data", "9.sig", "-in", "9.tst", "-token_in", "-CAfile", "ca.pem")
    assert "Verification: OK" in openssl(laid_out, *judged).stdout
    (laid_out / "9.sig").write_bytes(b"another signature")
    assert openssl(laid_out, *judged).returncode == 1
