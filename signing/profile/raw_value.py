"""Whether a raw SignatureValue of XML-DSig was made by a certified key; trust in the certificate is not asked here."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from signing.keys.keypair import (
    ECDSA_SHA256,
    P256_INTEGER_BYTES,
    PKCS1V15,
    PSS,
    SHA256,
    Certificate,
    SignatureAlgorithm,
)


def is_value_of(certificate: Certificate, algorithm: SignatureAlgorithm, data: bytes, value: bytes) -> bool:
    """``value`` is what ``SigningKey.sign`` gives: for ECDSA r‖s of 64 bytes."""
    try:
        match certificate.public_key, algorithm:
            case rsa.RSAPublicKey() as key, SignatureAlgorithm.RSA_SHA256:
                key.verify(value, data, PKCS1V15, SHA256)
            case rsa.RSAPublicKey() as key, SignatureAlgorithm.RSA_PSS_SHA256:
                key.verify(value, data, PSS, SHA256)
            case ec.EllipticCurvePublicKey() as key, SignatureAlgorithm.ECDSA_SHA256:
                key.verify(_as_dss(value), data, ECDSA_SHA256)
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _as_dss(value: bytes) -> bytes:
    if len(value) != 2 * P256_INTEGER_BYTES:
        raise ValueError("r and s have 32 bytes each")
    return encode_dss_signature(
        *(int.from_bytes(half) for half in (value[:P256_INTEGER_BYTES], value[P256_INTEGER_BYTES:]))
    )
