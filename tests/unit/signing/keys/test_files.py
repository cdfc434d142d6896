"""Keys in files: what they may be, who may read them, and words that say what to do."""

import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from signing.errors import KeyUnusable
from signing.keys.files import SECRET_LIMIT_BYTES, Password, load_pair, read_password, write_pair
from tests.worlds.signing import forge

KINDS = ("RSA-2048", "P-256")


def written(path, data: bytes, mode: int = 0o600):
    path.write_bytes(data)
    path.chmod(mode)
    return path


def store_of(key, password: bytes | None, *, certificate: bool = True) -> bytes:
    held = x509.load_der_x509_certificate(key.certificate.der) if certificate else None
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"key", key.private_key, held, None, encryption)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("password", [b"Qwerty12", "құпия".encode(), None])
@pytest.mark.parametrize("suffix", ["p12", "pfx", "P12"])
def test_a_pkcs12_store_brings_its_own_certificate(tmp_path, kind, password, suffix):
    store = written(tmp_path / f"key.{suffix}", store_of(forge.key(kind), password))

    loaded = load_pair(store, tmp_path / "absent.pem", password)

    assert loaded == forge.key(kind)
    assert loaded.sign(b"data")


@pytest.mark.parametrize(("given", "words"), [(b"wrong", "password is wrong"), (None, "password file")])
def test_a_store_that_does_not_open_says_so_without_its_password(tmp_path, given, words):
    store = written(tmp_path / "key.p12", store_of(forge.key(), b"right-secret"))

    with pytest.raises(KeyUnusable, match=words) as refused:
        load_pair(store, tmp_path / "absent.pem", given)

    assert str(store) in str(refused.value)
    assert "right-secret" not in str(refused.value)


def test_a_store_without_its_certificate_is_refused(tmp_path):
    store = written(tmp_path / "key.p12", store_of(forge.key(), b"secret", certificate=False))

    with pytest.raises(KeyUnusable, match="holds no certificate"):
        load_pair(store, tmp_path / "absent.pem", b"secret")


def test_a_curve_of_another_kind_is_sent_to_where_it_works(tmp_path):
    private = ec.generate_private_key(ec.SECP256K1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_pair(tmp_path, "good", forge.key())
    written(tmp_path / "good.key", pem)

    with pytest.raises(KeyUnusable, match=r"secp256k1|does not belong"):
        load_pair(tmp_path / "good.key", tmp_path / "good.pem")


@pytest.mark.parametrize("name", ["key.p12", "key.pem"])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_open_to_others_is_refused_with_the_cure(tmp_path, name, mode):
    key = written(tmp_path / name, b"whatever", mode)

    with pytest.raises(KeyUnusable, match=f"chmod 600 {key}"):
        load_pair(key, tmp_path / "cert.pem", b"secret")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away; as root this runs")
def test_a_file_of_another_account_is_refused_to_all_but_that_account(tmp_path):
    key = written(tmp_path / "key.pem", b"whatever")
    os.chown(key, 4321, 4321)

    with pytest.raises(KeyUnusable, match=f"belongs to uid 4321; run: chown 0 {key}"):
        load_pair(key, tmp_path / "cert.pem")


def test_a_file_without_end_is_not_read_to_its_end(tmp_path):
    key = written(tmp_path / "key.pem", b"x" * (SECRET_LIMIT_BYTES + 1))

    with pytest.raises(KeyUnusable, match="longer than"):
        load_pair(key, tmp_path / "cert.pem")


def test_a_needless_password_is_told_as_such(tmp_path):
    write_pair(tmp_path, "party", forge.key())

    with pytest.raises(KeyUnusable, match="remove its password setting"):
        load_pair(tmp_path / "party.key", tmp_path / "party.pem", b"needless")


@pytest.mark.parametrize("content", [b"secret\n", b"secret", b"secret\r\n", b"secret\nand a note\n"])
def test_a_password_is_the_first_line_of_its_file(tmp_path, content):
    assert read_password(written(tmp_path / "password", content)) == b"secret"


@pytest.mark.parametrize(
    ("content", "mode", "words"), [(b"\nsecret\n", 0o600, "first line is empty"), (b"secret", 0o644, "chmod 600")]
)
def test_a_password_file_that_is_empty_or_open_is_refused(tmp_path, content, mode, words):
    with pytest.raises(KeyUnusable, match=words):
        read_password(written(tmp_path / "password", content, mode))


def test_a_password_does_not_show():
    assert "secret" not in repr(Password(b"secret"))
    assert Password(b"secret").read() == b"secret"
    assert Password().read() is None
