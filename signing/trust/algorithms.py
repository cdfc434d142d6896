"""What certification authorities may sign with, by the table of strong algorithms: certificates, OCSP answers, CRLs."""

from __future__ import annotations

from typing import Final

from asn1crypto import algos, keys
from asn1crypto.core import OctetBitString
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import SignatureAlgorithmOID
from pyhanko_certvalidator.policy_decl import AlgorithmUsageConstraint, AlgorithmUsagePolicy

from signing.keys.keypair import Certificate
from signing.trust.extensions import parsed
from signing.trust.strength import DIGESTS, is_strong, is_strong_asn1

_RSA: Final[dict[x509.ObjectIdentifier, hashes.HashAlgorithm]] = {
    SignatureAlgorithmOID.RSA_WITH_SHA256: DIGESTS["sha256"],
    SignatureAlgorithmOID.RSA_WITH_SHA384: DIGESTS["sha384"],
    SignatureAlgorithmOID.RSA_WITH_SHA512: DIGESTS["sha512"],
}
_ECDSA: Final[dict[x509.ObjectIdentifier, hashes.HashAlgorithm]] = {
    SignatureAlgorithmOID.ECDSA_WITH_SHA256: DIGESTS["sha256"],
    SignatureAlgorithmOID.ECDSA_WITH_SHA384: DIGESTS["sha384"],
    SignatureAlgorithmOID.ECDSA_WITH_SHA512: DIGESTS["sha512"],
}


def holds_whole(der: bytes, signature: bytes) -> bool:
    """Whether ``signature`` stands in ``der`` as DER writes it: parsers pass over bits that are marked as unused."""
    return OctetBitString(signature).dump() in der


def is_signed_by(
    public_key: CertificatePublicKeyTypes, *, signature: bytes, signed: bytes, algorithm: x509.ObjectIdentifier
) -> bool:
    """Whether this key made ``signature`` over ``signed``, by an algorithm of the list. RSA-PSS is not on it."""
    if not is_strong(public_key):
        return False
    try:
        match public_key:
            case rsa.RSAPublicKey() if algorithm in _RSA:
                public_key.verify(signature, signed, padding.PKCS1v15(), _RSA[algorithm])
            case ec.EllipticCurvePublicKey() if algorithm in _ECDSA:
                public_key.verify(signature, signed, ec.ECDSA(_ECDSA[algorithm]))
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def has_issued(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether names fit and the issuer's key signed the certificate; whether it was allowed to is another question."""
    try:
        child = parsed(certificate)
        child.verify_directly_issued_by(parsed(issuer))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return holds_whole(certificate.der, child.signature)


def key_bits(public_key: CertificatePublicKeyTypes) -> bytes:
    """The value of subjectPublicKey, without tag, length and unused bits: what RFC 6960 §4.1.1 hashes."""
    if isinstance(public_key, rsa.RSAPublicKey):
        return public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class OnlyStrongAlgorithms(AlgorithmUsagePolicy):
    """The same list in the words of the path validator; RSA-PSS is judged by its digest."""

    def signature_algorithm_allowed(
        self,
        algo: algos.SignedDigestAlgorithm,
        moment: object,  # noqa: ARG002 - the list holds for every moment we judge
        public_key: keys.PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        try:
            strong_digest = algo.hash_algo in DIGESTS
        except ValueError:
            strong_digest = False
        return AlgorithmUsageConstraint(allowed=strong_digest and public_key is not None and is_strong_asn1(public_key))
