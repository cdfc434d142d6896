"""A certification authority with fixed keys, serial numbers and times, so that vectors do not change by themselves.

The keys in ``tests/vectors/containers/keys.pem`` are public and protect nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from asn1crypto import core, ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from connectors.sandbox.authorities.tsa import TimeStampAuthority
from signing.keys.keypair import PKCS1V15, SHA256, Certificate, SoftwareKey

VECTORS = Path(__file__).parent.parent / "vectors" / "containers"
KEYS = VECTORS / "keys.pem"
NAMES = ("ca", "signer", "second", "tsa", "responder", "rogue", "attacker")

SIGNED_AT = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
STAMPED_AT = SIGNED_AT + timedelta(seconds=5)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
SEAL_POLICY = x509.ObjectIdentifier("0.4.0.194112.1.1")  # EN 319 411-2: makes DigiDoc call the signer qualified


@dataclass(frozen=True)
class KeyPair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def ours(self) -> Certificate:
        return Certificate.from_der(self.der)

    @property
    def software_key(self) -> SoftwareKey:
        return SoftwareKey(self.key, self.ours)


@cache
def keys() -> dict[str, rsa.RSAPrivateKey]:
    blocks = re.findall(rb"-----BEGIN .*?-----END [A-Z ]+-----\n", KEYS.read_bytes(), re.DOTALL)
    return dict(zip(NAMES, (load_pem_private_key(block, None) for block in blocks), strict=True))


def write_keys() -> None:
    """Once and for all: new keys would change every vector."""
    made = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in NAMES]
    pem = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) for key in made]
    KEYS.write_bytes(b"".join(pem))


def subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"), x509.NameAttribute(NameOID.COMMON_NAME, name)])


def usage(*names: str) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in names for name in every})


def issue(
    name: str,
    key: rsa.RSAPrivateKey,
    serial: int,
    issuer: KeyPair | None,
    *extensions: tuple[x509.ExtensionType, bool],
    names: tuple[str, ...] = ("digital_signature", "content_commitment"),
    until: datetime = UNTIL,
    is_ca: bool = False,
) -> KeyPair:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(issuer.certificate.subject if issuer else subject(name))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(FROM)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(usage(*names), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return KeyPair(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@cache
def ca() -> KeyPair:
    return issue("Test root", keys()["ca"], 1, None, names=("key_cert_sign", "crl_sign"), is_ca=True)


_SEAL = (x509.CertificatePolicies([x509.PolicyInformation(SEAL_POLICY, None)]), False)


@cache
def signer() -> KeyPair:
    return issue("Akimat of Almaty", keys()["signer"], 2, ca(), _SEAL)


@cache
def second() -> KeyPair:
    return issue("Court of Almaty", keys()["second"], 3, ca(), _SEAL)


@cache
def expired() -> KeyPair:
    """In force when it signed, over by now."""
    return issue("Akimat of Almaty", keys()["signer"], 9, ca(), _SEAL, until=SIGNED_AT + timedelta(days=10))


@cache
def messenger() -> KeyPair:
    """A certificate for messages only."""
    return issue("Akimat of Almaty", keys()["signer"], 10, ca(), names=("digital_signature",))


def _stamping(issuer: KeyPair, key: str, serial: int) -> KeyPair:
    purpose = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
    return issue("Time stamps", keys()[key], serial, issuer, purpose)


@cache
def tsa() -> KeyPair:
    return _stamping(ca(), "tsa", 4)


@cache
def rogue_ca() -> KeyPair:
    return issue("Test root", keys()["rogue"], 1, None, names=("key_cert_sign", "crl_sign"), is_ca=True)


@cache
def rogue_tsa() -> KeyPair:
    return _stamping(rogue_ca(), "tsa", 4)


@cache
def attacker() -> KeyPair:
    """Of an authority that nobody trusts, in the signer's very name."""
    return issue("Akimat of Almaty", keys()["attacker"], 2, rogue_ca(), _SEAL)


@cache
def responder() -> KeyPair:
    purpose = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
    return issue("Revocation answers", keys()["responder"], 5, ca(), purpose, (x509.OCSPNoCheck(), False))


def token(digest: bytes, *, at: datetime = STAMPED_AT, by: KeyPair | None = None, digest_name: str = "sha256") -> bytes:
    authority = TimeStampAuthority((by or tsa()).software_key, serial=lambda: 77)
    return authority.token(digest, now=at, digest_name=digest_name)


def answer(
    about: KeyPair, *, at: datetime = STAMPED_AT + timedelta(seconds=5), revoked_at: datetime | None = None
) -> bytes:
    """An OCSP response, DER, about a certificate of the test root."""
    return answered(about.ours, ca().ours, responder().software_key, at=at, revoked_at=revoked_at)


def answered(
    about: Certificate,
    by_whom: Certificate,
    key: SoftwareKey,
    *,
    at: datetime,
    revoked_at: datetime | None = None,
    nonce: bytes | None = None,
) -> bytes:
    """An OCSP response, DER. Made by hand, since libraries write the time of day into producedAt."""
    issuer = asn1_x509.Certificate.load(by_whom.der)
    status = ("good", None) if revoked_at is None else ("revoked", {"revocation_time": revoked_at})
    single = {
        "cert_id": {
            "hash_algorithm": {"algorithm": "sha1"},
            "issuer_name_hash": issuer.subject.sha1,
            "issuer_key_hash": issuer.public_key.sha1,
            "serial_number": about.serial,
        },
        "cert_status": ocsp.CertStatus(*status),
        "this_update": at,
        "next_update": at + timedelta(days=7),
    }
    enclosed = asn1_x509.Certificate.load(key.certificate.der)
    data = {
        "responder_id": ocsp.ResponderId("by_key", enclosed.public_key.sha1),
        "produced_at": at,
        "responses": [single],
    }
    if nonce is not None:
        data["response_extensions"] = [{"extn_id": "nonce", "extn_value": core.ParsableOctetString(nonce)}]
    stated = ocsp.ResponseData(data)
    basic = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": stated,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": key.private_key.sign(stated.dump(), PKCS1V15, SHA256),
            "certs": [enclosed],
        }
    )
    whole = {"response_type": "basic_ocsp_response", "response": core.ParsableOctetString(basic.dump())}
    return bytes(ocsp.OCSPResponse({"response_status": "successful", "response_bytes": whole}).dump())
