"""Time stamps before judges that are not ours, and tokens of an authority that is not ours before us."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import rfc3161_client
from asn1crypto import cms
from cryptography import x509

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.tsa import TimeStampAuthority
from signing.errors import TimestampRejected
from signing.timestamps.token import build_request, read_response, read_token
from tests.worlds.openssl import OpensslAuthority, openssl

NOW = datetime.now(UTC).replace(microsecond=0)
DATA = b"the value of a signature"
DIGEST = hashlib.sha256(DATA).digest()
NONCE = 0xFEDCBA9876543210
CA = SandboxAuthority.create("authority", now=NOW)
KEYS = {
    kind: CA.issue("tsa", bin="000000000000", usage=Usage.TIME_STAMPS, now=NOW, key_kind=kind)
    for kind in ("RSA-2048", "P-256")
}


@pytest.fixture(params=KEYS)
def key(request):
    return KEYS[request.param]


def judged(folder, data: bytes, *words: object) -> str:
    (folder / "data").write_bytes(data)
    (folder / "ca.pem").write_bytes(CA.key.certificate.to_pem())
    verdict = openssl("ts", "-verify", "-data", folder / "data", "-CAfile", folder / "ca.pem", *words)
    return f"{verdict.returncode} {verdict.stdout.strip()}"


def test_openssl_accepts_what_our_authority_answers(key, tmp_path):
    response = tmp_path / "response.tsr"
    response.write_bytes(TimeStampAuthority(key).answer(build_request(DIGEST, nonce=NONCE), now=NOW))

    assert judged(tmp_path, DATA, "-in", response) == "0 Verification: OK"
    assert judged(tmp_path, DATA + b".", "-in", response) == "1 Verification: FAILED"


def test_openssl_accepts_our_authoritys_answer_to_the_very_request(key, tmp_path):
    request, response = tmp_path / "request.tsq", tmp_path / "response.tsr"
    request.write_bytes(build_request(DIGEST, nonce=NONCE))
    response.write_bytes(TimeStampAuthority(key).answer(request.read_bytes(), now=NOW))
    (tmp_path / "ca.pem").write_bytes(CA.key.certificate.to_pem())

    verdict = openssl("ts", "-verify", "-queryfile", request, "-in", response, "-CAfile", tmp_path / "ca.pem")

    assert verdict.stdout.strip() == "Verification: OK"


def test_openssl_accepts_a_kept_token_by_itself(key, tmp_path):
    kept = tmp_path / "kept.tst"
    kept.write_bytes(TimeStampAuthority(key).token(DIGEST, now=NOW))

    assert judged(tmp_path, DATA, "-token_in", "-in", kept) == "0 Verification: OK"


@pytest.mark.parametrize("part", ["imprint", "signature", "certificate"])
def test_openssl_and_we_refuse_the_same_changed_token(part, tmp_path):
    der = TimeStampAuthority(KEYS["P-256"]).token(DIGEST, now=NOW)
    certificate = KEYS["P-256"].certificate.der
    position = {"imprint": der.index(DIGEST), "signature": len(der) - 1, "certificate": der.index(certificate) + 300}
    place = position[part]
    kept = tmp_path / "kept.tst"
    kept.write_bytes(der[:place] + bytes([der[place] ^ 1]) + der[place + 1 :])

    assert judged(tmp_path, DATA, "-token_in", "-in", kept) == "1 Verification: FAILED"
    with pytest.raises(TimestampRejected):
        read_token(kept.read_bytes())


def test_a_second_library_accepts_what_our_authority_answers(key):
    answer = rfc3161_client.decode_timestamp_response(
        TimeStampAuthority(key).answer(build_request(DIGEST, nonce=NONCE), now=NOW)
    )
    root = x509.load_der_x509_certificate(CA.key.certificate.der)

    assert rfc3161_client.VerifierBuilder().add_root_certificate(root).nonce(NONCE).build().verify(answer, DIGEST)


@pytest.mark.parametrize("ess_digest", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("signer_digest", ["sha256", "sha512"])
def test_we_read_what_openssl_answers(key, signer_digest, ess_digest, tmp_path):
    """It encloses the whole path in no DER order, names its certificate in either way, and states its own name."""
    foreign = OpensslAuthority.made(tmp_path, CA, key, signer_digest=signer_digest, ess_digest=ess_digest, chain="yes")

    read = read_response(foreign.answer(build_request(DIGEST, nonce=NONCE)), digest=DIGEST, nonce=NONCE)

    assert read.covers(DATA)
    assert read.policy == "1.2.3.4.1"
    assert read.certificates == (key.certificate, CA.key.certificate)
    assert read.accuracy == timedelta(seconds=1, milliseconds=500)
    assert abs(read.gen_time - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_path_that_openssl_encloses_is_in_no_der_order(tmp_path):
    """Otherwise the test above would not show what it is there for: a strict DER reader refuses these tokens."""
    foreign = OpensslAuthority.made(tmp_path, CA, KEYS["RSA-2048"])
    response = foreign.answer(build_request(DIGEST, nonce=NONCE))
    token = read_response(response, digest=DIGEST, nonce=NONCE).der

    assert cms.ContentInfo.load(token).dump(force=True) != token


def test_an_answer_of_openssl_to_another_request_is_refused(tmp_path):
    foreign = OpensslAuthority.made(tmp_path, CA, KEYS["P-256"])
    response = foreign.answer(build_request(DIGEST, nonce=NONCE))

    with pytest.raises(TimestampRejected, match="nonce"):
        read_response(response, digest=DIGEST, nonce=NONCE - 1)


def test_what_openssl_refuses_is_told(tmp_path):
    foreign = OpensslAuthority.made(tmp_path, CA, KEYS["P-256"])
    sha256, sha224 = bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040204")
    weak = build_request(DIGEST, nonce=NONCE).replace(sha256, sha224)

    with pytest.raises(TimestampRejected, match="bad_alg"):
        read_response(foreign.answer(weak), digest=DIGEST, nonce=NONCE)
