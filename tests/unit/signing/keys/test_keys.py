"""Keys are refused where they are loaded, with words that say what to do; certificates say what they are for."""

import hashlib
import stat
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from signing.errors import KeyUnusable
from signing.keys.files import write_pair, write_private_key
from signing.keys.keypair import (
    Certificate,
    SignatureAlgorithm,
    SoftwareKey,
    accepted_of,
    algorithm_of,
    algorithms_of,
    key_identifier_of,
)
from signing.keys.pinned import PinnedCertificates
from tests.worlds.signing import forge
from tests.worlds.signing.fixed_keys import for_pss_only, with_key

KINDS = ("RSA-2048", "P-256")


@pytest.fixture
def pair(tmp_path):
    write_pair(tmp_path, "party", forge.key())
    return tmp_path / "party.key", tmp_path / "party.pem"


def test_a_written_pair_loads_again_and_only_its_owner_can_read_the_key(pair):
    key_path, certificate_path = pair
    assert SoftwareKey.load(key_path, certificate_path) == forge.key()
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert key_path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")  # PKCS#8


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_file_open_to_others_is_refused_with_the_cure(pair, mode):
    key_path, certificate_path = pair
    key_path.chmod(mode)
    with pytest.raises(KeyUnusable, match=f"chmod 600 {key_path}"):
        SoftwareKey.load(key_path, certificate_path)


def test_writing_over_an_open_key_file_closes_it(pair):
    key_path, _ = pair
    key_path.chmod(0o644)
    write_private_key(key_path, forge.key())
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600


def test_two_halves_that_do_not_match_are_refused(pair, tmp_path):
    write_pair(tmp_path, "other", forge.issued("Басқа", "P-256"))
    with pytest.raises(KeyUnusable, match="does not belong"):
        SoftwareKey.load(pair[0], tmp_path / "other.pem")


@pytest.mark.parametrize("spoilt", ["party.key", "party.pem"])
@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_an_unreadable_file_is_named(pair, tmp_path, spoilt, content):
    (tmp_path / spoilt).write_bytes(content)
    with pytest.raises(KeyUnusable, match=spoilt):
        SoftwareKey.load(*pair)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(KeyUnusable, match=r"absent\.key"):
        SoftwareKey.load(tmp_path / "absent.key", tmp_path / "absent.pem")


def test_a_key_under_a_password_needs_it(pair):
    key_path, certificate_path = pair
    encrypted = forge.key().private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    key_path.write_bytes(encrypted)
    with pytest.raises(KeyUnusable, match="assword"):
        SoftwareKey.load(key_path, certificate_path)
    assert SoftwareKey.load(key_path, certificate_path, password=b"secret") == forge.key()


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "1024 bits"),
        (lambda: ec.generate_private_key(ec.SECP384R1()), "secp384r1"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "secp256k1"),
    ],
)
def test_weak_and_foreign_kinds_of_keys_are_refused(key, reason):
    with pytest.raises(KeyUnusable, match=reason):
        algorithm_of(key().public_key())


@pytest.mark.parametrize("kind", KINDS)
def test_a_raw_signature_verifies_with_the_certificate(kind):
    key = forge.key(kind)
    signature, public = key.sign(b"data"), key.certificate.public_key
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, b"data", padding.PKCS1v15(), SHA256())
        assert key.algorithm is SignatureAlgorithm.RSA_SHA256
        return
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert len(signature) == 64  # r‖s of fixed width, as XML-DSig wants it
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public.verify(encode_dss_signature(r, s), b"data", ec.ECDSA(SHA256()))
    assert key.algorithm is SignatureAlgorithm.ECDSA_SHA256


def certified_for_pss(digest: str) -> Certificate:
    return for_pss_only(forge.key("RSA-2048").certificate, forge.authority(), digest=digest)


def test_an_rsa_key_may_sign_by_either_scheme_and_does_so_by_the_usual_one():
    key = forge.key("RSA-2048")
    assert algorithms_of(key.certificate) == (SignatureAlgorithm.RSA_SHA256, SignatureAlgorithm.RSA_PSS_SHA256)
    assert key.algorithm is SignatureAlgorithm.RSA_SHA256


def test_a_key_told_to_sign_with_pss_makes_salts_of_32_bytes():
    held = forge.key("RSA-2048")
    key = SoftwareKey(held.private_key, held.certificate, sign_with=SignatureAlgorithm.RSA_PSS_SHA256)
    scheme = padding.PSS(padding.MGF1(SHA256()), salt_length=32)
    assert key.sign(b"data") != key.sign(b"data")
    public = key.certificate.public_key
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(key.sign(b"data"), b"data", scheme, SHA256())


def test_a_key_certified_for_pss_makes_nothing_else():
    held, pss = forge.key("RSA-2048"), SignatureAlgorithm.RSA_PSS_SHA256
    assert algorithms_of(certified_for_pss("sha256")) == (pss,)
    assert SoftwareKey(held.private_key, certified_for_pss("sha256")).algorithm is pss
    with pytest.raises(KeyUnusable, match="not rsa-sha256"):
        SoftwareKey(held.private_key, certified_for_pss("sha256"), sign_with=SignatureAlgorithm.RSA_SHA256)


def test_a_key_bound_to_another_hash_than_ours_cannot_be_used():
    with pytest.raises(KeyUnusable, match="other parameters"):
        algorithms_of(certified_for_pss("sha512"))


def test_a_key_cannot_be_told_to_sign_by_what_it_is_not():
    held = forge.key("P-256")
    with pytest.raises(KeyUnusable, match="not rsa-pss-sha256"):
        SoftwareKey(held.private_key, held.certificate, sign_with=SignatureAlgorithm.RSA_PSS_SHA256)


def test_a_private_key_does_not_show_in_a_log_line():
    assert "private" not in repr(forge.key())


def test_a_certificate_survives_pem_and_is_known_by_its_bytes():
    certificate = forge.key().certificate
    assert Certificate.from_pem(certificate.to_pem()) == certificate
    assert len(certificate.sha256) == 64


def test_a_certificate_names_the_legal_entity_as_the_national_authority_does():
    certificate = forge.key().certificate
    assert certificate.subject == ("CN=Алматы қаласының әкімдігі,OU=BIN990240003311,O=Алматы қаласының әкімдігі,C=KZ")
    assert certificate.issuer == forge.authority().key.certificate.subject


@pytest.mark.parametrize(("usage", "lasting"), [(Usage.MESSAGE, False), (Usage.SEAL, True)])
def test_a_seal_certificate_alone_is_for_what_must_not_be_repudiated(usage, lasting):
    key = forge.authority().issue("Dälel", bin="990240003311", usage=usage, now=forge.NOW, key_kind="P-256")
    usages = x509.load_der_x509_certificate(key.certificate.der).extensions.get_extension_for_class(x509.KeyUsage)
    assert usages.critical
    assert (usages.value.digital_signature, usages.value.content_commitment) == (True, lasting)


def test_a_long_kazakh_name_is_whole_as_organisation_and_cut_between_letters_as_common_name():
    name = "Алматы қаласының жер қатынастары басқармасы, №1 ә"  # 49 letters, 91 bytes
    key = forge.authority().issue(name, bin="990240003311", usage=Usage.SEAL, now=forge.NOW, key_kind="P-256")
    subject = x509.load_der_x509_certificate(key.certificate.der).subject
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == name
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == name[:34]


def test_a_certificate_is_in_force_from_an_hour_before_its_making_to_its_last_second():
    certificate = forge.key().certificate
    assert certificate.is_in_force(certificate.not_before)
    assert certificate.is_in_force(certificate.not_after)
    assert not certificate.is_in_force(certificate.not_before - timedelta(seconds=1))
    assert not certificate.is_in_force(certificate.not_after + timedelta(seconds=1))
    assert forge.NOW - certificate.not_before >= timedelta(hours=1)


def test_the_authority_loads_again_and_its_certificates_chain(tmp_path):
    forge.authority().save(tmp_path / "ca")
    loaded = SandboxAuthority.load(tmp_path / "ca")
    assert loaded == forge.authority()
    issued = loaded.issue("Сот", bin="990240003311", usage=Usage.MESSAGE, now=forge.NOW, key_kind="P-256")
    root, leaf = (x509.load_der_x509_certificate(k.certificate.der) for k in (loaded.key, issued))
    leaf.verify_directly_issued_by(root)


def test_one_certificate_cannot_belong_to_two_parties():
    certificate = forge.key().certificate
    with pytest.raises(KeyUnusable, match=r"smas-almaty.*eotinish|eotinish.*smas-almaty"):
        PinnedCertificates([("smas-almaty", certificate), ("eotinish", certificate)])


def test_one_certificate_may_be_listed_twice_for_its_owner():
    certificate = forge.key().certificate
    pinned = PinnedCertificates([("eotinish", certificate), ("eotinish", certificate)])
    assert pinned.by_issuer_serial(certificate.issuer, certificate.serial) is not None


def test_a_weak_certificate_is_refused_at_registration_with_its_owner_named():
    weak = _self_signed(rsa.generate_private_key(65537, 1024), "CN=weak")
    with pytest.raises(KeyUnusable, match="eotinish"):
        PinnedCertificates([("eotinish", weak)])


def test_an_issuer_and_serial_that_fit_two_certificates_name_nobody():
    first, second = (_self_signed(ec.generate_private_key(ec.SECP256R1()), "CN=same") for _ in range(2))
    pinned = PinnedCertificates([("a", first), ("b", second)])
    assert pinned.by_issuer_serial("CN=same", 7) is None
    found = pinned.by_sha256(second.sha256)
    assert found is not None
    assert found.owner == "b"


def _self_signed(key, name: str) -> Certificate:
    subject = x509.Name.from_rfc4514_string(name)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(forge.NOW).not_valid_after(forge.NOW + timedelta(days=1))
    return Certificate.from_der(builder.sign(key, SHA256()).public_bytes(serialization.Encoding.DER))


def test_a_certificate_with_any_bit_flipped_is_read_or_refused_in_our_words():
    der = SandboxAuthority.create("Test CA", now=forge.NOW).key.certificate.der
    refused = 0
    for bit in range(8 * len(der)):
        flipped = bytearray(der)
        flipped[bit // 8] ^= 1 << (bit % 8)
        try:
            Certificate.from_der(bytes(flipped))
        except KeyUnusable:
            refused += 1
    assert 0 < refused < 8 * len(der)


# --- names by a digest -----------------------------------------------------------------------------------------------


def test_a_certificate_is_found_by_its_thumbprint_and_its_key_identifier():
    pinned, certificate = forge.registry(), forge.key().certificate
    assert pinned.by_thumbprint(hashlib.sha1(certificate.der).digest()).certificate == certificate
    assert pinned.by_key_identifier(key_identifier_of(certificate)).certificate == certificate


def test_a_key_that_is_certified_twice_has_an_identifier_that_names_neither():
    first = forge.foreign_key("P-384")
    again = with_key(first.certificate, first.private_key.public_key(), forge.authority())
    pinned = PinnedCertificates([("party", first.certificate), ("party", again)])
    assert pinned.by_key_identifier(key_identifier_of(first.certificate)) is None
    assert pinned.by_thumbprint(hashlib.sha1(again.der).digest()).certificate == again


def test_keys_that_we_would_not_sign_with_are_accepted_from_others():
    with pytest.raises(KeyUnusable):
        algorithms_of(forge.foreign_key("P-384").certificate)
    assert SignatureAlgorithm.ECDSA_SHA384 in accepted_of(forge.foreign_key("P-384").certificate)
    assert SignatureAlgorithm.RSA_SHA512 in accepted_of(forge.key("RSA-2048").certificate)
    assert accepted_of(forge.key("RSA-PSS").certificate) == (SignatureAlgorithm.RSA_PSS_SHA256,)
