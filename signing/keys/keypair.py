"""Keys and certificates: loaded and checked once, then used as values.

A private key is never loaded per message: reading one with its checks costs as much as a hundred signatures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, Self

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing.errors import KeyUnusable
from signing.trust.strength import CURVES, MIN_RSA_BITS

P256_INTEGER_BYTES: Final = 32
SHA256: Final = hashes.SHA256()
ECDSA_SHA256: Final = ec.ECDSA(SHA256)
PKCS1V15: Final = padding.PKCS1v15()
PSS_SALT_BYTES: Final = 32  # as long as the digest: the parameters that the URI of RFC 6931 §2.3.9 stands for
PSS: Final = padding.PSS(padding.MGF1(SHA256), PSS_SALT_BYTES)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SignatureAlgorithm(StrEnum):
    """The signatures we make and accept; the registered key decides which, never the message."""

    RSA_SHA256 = "rsa-sha256"  # PKCS#1 v1.5, the one that every SOAP stack and НУЦ РК key can do
    RSA_PSS_SHA256 = "rsa-pss-sha256"  # MGF1 with SHA-256, salt of 32 bytes
    ECDSA_SHA256 = "ecdsa-sha256"  # ours: with P-256
    RSA_SHA384 = "rsa-sha384"  # from here on: accepted, never made
    RSA_SHA512 = "rsa-sha512"
    ECDSA_SHA384 = "ecdsa-sha384"
    ECDSA_SHA512 = "ecdsa-sha512"


@dataclass(frozen=True, slots=True)
class Certificate:
    """An X.509 certificate, parsed once. Parsed does not mean trusted: trust comes from a registry or an anchor."""

    der: bytes = field(repr=False)
    sha256: str = field(compare=False)  # lower-case hex over ``der``
    issuer: str = field(compare=False, repr=False)  # RFC 4514, as XML-DSig §4.5.4.1 wants it in X509IssuerName
    serial: int = field(compare=False)
    not_before: datetime = field(compare=False)
    not_after: datetime = field(compare=False)
    subject: str = field(compare=False)  # RFC 4514
    public_key: CertificatePublicKeyTypes = field(compare=False, repr=False)

    @classmethod
    def from_der(cls, der: bytes) -> Self:
        """Raises ``KeyUnusable`` for anything but one certificate whose key kind our libraries know."""
        try:
            parsed = x509.load_der_x509_certificate(der)
            return cls(
                der=der,
                sha256=hashlib.sha256(der).hexdigest(),
                issuer=parsed.issuer.rfc4514_string(),
                serial=parsed.serial_number,
                not_before=parsed.not_valid_before_utc,
                not_after=parsed.not_valid_after_utc,
                subject=parsed.subject.rfc4514_string(),
                public_key=parsed.public_key(),
            )
        except Exception as error:  # over hostile bytes the parser's errors are no closed set
            raise KeyUnusable(f"not a usable X.509 certificate: {error}") from error

    @classmethod
    def from_pem(cls, pem: bytes) -> Self:
        """Read the first certificate of ``pem``."""
        try:
            parsed = x509.load_pem_x509_certificate(pem)
        except Exception as error:  # as in from_der
            raise KeyUnusable(f"not a PEM certificate: {error}") from error
        return cls.from_der(parsed.public_bytes(Encoding.DER))

    def to_pem(self) -> bytes:
        return x509.load_der_x509_certificate(self.der).public_bytes(Encoding.PEM)

    def is_in_force(self, at: datetime) -> bool:
        """Both ends belong to the period (RFC 5280 §4.1.2.5)."""
        return self.not_before <= at <= self.not_after


class SigningKey(Protocol):
    """A private key with its certificate, wherever the key itself lives: memory, token or signing service."""

    @property
    def certificate(self) -> Certificate: ...

    @property
    def algorithm(self) -> SignatureAlgorithm: ...

    def sign(self, data: bytes) -> bytes:
        """Raw SignatureValue bytes of XML-DSig; for ECDSA that is r‖s of fixed width (RFC 4050 §3.3), not DER."""
        ...


KeySource = Callable[[], SigningKey]
"""The key now in force. Asked once per signature, so that key and certificate belong together while keys rotate."""


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    """A private key in memory. Raises ``KeyUnusable`` when made of a weak key or of two halves that do not match.

    ``sign_with`` chooses among what the key can do; left out, it is the first of ``algorithms_of``.
    """

    private_key: PrivateKey = field(repr=False, compare=False)  # the certificate says which key it is
    certificate: Certificate
    algorithm: SignatureAlgorithm = field(init=False)
    sign_with: InitVar[SignatureAlgorithm | None] = None

    def __post_init__(self, sign_with: SignatureAlgorithm | None) -> None:
        allowed = algorithms_of(self.certificate)
        if sign_with is not None and sign_with not in allowed:
            raise KeyUnusable(f"the key of {self.certificate.subject} makes {', '.join(allowed)}, not {sign_with}")
        object.__setattr__(self, "algorithm", sign_with or allowed[0])
        if spki_of(self.private_key.public_key()) != spki_of(self.certificate.public_key):
            raise KeyUnusable(f"the private key does not belong to the certificate of {self.certificate.subject}")

    @staticmethod
    def load(key_path: Path, cert_path: Path, password: bytes | None = None) -> SoftwareKey:
        """Read a pair of files; see ``signing.keys.files.load_pair``."""
        from signing.keys.files import load_pair  # it gives values of this module

        return load_pair(key_path, cert_path, password)

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private_key, rsa.RSAPrivateKey):
            scheme = PSS if self.algorithm is SignatureAlgorithm.RSA_PSS_SHA256 else PKCS1V15
            return self.private_key.sign(data, scheme, SHA256)
        r, s = decode_dss_signature(self.private_key.sign(data, ECDSA_SHA256))
        return r.to_bytes(P256_INTEGER_BYTES, "big") + s.to_bytes(P256_INTEGER_BYTES, "big")


_ECDSA: Final = (SignatureAlgorithm.ECDSA_SHA256, SignatureAlgorithm.ECDSA_SHA384, SignatureAlgorithm.ECDSA_SHA512)


def accepted_of(certificate: Certificate) -> tuple[SignatureAlgorithm, ...]:
    """Which signatures count when the certificate's owner sends them; raises ``KeyUnusable`` like ``algorithms_of``.

    Of keys that we would not sign with ourselves, P-384 and P-521 are among them, with any digest of the list.
    """
    match certificate.public_key:
        case ec.EllipticCurvePublicKey() as key if isinstance(key.curve, CURVES):
            return _ECDSA
        case _:
            ours = algorithms_of(certificate)
    if SignatureAlgorithm.RSA_SHA256 not in ours:
        return ours
    return (*ours, SignatureAlgorithm.RSA_SHA384, SignatureAlgorithm.RSA_SHA512)


def algorithms_of(certificate: Certificate) -> tuple[SignatureAlgorithm, ...]:
    """Which signatures the certified key may make, the usual one first; raises ``KeyUnusable`` like ``algorithm_of``.

    A key certified as RSASSA-PSS makes nothing else (RFC 4055 §1.2), and must not be bound to another hash than ours.
    """
    usual = algorithm_of(certificate.public_key)
    if usual is not SignatureAlgorithm.RSA_SHA256:
        return (usual,)
    try:
        is_pss_only = _is_pss_only(certificate)
    except KeyUnusable:
        raise
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise KeyUnusable(f"the kind of key in the certificate of {certificate.subject} is not readable") from error
    pss = SignatureAlgorithm.RSA_PSS_SHA256
    return (pss,) if is_pss_only else (usual, pss)


def _is_pss_only(certificate: Certificate) -> bool:
    """RFC 4055 §3.1: absent parameters bind to nothing; a salt length in a key is the least that is allowed."""
    kind = asn1_x509.Certificate.load(certificate.der).public_key["algorithm"]
    if kind["algorithm"].native != "rsassa_pss":
        return False
    bound = kind["parameters"].native
    if bound is not None:
        masked_by = bound["mask_gen_algorithm"]["parameters"]["algorithm"]
        if {bound["hash_algorithm"]["algorithm"], masked_by} != {"sha256"} or bound["salt_length"] > PSS_SALT_BYTES:
            raise KeyUnusable(f"the key of {certificate.subject} is bound to other parameters of RSASSA-PSS than ours")
    return True


def algorithm_of(public_key: CertificatePublicKeyTypes) -> SignatureAlgorithm:
    """Which signature a key of this kind usually makes; raises ``KeyUnusable`` for kinds and sizes we do not accept."""
    match public_key:
        case rsa.RSAPublicKey() if public_key.key_size >= MIN_RSA_BITS:
            return SignatureAlgorithm.RSA_SHA256
        case rsa.RSAPublicKey():
            raise KeyUnusable(f"RSA key of {public_key.key_size} bits; at least {MIN_RSA_BITS} are needed")
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            return SignatureAlgorithm.ECDSA_SHA256
        case ec.EllipticCurvePublicKey():
            raise KeyUnusable(f"curve {public_key.curve.name}; only P-256 is accepted")
        case _:
            raise KeyUnusable(f"key kind {type(public_key).__name__}; only RSA and P-256 are accepted")


def spki_of(public_key: CertificatePublicKeyTypes) -> bytes:
    """Return the PEM SubjectPublicKeyInfo: the one form in which two public keys can be compared or handed on."""
    return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_identifier_of(certificate: Certificate) -> bytes | None:
    """The octets of subjectKeyIdentifier (RFC 5280 §4.2.1.2); None where the certificate has none that is readable."""
    try:
        parsed = x509.load_der_x509_certificate(certificate.der)
        return parsed.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except Exception:  # noqa: BLE001 - over hostile bytes the parser's errors are no closed set
        return None


def load_certificate(path: Path) -> Certificate:
    """Read one PEM certificate; ``KeyUnusable`` names the file."""
    try:
        return Certificate.from_pem(path.read_bytes())
    except (OSError, KeyUnusable) as error:
        raise KeyUnusable(f"certificate {path}: {error}") from error


def throw_away_key(name: str, *, now: datetime) -> SoftwareKey:
    """A fresh P-256 key under its own signature, in force for an hour: to check ourselves with, believed by nobody."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(hours=1))
        .sign(private_key, SHA256)
    )
    return SoftwareKey(private_key, Certificate.from_der(certificate.public_bytes(Encoding.DER)))
