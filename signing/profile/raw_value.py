"""Whether a raw SignatureValue of XML-DSig was made by a certified key; trust in the certificate is not asked here."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from signing.keys.keypair import ECDSA_SHA256, PKCS1V15, PSS, SHA256, Certificate, SignatureAlgorithm

_PKCS1: Final = MappingProxyType(
    {
        SignatureAlgorithm.RSA_SHA256: SHA256,
        SignatureAlgorithm.RSA_SHA384: hashes.SHA384(),
        SignatureAlgorithm.RSA_SHA512: hashes.SHA512(),
    }
)
_ECDSA: Final = MappingProxyType(
    {
        SignatureAlgorithm.ECDSA_SHA256: ECDSA_SHA256,
        SignatureAlgorithm.ECDSA_SHA384: ec.ECDSA(hashes.SHA384()),
        SignatureAlgorithm.ECDSA_SHA512: ec.ECDSA(hashes.SHA512()),
    }
)


def is_value_of(certificate: Certificate, algorithm: SignatureAlgorithm, data: bytes, value: bytes) -> bool:
    """``value`` is what ``SigningKey.sign`` gives: for ECDSA r‖s, each as long as the curve makes it."""
    try:
        match certificate.public_key:
            case rsa.RSAPublicKey() as key if algorithm in _PKCS1:
                key.verify(value, data, PKCS1V15, _PKCS1[algorithm])
            case rsa.RSAPublicKey() as key if algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
                key.verify(value, data, PSS, SHA256)
            case ec.EllipticCurvePublicKey() as key if algorithm in _ECDSA:
                key.verify(_as_dss(value, integer_bytes(key)), data, _ECDSA[algorithm])
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    return True


def integer_bytes(key: ec.EllipticCurvePublicKey) -> int:
    """Octets of r and of s (RFC 6931 §2.3.6): 32, 48 or 66."""
    return (key.curve.key_size + 7) // 8


def _as_dss(value: bytes, width: int) -> bytes:
    if len(value) != 2 * width:
        raise ValueError(f"r and s have {width} bytes each")
    return encode_dss_signature(int.from_bytes(value[:width]), int.from_bytes(value[width:]))
