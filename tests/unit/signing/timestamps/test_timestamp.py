"""Time-stamp tokens: what is asked, what is granted, and everything that is no proof."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox.authorities.ca import KeyKind, SandboxAuthority, Usage
from connectors.sandbox.authorities.tsa import POLICY, TimeStampAuthority, granted, refusal
from signing.errors import TimestampRejected
from signing.keys.keypair import SoftwareKey
from signing.timestamps.token import build_request, read_response, read_token, require_digest

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DATA = b"the value of a signature"
DIGEST = hashlib.sha256(DATA).digest()
NONCE = 0x1122334455667788


@cache
def root() -> SandboxAuthority:
    return SandboxAuthority.create("authority", now=NOW)


@cache
def issued(key_kind: KeyKind, usage: Usage) -> SoftwareKey:
    return root().issue("tsa", bin="000000000000", usage=usage, now=NOW, days=30, key_kind=key_kind)


def key(key_kind: KeyKind = "RSA-2048", usage: Usage = Usage.TIME_STAMPS) -> SoftwareKey:
    return issued(key_kind, usage)


def tsa(key_kind: KeyKind = "RSA-2048", usage: Usage = Usage.TIME_STAMPS) -> TimeStampAuthority:
    return TimeStampAuthority(key(key_kind, usage), serial=lambda: 4242)


@cache
def token(key_kind: KeyKind = "RSA-2048") -> bytes:
    return tsa(key_kind).token(DIGEST, now=NOW, nonce=NONCE)


def changed(der: bytes, position: int, mask: int) -> bytes:
    return der[:position] + bytes([der[position] ^ mask]) + der[position + 1 :]


@pytest.mark.parametrize("key_kind", ["RSA-2048", "P-256"])
def test_what_was_asked_is_granted_and_read(key_kind):
    response = tsa(key_kind).answer(build_request(DIGEST, nonce=NONCE), now=NOW + timedelta(microseconds=7))

    read = read_response(response, digest=DIGEST, nonce=NONCE)

    assert (read.digest, read.gen_time, read.serial, read.policy) == (DIGEST, NOW, 4242, POLICY)
    assert read.authority == key(key_kind).certificate
    assert read.certificates == (key(key_kind).certificate,)
    assert read.accuracy == timedelta(seconds=1)
    assert read.covers(DATA)
    assert not read.covers(DATA + b" ")


def test_a_kept_token_reads_as_it_did_when_it_came():
    response = tsa().answer(build_request(DIGEST, nonce=NONCE), now=NOW)
    came = read_response(response, digest=DIGEST, nonce=NONCE)

    assert read_token(came.der) == came


def test_a_request_says_sha256_and_asks_for_the_certificate():
    requested = tsp.TimeStampReq.load(build_request(DIGEST, nonce=NONCE), strict=True).native

    assert requested["message_imprint"]["hash_algorithm"]["algorithm"] == "sha256"
    assert requested["message_imprint"]["hashed_message"] == DIGEST
    assert (requested["nonce"], requested["cert_req"]) == (NONCE, True)


def test_only_a_digest_can_be_asked_for():
    with pytest.raises(ValueError, match="32 bytes"):
        build_request(DATA, nonce=NONCE)


def test_a_token_for_another_digest_is_refused():
    other = hashlib.sha256(b"other").digest()
    response = tsa().answer(build_request(other, nonce=NONCE), now=NOW)

    with pytest.raises(TimestampRejected, match="another digest"):
        read_response(response, digest=DIGEST, nonce=NONCE)


def test_an_answer_to_another_request_is_refused():
    response = tsa().answer(build_request(DIGEST, nonce=NONCE + 1), now=NOW)

    with pytest.raises(TimestampRejected, match="nonce"):
        read_response(response, digest=DIGEST, nonce=NONCE)


def test_an_answer_without_the_nonce_is_refused():
    with pytest.raises(TimestampRejected, match="nonce"):
        read_response(granted(tsa().token(DIGEST, now=NOW)), digest=DIGEST, nonce=NONCE)


def test_a_refusal_is_told_with_the_authoritys_own_reason():
    with pytest.raises(TimestampRejected, match="rejection, unaccepted_policy, pay first"):
        read_response(refusal("unaccepted_policy", "pay first"), digest=DIGEST, nonce=NONCE)


@pytest.mark.parametrize("rubbish", [b"", b"\x30\x00", b"<html>busy</html>", b"\x30\x03\x02\x01\x00", b"\x00" * 4096])
def test_what_is_no_response_is_refused(rubbish):
    with pytest.raises(TimestampRejected):
        read_response(rubbish, digest=DIGEST, nonce=NONCE)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_else(rubbish):
    with pytest.raises(TimestampRejected):
        read_token(rubbish)


@pytest.mark.parametrize("key_kind", ["RSA-2048", "P-256"])
def test_a_token_with_any_flipped_byte_is_refused(key_kind):
    der = token(key_kind)
    read_token(der)

    for position in range(len(der)):
        with pytest.raises(TimestampRejected):
            read_token(changed(der, position, 1 << position % 8))


@settings(deadline=None)
@given(st.data())
def test_a_token_with_any_byte_changed_in_any_way_is_refused(data):
    der = token()
    position, mask = data.draw(st.integers(0, len(der) - 1)), data.draw(st.integers(1, 255))

    with pytest.raises(TimestampRejected):
        read_token(changed(der, position, mask))


@settings(deadline=None)
@given(st.integers(1, 40), st.booleans())
def test_a_token_cut_or_lengthened_is_refused(count, longer):
    der = token() + bytes(count) if longer else token()[:-count]

    with pytest.raises(TimestampRejected):
        read_token(der)


@pytest.mark.parametrize("usage", [Usage.MESSAGE, Usage.SEAL, Usage.OCSP])
def test_a_key_for_another_purpose_stamps_no_time(usage):
    forged = TimeStampAuthority(key("RSA-2048", usage)).token(DIGEST, now=NOW)

    with pytest.raises(TimestampRejected, match="for time stamping alone"):
        read_token(forged)


@pytest.mark.parametrize("at", [NOW - timedelta(days=1), NOW + timedelta(days=31)])
def test_a_time_outside_the_authoritys_certificate_is_refused(at):
    with pytest.raises(TimestampRejected, match="not in force"):
        read_token(tsa().token(DIGEST, now=at))


def test_a_token_without_the_authoritys_certificate_is_refused():
    with pytest.raises(TimestampRejected, match="0 usable certificates"):
        read_token(tsa().token(DIGEST, now=NOW, encloses=False))


def test_a_certificate_put_in_the_signers_place_is_refused():
    """Same issuer, same serial number, same key, other certificate: only the signed attribute tells them apart."""
    end = key().certificate.not_after.strftime("%y%m%d%H%M%SZ").encode()
    assert token().count(end) == 1
    forged = token().replace(end, b"3" + end[1:])  # to outlive its real end

    with pytest.raises(TimestampRejected, match="names another certificate"):
        read_token(forged)


def test_two_signers_are_one_too_many():
    info = cms.ContentInfo.load(token())
    signers = info["content"]["signer_infos"]
    signers.append(signers[0])

    with pytest.raises(TimestampRejected, match="2 signers"):
        read_token(info.dump(force=True))


def test_a_sha1_digest_is_refused():
    weak = tsa().token(hashlib.sha1(DATA).digest(), digest_name="sha1", now=NOW)

    with pytest.raises(TimestampRejected, match="sha1 is not accepted"):
        read_token(weak)


def test_a_digest_of_another_length_is_refused():
    with pytest.raises(TimestampRejected, match="31 bytes"):
        read_token(tsa().token(DIGEST[:31], now=NOW))


def test_longer_digests_of_other_authorities_are_read():
    digest = hashlib.sha512(DATA).digest()

    read = read_token(tsa().token(digest, digest_name="sha512", now=NOW))

    assert read.covers(DATA)
    with pytest.raises(TimestampRejected, match="another digest"):
        require_digest(read, DIGEST)


@cache  # asn1crypto takes a second to write what it has read
def with_certificates(*enclosed: bytes) -> bytes:
    info = cms.ContentInfo.load(token())
    info["content"]["certificates"] = [
        cms.CertificateChoices("certificate", asn1_x509.Certificate.load(der)) for der in enclosed
    ]
    return info.dump(force=True)


def test_the_path_is_read_leaf_first_and_strangers_are_left_out():
    mine, issuer = key().certificate, root().key.certificate
    stranger = SandboxAuthority.create("stranger", now=NOW).key.certificate

    read = read_token(with_certificates(stranger.der, issuer.der, mine.der))

    assert read.certificates == (mine, issuer)


def test_the_order_of_enclosed_certificates_is_no_matter():
    """RFC 5652 wants a SET in DER order; authorities write it as they please."""
    mine, issuer = key().certificate.der, root().key.certificate.der
    ordered = with_certificates(issuer, mine)
    first, second = (mine, issuer) if mine + issuer in ordered else (issuer, mine)
    disordered = ordered.replace(first + second, second + first)

    assert disordered != ordered
    assert read_token(disordered).certificates == read_token(ordered).certificates


@settings(deadline=None)  # two cores may be shared by many
@given(st.data())
def test_whatever_is_changed_in_a_path_the_proof_is_the_same_or_none(data):
    """An enclosed issuer is a courtesy: changed, it no longer counts, and what the token proves stays what it was."""
    der = with_certificates(key().certificate.der, root().key.certificate.der)
    position, mask = data.draw(st.integers(0, len(der) - 1)), data.draw(st.integers(1, 255))
    try:
        read = read_token(changed(der, position, mask))
    except TimestampRejected:
        return
    before = read_token(der)
    assert (read.digest, read.gen_time, read.authority) == (before.digest, before.gen_time, before.authority)


def test_the_sandboxs_authority_refuses_what_is_no_request():
    with pytest.raises(TimestampRejected, match="bad_data_format"):
        read_response(tsa().answer(b"not a request", now=NOW), digest=DIGEST, nonce=NONCE)
