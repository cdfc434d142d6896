"""One table of strong algorithms, and everybody who judges a key or a signature by it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from asn1crypto import algos
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import SignatureAlgorithmOID

import dossier.foreign.algorithms as foreign
from signing.errors import CmsRefused
from signing.timestamps.cms import digest_name_of
from signing.trust.algorithms import is_signed_by
from signing.trust.ocsp import read_answer
from signing.trust.path import CertificateStanding, Purpose, judge_path
from signing.trust.revocation import RevocationStatus, RevocationValues, judge_revocation
from signing.trust.strength import CURVES, DIGESTS, is_strong, is_strong_asn1
from tests.worlds.signing.hierarchy import NOW, CertificateNode, authority, key, ocsp_response, revocation_list

ROOM = Path(__file__).parents[4]
STRONG = ("RSA-2048", "P-256", "P-384", "P-521")
WEAK = ("RSA-1024", "secp256k1")


@pytest.mark.parametrize("kind", [*STRONG, *WEAK])
def test_every_judge_of_keys_says_the_same(kind):
    """A path over an authority of this kind, its answers and its lists, and the key in both libraries' words."""
    issuing = authority(f"issuing by {kind}", kind=kind)
    holder = CertificateNode(f"holder of {kind}", issuing)
    der = issuing.certificate.der
    sentence = {
        "cryptography": is_strong(key(issuing.name, kind).public_key()),
        "asn1crypto": is_strong_asn1(asn1.Certificate.load(der).public_key),
        "path": judge_path(holder.certificate, [issuing.certificate], at=NOW, purpose=Purpose.SEALS).standing
        is CertificateStanding.TRUSTED,
        "ocsp": _is_good(holder, RevocationValues((ocsp_response(holder),))),
        "list": _is_good(holder, RevocationValues(crls=(revocation_list(issuing),))),
    }
    assert sentence == dict.fromkeys(sentence, kind in STRONG)


@pytest.mark.parametrize("kind", STRONG)
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_every_strong_key_may_use_every_strong_digest(kind, digest):
    issuing = authority(f"issuing by {kind}", kind=kind)
    holder = CertificateNode("holder", issuing, digest=type(DIGESTS[digest])())
    judged = judge_path(holder.certificate, [issuing.certificate], at=NOW, purpose=Purpose.SEALS)
    assert judged.standing is CertificateStanding.TRUSTED, judged.detail
    answer = ocsp_response(holder, digest=DIGESTS[digest])
    assert read_answer(answer, holder.certificate, issuing.certificate).answer.status is RevocationStatus.GOOD


def test_the_table_is_what_others_name_it():
    assert set(foreign.DIGESTS.values()) == {method.digest for method in foreign.METHODS.values()} == set(DIGESTS)
    assert [curve.name for curve in CURVES] == ["secp256r1", "secp384r1", "secp521r1"]


@pytest.mark.parametrize("name", ["sha1", "md5", "sha224"])
def test_a_digest_that_is_not_in_the_table_is_taken_by_nobody(name):
    with pytest.raises(CmsRefused):
        digest_name_of(algos.DigestAlgorithm({"algorithm": name}))
    assert name not in DIGESTS
    assert not any(name in uri for uri in foreign.METHODS)


def test_nobody_keeps_a_second_table():
    """P-521 was weak for two readers and strong for two: each had curves of its own."""
    second = re.compile(r"SECP384R1|SECP521R1|secp384r1|secp521r1|key_size >= \d|bit_size >= \d")
    sources = [path for room in ("signing", "dossier", "connectors", "gateway") for path in (ROOM / room).rglob("*.py")]
    found = {str(path.relative_to(ROOM)) for path in sources if second.search(path.read_text(encoding="utf-8"))}
    assert found <= {"signing/trust/strength.py"}


def test_nobody_else_builds_paths():
    """Whoever judged by a path of its own would judge by rules of its own."""
    sources = [path for room in ("signing", "dossier", "connectors", "gateway") for path in (ROOM / room).rglob("*.py")]
    importers = {str(path.relative_to(ROOM)) for path in sources if "pyhanko_certvalidator" in _imported(path)}
    assert importers == {"signing/trust/algorithms.py", "signing/trust/path.py"}


def _imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def _is_good(holder: CertificateNode, values: RevocationValues) -> bool:
    issuer = holder.parent.certificate
    return judge_revocation(holder.certificate, issuer, values, at=NOW).status is RevocationStatus.GOOD


def test_a_value_by_a_digest_outside_the_table_is_nobodys():
    private = key("anyone", "P-256")
    value = private.sign(b"signed", ec.ECDSA(hashes.SHA224()))
    oid = SignatureAlgorithmOID.ECDSA_WITH_SHA224
    assert not is_signed_by(private.public_key(), signature=value, signed=b"signed", algorithm=oid)
