"""Bend one fact of an honest signed message, and sign it again where the attacker could have.

A forgery must be right in everything but the one thing its test is about; else it is refused for another reason.
Keys are fixed and forgers sign repeatably, so that the same forgery is the same file for ever (``vectors``).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from connectors.sandbox.authorities.ca import KeyKind, SandboxAuthority, Usage
from contracts import xmlsafe
from contracts.codes import Code
from contracts.soap import SoapVersion
from signing.errors import SignatureRefused
from signing.keys.keypair import PKCS1V15, Certificate, SignatureAlgorithm, SigningKey, SoftwareKey
from signing.profile import general, strict
from signing.profile.policy import DEFAULT_SKEW, CertificateNaming
from signing.profile.verification import PinnedCertificates, ReadEnvelope, VerifiedEnvelope, verify_envelope
from signing.profile.writing import sign_envelope
from signing.trust.strength import DIGESTS

NOW = datetime(2026, 11, 24, 9, 0, 0, 123000, tzinfo=UTC)
OWNER = "akimat-almaty"
CONTENT = (
    '<d:RegisterAppeal xmlns:d="urn:dalel:exchange:v1"><d:header><d:messageId>m-1</d:messageId></d:header>'
    "<d:text>Көше жарығы жанбайды. Не горит свет &amp; темно</d:text></d:RegisterAppeal>"
).encode()
FAULT = (
    b'<soapenv:Fault xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>soapenv:Client</faultcode>'
    b"<faultstring>SchemaViolation</faultstring></soapenv:Fault>"
)
NS = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
WSU_ID = f"{{{NS['wsu']}}}Id"
KEYS = Path(__file__).parents[2] / "vectors" / "wss" / "keys"

FixedKind = Literal["P-256", "RSA-2048", "RSA-PSS"]
KINDS: tuple[FixedKind, ...] = ("P-256", "RSA-2048", "RSA-PSS")  # the last one is certified for PSS and nothing else
ForeignKind = Literal["P-384", "P-521"]
FOREIGN_KINDS: tuple[ForeignKind, ...] = ("P-384", "P-521")  # taken from others, never ours


# --- keys -----------------------------------------------------------------------------------------------------------


@cache
def authority() -> SandboxAuthority:
    return SandboxAuthority(_fixed("authority"))


def key(kind: FixedKind = "P-256") -> SoftwareKey:
    """The key of ``OWNER``: the same one at every call."""
    return _fixed(f"party-{kind.lower()}")


def stranger(kind: FixedKind = "P-256") -> SoftwareKey:
    """A key of the same authority that nobody registered."""
    return _fixed(f"stranger-{kind.lower()}")


@dataclass(frozen=True)
class ForeignKey:
    """A key that we would not sign with ourselves."""

    private_key: ec.EllipticCurvePrivateKey
    certificate: Certificate


@cache
def foreign_key(kind: ForeignKind, name: str = "party") -> ForeignKey:
    private_key = load_pem_private_key((KEYS / f"{name}-{kind.lower()}.key").read_bytes(), None)
    assert isinstance(private_key, ec.EllipticCurvePrivateKey)
    return ForeignKey(private_key, Certificate.from_pem((KEYS / f"{name}-{kind.lower()}.pem").read_bytes()))


@cache
def _fixed(name: str) -> SoftwareKey:
    private_key = load_pem_private_key((KEYS / f"{name}.key").read_bytes(), None)
    assert isinstance(private_key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return SoftwareKey(private_key, Certificate.from_pem((KEYS / f"{name}.pem").read_bytes()))


@cache
def issued(name: str, kind: KeyKind) -> SoftwareKey:
    return authority().issue(name, bin="990240003311", usage=Usage.MESSAGE, now=NOW, key_kind=kind)


@cache
def registry() -> PinnedCertificates:
    ours = [key(kind).certificate for kind in KINDS]
    return PinnedCertificates(
        [(OWNER, each) for each in (*ours, *(foreign_key(kind).certificate for kind in FOREIGN_KINDS))]
    )


@dataclass(frozen=True)
class Repeatable:
    """Signs the same bytes the same way every time: RFC 6979 for ECDSA, a fixed salt for PSS."""

    key: SoftwareKey | ForeignKey
    algorithm: SignatureAlgorithm
    salt: bytes = bytes(32)

    @classmethod
    def of(cls, key: SoftwareKey, algorithm: SignatureAlgorithm | None = None) -> Repeatable:
        return cls(key, algorithm or key.algorithm)

    @property
    def certificate(self) -> Certificate:
        return self.key.certificate

    def sign(self, data: bytes) -> bytes:
        private_key = self.key.private_key
        if isinstance(private_key, ec.EllipticCurvePrivateKey):
            digest = DIGESTS[self.algorithm.rpartition("-")[2]]
            width = (private_key.key_size + 7) // 8
            return raw(private_key.sign(data, ec.ECDSA(digest, deterministic_signing=True)), width)
        if self.algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
            return pss(private_key, data, self.salt)
        return private_key.sign(data, PKCS1V15, DIGESTS[self.algorithm.rpartition("-")[2]])


def raw(dss: bytes, width: int = 32) -> bytes:
    r, s = decode_dss_signature(dss)
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


def pss(private_key: rsa.RSAPrivateKey, data: bytes, salt: bytes) -> bytes:
    """RFC 8017 §9.1.1, SHA-256 throughout; the library will not be told its salt."""
    modulus_bytes = private_key.key_size // 8
    digest = hashlib.sha256(bytes(8) + hashlib.sha256(data).digest() + salt).digest()
    block = bytes(modulus_bytes - len(salt) - len(digest) - 2) + b"\x01" + salt
    masks = (hashlib.sha256(digest + counter.to_bytes(4, "big")).digest() for counter in range(modulus_bytes // 32))
    mask = b"".join(masks)[: len(block)]
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0x7F
    numbers = private_key.private_numbers()
    encoded = int.from_bytes(bytes(masked) + digest + b"\xbc", "big")
    return pow(encoded, numbers.d, numbers.public_numbers.n).to_bytes(modulus_bytes, "big")


# --- messages -------------------------------------------------------------------------------------------------------


def signed(content: bytes = CONTENT, kind: FixedKind = "P-256") -> bytes:
    return sign_envelope(content, key(kind), now=NOW)


def honest(
    content: bytes = CONTENT,
    kind: FixedKind = "P-256",
    *,
    signer: SigningKey | None = None,
    naming: CertificateNaming = CertificateNaming.BINARY_SECURITY_TOKEN,
    lifetime: timedelta = timedelta(minutes=5),
    version: SoapVersion = SoapVersion.V11,
) -> etree._Element:
    signer = signer or Repeatable.of(key(kind))
    envelope = sign_envelope(content, signer, now=NOW, naming=naming, lifetime=lifetime, version=version)
    return etree.fromstring(envelope)


def judge(message: etree._Element | bytes, *, now: datetime = NOW) -> VerifiedEnvelope:
    """Verify the bytes as a receiver would; the plain parser lets through what ``xmlsafe`` would stop earlier."""
    return verify_envelope(read(message), registry(), now=now)


def read(message: etree._Element | bytes) -> ReadEnvelope:
    data = message if isinstance(message, bytes) else etree.tostring(message.getroottree())
    return ReadEnvelope(data, etree.fromstring(data))


Verdict = VerifiedEnvelope | Code | None


def verdict(
    engine: ModuleType, envelope: ReadEnvelope, *, pinned: PinnedCertificates | None = None, now: datetime = NOW
) -> Verdict:
    """What one engine says: proven, a code, or None for what the strict one leaves to the general one."""
    assert engine in (strict, general)
    try:
        proven: VerifiedEnvelope | None = engine.verify(envelope, pinned or registry(), now=now, skew=DEFAULT_SKEW)
    except SignatureRefused as refused:
        return refused.code
    return proven


# --- forging --------------------------------------------------------------------------------------------------------


def one(root: etree._Element, path: str) -> etree._Element:
    (found,) = root.xpath(path, namespaces=NS)
    return found


def xml(text: str) -> etree._Element:
    """An element written with the prefixes of ``NS``."""
    declarations = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
    return etree.fromstring(f"<x {declarations}>{text}</x>")[0]


def reference(root: etree._Element, target: str) -> etree._Element:
    return one(root, f"//ds:Reference[@URI='#{target}']")


def redigest(root: etree._Element, element: etree._Element, target: str) -> None:
    """Write the digest of ``element`` as it now is into the reference to ``target``."""
    digest = hashlib.sha256(xmlsafe.canonical(element)).digest()
    one(reference(root, target), ".//ds:DigestValue").text = base64.b64encode(digest).decode()


def resign(root: etree._Element, signer: SigningKey | None = None) -> etree._Element:
    """Sign SignedInfo as it now is."""
    if signer is None or isinstance(signer, SoftwareKey):
        signer = Repeatable.of(signer or key())
    value = signer.sign(xmlsafe.canonical(one(root, "//wsse:Security/ds:Signature/ds:SignedInfo[1]")))
    one(root, "//wsse:Security/ds:Signature[1]/ds:SignatureValue").text = base64.b64encode(value).decode()
    return root


def replace(old: etree._Element, new: etree._Element) -> None:
    parent = old.getparent()
    assert parent is not None
    parent.replace(old, new)
