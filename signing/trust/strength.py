"""Which algorithms count as strong: one table for certificates, paths, answers, time stamps and signatures of others.

RFC 5280 leaves the choice to whoever validates; what stands here is of ETSI TS 119 312 and NIST SP 800-131A. Formats
that we write ourselves allow less of it (``signing.profile.policy``), and whoever reads one format may leave out a
row, with its reason: none adds one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from asn1crypto import keys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

__all__ = ["CURVES", "DIGESTS", "MIN_RSA_BITS", "is_strong", "is_strong_asn1"]

MIN_RSA_BITS: Final = 2048
"""NIST SP 800-131A: shorter keys no longer prove anything."""

CURVES: Final[tuple[type[ec.EllipticCurve], ...]] = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
"""P-256, P-384 and P-521, by name; curves with parameters written out are none of them (RFC 5480 §2.1.1)."""

DIGESTS: Final[Mapping[str, hashes.HashAlgorithm]] = MappingProxyType(
    {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
)
"""By the names that ``hashlib`` and ``asn1crypto`` know."""

_CURVE_NAMES: Final = frozenset(curve.name for curve in CURVES)


def is_strong(public_key: CertificatePublicKeyTypes) -> bool:
    """RSA from ``MIN_RSA_BITS`` on, and the curves of the table."""
    match public_key:
        case rsa.RSAPublicKey():
            return public_key.key_size >= MIN_RSA_BITS
        case ec.EllipticCurvePublicKey():
            return isinstance(public_key.curve, CURVES)
        case _:
            return False


def is_strong_asn1(public_key: keys.PublicKeyInfo) -> bool:
    """The same of a key as the path validator holds it."""
    match public_key.algorithm:
        case "rsa" | "rsassa_pss":
            return bool(public_key.bit_size >= MIN_RSA_BITS)
        case "ec":
            kind, name = public_key.curve
            return bool(kind == "named" and name in _CURVE_NAMES)
        case _:
            return False
