"""XAdES baseline signature of a container (ETSI EN 319 132-1), detached over every file (EN 319 162-1 §4.4).

We write the one form that we accept: exclusive C14N, SHA-256, RSA or P-256, references in the order of the container,
no optional property, unsigned ones in one order. ``build_signature`` and ``rebuild`` share the template
(``xadesform``), so a signature file can be demanded to equal what its own values give, byte for byte: a comment, a
second Object or another transform has no place to be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from signing.errors import KeyUnusable
from signing.keys.keypair import ECDSA_SHA256, PKCS1V15, SHA256, SigningKey, algorithms_of
from signing.timestamps.token import Stamp
from signing.xades import form as xadesform
from signing.xades.form import uri_of
from signing.xades.reading import read_signature
from signing.xades.values import (
    ASIC,
    DS,
    EXC_C14N,
    METHODS,
    SHA256_URI,
    SIGNATURE_LIMIT_BYTES,
    SIGNED_PROPERTIES_TYPE,
    XADES,
    ArchiveStamp,
    ReadSignature,
    SignatureUnreadable,
    SignedFile,
    UnsignedProperties,
    ValidationValues,
    XadesLevel,
)

__all__ = [
    "ASIC",
    "DS",
    "EXC_C14N",
    "METHODS",
    "SHA256_URI",
    "SIGNATURE_LIMIT_BYTES",
    "SIGNED_PROPERTIES_TYPE",
    "XADES",
    "ArchiveStamp",
    "ReadSignature",
    "SignatureUnreadable",
    "SignedFile",
    "UnsignedProperties",
    "ValidationValues",
    "XadesLevel",
    "archived_digests",
    "build_signature",
    "names_its_certificate",
    "read_signature",
    "rebuild",
    "stamped_bytes",
    "uri_of",
    "verify_value",
]


def build_signature(
    files: Sequence[SignedFile], key: SigningKey, *, signed_at: datetime, stamp: Stamp | None = None
) -> bytes:
    """Sign ``files``, which are in the container's order. ``signed_at`` is written to the second, in UTC.

    B-T with ``stamp``, whose ``TimestampUnavailable`` goes through; B-B without. Raises ``KeyUnusable`` for a key that
    signs with RSA-PSS: judges' programs read the other algorithms all, and this one not all.
    """
    if key.algorithm not in METHODS:
        raise KeyUnusable(f"{key.algorithm} does not seal; take a seal key that makes {' or '.join(METHODS)}")
    certificate = key.certificate
    unsigned = ReadSignature(
        files=tuple(files),
        signed_at=signed_at.astimezone(UTC).replace(microsecond=0),
        certificate=certificate,
        certificate_digest=hashlib.sha256(certificate.der).digest(),
        method=METHODS[key.algorithm],
        value=b"",
    )
    signed = replace(unsigned, value=key.sign(xadesform.signed_info(unsigned)))
    if stamp is not None:
        token = stamp(hashlib.sha256(stamped_bytes(signed)).digest())
        signed = replace(signed, unsigned=UnsignedProperties(token))
    return rebuild(signed)


def rebuild(read: ReadSignature) -> bytes:
    """The signature file that these values give; one that we wrote equals it byte for byte."""
    return xadesform.signature_file(read)


def stamped_bytes(read: ReadSignature) -> bytes:
    """What the time stamp of the signature is over: the canonical ds:SignatureValue (EN 319 132-1 §5.3)."""
    return xadesform.signature_value(read)


def archived_digests(read: ReadSignature, contents: Iterable[bytes]) -> tuple[bytes, ...]:
    """SHA-256 (32 bytes each) that every archive time stamp is over, and one more (EN 319 132-1 V1.3.1 §5.5.2.3).

    The last is the one to be stamped next. ``contents``: the octets of the files under the signature, one behind the
    other in the order of their references, in pieces of any size: the files are stamped, not only their digests.
    """
    files, digests = hashlib.sha256(), []
    for piece in contents:
        files.update(piece)
    for before in range(len(read.unsigned.archives) + 1):
        digest = files.copy()
        digest.update(xadesform.archived_part(read, before))
        digests.append(digest.digest())
    return tuple(digests)


def verify_value(read: ReadSignature) -> bool:
    """Whether the embedded certificate's key made the signature value over the rebuilt SignedInfo.

    Says nothing about files or trust, and about the file's bytes only together with ``rebuild``.
    """
    try:
        algorithm = algorithms_of(read.certificate)[0]
    except KeyUnusable:
        return False
    # The kind of key decides the algorithm, never the document (CVE-2009-0217 and its kin).
    return METHODS.get(algorithm) == read.method and _is_signed(read, xadesform.signed_info(read))


def names_its_certificate(read: ReadSignature) -> bool:
    """Whether SigningCertificateV2, which is signed, names the certificate in KeyInfo, which is not."""
    return read.certificate_digest == hashlib.sha256(read.certificate.der).digest()


def _is_signed(read: ReadSignature, data: bytes) -> bool:
    try:
        match read.certificate.public_key:
            case rsa.RSAPublicKey() as key:
                key.verify(read.value, data, PKCS1V15, SHA256)
            case ec.EllipticCurvePublicKey() as key:
                key.verify(_dss(read.value), data, ECDSA_SHA256)
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _dss(value: bytes) -> bytes:
    """From the fixed-width r‖s of XML-DSig to the DER that the library reads."""
    half, odd = divmod(len(value), 2)
    if odd or half != 32:
        raise ValueError(f"a P-256 signature value has 64 bytes, not {len(value)}")
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
