"""Keys in a real PKCS#11 token: found, proven, used by many threads, found again after the session is lost."""

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from signing.errors import KeyUnavailable, KeyUnusable
from signing.keys.files import Password, write_certificate
from signing.keys.keypair import SignatureAlgorithm
from signing.keys.pinned import PinnedCertificates
from signing.keys.pkcs11_key import load_token_key
from signing.keys.pkcs11_session import HardwareToken
from signing.keys.pkcs11_uri import TokenUri
from signing.profile.envelope import ReadEnvelope
from signing.profile.raw_value import is_value_of
from signing.profile.verification import verify_envelope
from signing.profile.writing import sign_envelope
from signing.xades.container import SignedFile, build_signature, read_signature, verify_value
from tests.worlds.signing import forge
from tests.worlds.softhsm import PIN, TOKEN, put_certificate, put_key, softhsm_module

KINDS = ("RSA-2048", "P-256")


def a_name() -> tuple[str, bytes]:
    """A label and an identifier of the test's own."""
    minted = uuid.uuid4()
    return f"key-{minted}", minted.bytes


def uri_of(label: str, *, pin_file=None, **changes: str) -> TokenUri:
    words = {"token": TOKEN, "object": label} | changes
    path = ";".join(f"{name}={value}" for name, value in words.items())
    pin = f"&pin-source={pin_file}" if pin_file else ""
    return TokenUri.parse(f"pkcs11:{path}?module-path={softhsm_module()}{pin}")


@pytest.fixture
def pin_file(tmp_path):
    file = tmp_path / "pin"
    file.write_text(f"{PIN}\n")
    file.chmod(0o600)
    return file


def placed(kind: str, *, certificate: bool = True):
    """A key of ours moved into the token; returns it with its label."""
    label, identifier = a_name()
    key = forge.issued(f"Токен {label}", kind)
    put_key(key, label, identifier)
    if certificate:
        put_certificate(key.certificate, label, identifier)
    return label, key


@pytest.fixture(params=KINDS)
def token_key(request, pin_file, tmp_path):
    label, _ = placed(request.param)
    return load_token_key(uri_of(label, pin_file=pin_file), tmp_path / "absent.pem", Password(), now=forge.NOW)


def test_a_token_signs_an_envelope_that_verifies(token_key):
    pinned = PinnedCertificates([("akimat-almaty", token_key.certificate)])

    envelope = sign_envelope(forge.CONTENT, token_key, now=forge.NOW)

    assert verify_envelope(ReadEnvelope.of(envelope), pinned, now=forge.NOW).content == forge.CONTENT


def test_a_token_signs_a_dossier(token_key):
    files = [SignedFile("dossier.xml", "application/xml", hashlib.sha256(b"<dossier/>").digest())]

    signature = read_signature(build_signature(files, token_key, signed_at=forge.NOW))

    assert signature.certificate == token_key.certificate
    assert verify_value(signature)


def test_rsa_in_a_token_can_use_pss_for_a_key_certified_for_nothing_else(pin_file, tmp_path):
    label, _ = placed("RSA-2048")
    key = load_token_key(uri_of(label, pin_file=pin_file), tmp_path / "absent.pem", Password(), now=forge.NOW)
    assert isinstance(key.certificate.public_key, rsa.RSAPublicKey)
    key.algorithm = SignatureAlgorithm.RSA_PSS_SHA256

    assert is_value_of(key.certificate, SignatureAlgorithm.RSA_PSS_SHA256, b"data", key.sign(b"data"))


def test_many_threads_take_turns_at_one_token(token_key):
    datas = [f"message {number}".encode() for number in range(64)]

    with ThreadPoolExecutor(8) as threads:
        values = list(threads.map(token_key.sign, datas))

    assert all(
        is_value_of(token_key.certificate, token_key.algorithm, data, value)
        for data, value in zip(datas, values, strict=True)
    )


def test_two_keys_share_the_one_login_that_a_process_has(pin_file, tmp_path):
    keys = [
        load_token_key(uri_of(placed(kind)[0], pin_file=pin_file), tmp_path / "absent.pem", Password(), now=forge.NOW)
        for kind in KINDS
    ]

    for key in (*keys, *keys):
        assert is_value_of(key.certificate, key.algorithm, b"data", key.sign(b"data"))


def test_a_lost_session_is_opened_again(token_key):
    HardwareToken.of(softhsm_module(), TOKEN, None)._session.close()

    assert is_value_of(token_key.certificate, token_key.algorithm, b"data", token_key.sign(b"data"))


def test_a_certificate_in_a_file_serves_a_token_that_holds_none(pin_file, tmp_path):
    label, key = placed("P-256", certificate=False)
    write_certificate(tmp_path / "cert.pem", key.certificate)

    loaded = load_token_key(uri_of(label, pin_file=pin_file), tmp_path / "cert.pem", Password(), now=forge.NOW)

    assert loaded.certificate == key.certificate


def test_a_certificate_of_another_key_is_found_out_by_a_signature(pin_file, tmp_path):
    label, _ = placed("P-256", certificate=False)
    write_certificate(tmp_path / "cert.pem", forge.key("P-256").certificate)

    with pytest.raises(KeyUnusable, match="does not belong"):
        load_token_key(uri_of(label, pin_file=pin_file), tmp_path / "cert.pem", Password(), now=forge.NOW)


def test_of_two_keys_of_one_label_the_younger_in_force_is_taken(pin_file, tmp_path):
    label, _ = a_name()
    authority = SandboxAuthority.create("Test CA", now=forge.NOW)
    issued = {
        days: authority.issue(
            "Сот", bin="990240003311", usage=Usage.MESSAGE, now=forge.NOW + timedelta(days=days), key_kind="P-256"
        )
        for days in (0, 10, 20)
    }
    for key in issued.values():
        identifier = uuid.uuid4().bytes
        put_key(key, label, identifier)
        put_certificate(key.certificate, label, identifier)

    loaded = load_token_key(
        uri_of(label, pin_file=pin_file), tmp_path / "absent.pem", Password(), now=forge.NOW + timedelta(days=15)
    )

    assert loaded.certificate == issued[10].certificate
    assert is_value_of(loaded.certificate, loaded.algorithm, b"data", loaded.sign(b"data"))


def test_two_keys_of_one_name_without_certificates_are_not_guessed_between(pin_file, tmp_path):
    label, _ = a_name()
    for name in ("one", "two"):
        put_key(forge.issued(name, "P-256"), label, uuid.uuid4().bytes)
    write_certificate(tmp_path / "cert.pem", forge.issued("one", "P-256").certificate)

    with pytest.raises(KeyUnusable, match="has 2 private keys of this name; add id="):
        load_token_key(uri_of(label, pin_file=pin_file), tmp_path / "cert.pem", Password(), now=forge.NOW)


def test_an_absent_key_is_told_with_the_cure(pin_file, tmp_path):
    write_certificate(tmp_path / "cert.pem", forge.key().certificate)

    with pytest.raises(KeyUnusable, match="has 0 private keys of this name; mend object="):
        load_token_key(uri_of("nobody", pin_file=pin_file), tmp_path / "cert.pem", Password(), now=forge.NOW)


def test_an_absent_token_is_waited_for(pin_file, tmp_path):
    with pytest.raises(KeyUnavailable, match="token elsewhere is not there"):
        load_token_key(
            uri_of("key", pin_file=pin_file, token="elsewhere"), tmp_path / "cert.pem", Password(), now=forge.NOW
        )


def test_an_absent_library_is_named(pin_file, tmp_path):
    uri = TokenUri.parse(f"pkcs11:token={TOKEN};object=key?module-path=/nowhere/libtoken.so&pin-source={pin_file}")

    with pytest.raises(KeyUnusable, match=r"/nowhere/libtoken\.so.*mend module-path"):
        load_token_key(uri, tmp_path / "cert.pem", Password(), now=forge.NOW)


def test_a_wrong_pin_is_tried_once_and_never_shown(tmp_path):
    token, tries = HardwareToken(softhsm_module(), TOKEN, None), []
    found = token._find()

    class Counted:
        def open(self, user_pin=None):
            tries.append(user_pin)
            return found.open(user_pin=user_pin)

    shared = HardwareToken.of(softhsm_module(), TOKEN, None)
    if shared._session is not None:  # its login would count for every session of this process
        shared._session.close()
        shared._session = None
    token._find = Counted
    for words in ("is refused", "not tried again"):
        with pytest.raises(KeyUnusable, match=words) as refused:
            token.do(lambda _: None, Password(b"9999"))
        assert "9999" not in str(refused.value)

    assert tries == ["9999"]


def test_a_key_in_a_token_shows_neither_pin_nor_secret(token_key):
    assert PIN not in repr(token_key)
