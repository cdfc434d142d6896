"""A signature beside its bytes, in the form that ``openssl dgst -sha256`` reads: PKCS#1 v1.5, or ECDSA as DER."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from signing.keys.keypair import ECDSA_SHA256, PKCS1V15, SHA256, Certificate, SignatureAlgorithm, SigningKey


def sign_detached(data: bytes, key: SigningKey) -> bytes:
    """The signature over ``data``. Raises whatever the key raises when it can't sign."""
    signature = key.sign(data)
    if key.algorithm is not SignatureAlgorithm.ECDSA_SHA256:
        return signature
    half = len(signature) // 2
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    return encode_dss_signature(r, s)


def is_signed_by(certificate: Certificate, data: bytes, signature: bytes) -> bool:
    """Whether the certificate's key made ``signature`` over ``data``; trust is ``signing.trust``'s to judge."""
    try:
        match certificate.public_key:
            case rsa.RSAPublicKey() as key:
                key.verify(signature, data, PKCS1V15, SHA256)
            case ec.EllipticCurvePublicKey() as key:
                key.verify(signature, data, ECDSA_SHA256)
            case _:
                return False
    except InvalidSignature:
        return False
    return True
