"""The core of a signature (XML-DSig §3.2): which certificate it names, and whether that key made it over SignedInfo.

The value is checked by ``cryptography`` over octets that lxml canonicalised, not by libxmlsec: that opens references to
files by itself, and would choose algorithm and key from what the document says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from dossier.check.report import InspectionFinding, SubIndication
from dossier.foreign.algorithms import DIGESTS, IMPLICIT_C14N, IS_EXCLUSIVE, METHODS, Method, Scheme, is_gost
from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.markup import canonical, one
from dossier.foreign.signature import ForeignSignature
from dossier.foreign.wording import failed, undecided
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.trust.strength import DIGESTS as STRONG_DIGESTS
from signing.trust.strength import is_strong
from signing.xades.values import DS

Sub = SubIndication


@dataclass(frozen=True, slots=True)
class Core:
    """``certificate``: the one whose key made the signature; None unless that is proven."""

    certificate: Certificate | None
    findings: tuple[InspectionFinding, ...]


def judge_value(signature: ForeignSignature) -> Core:
    """Algorithms, then the certificate, then the value; what an earlier one refuses the later ones do not look at."""
    if findings := tuple(_unacceptable(signature)):
        return Core(None, findings)
    found = named_certificate(signature)
    if isinstance(found, InspectionFinding):
        return Core(None, (found,))
    findings = tuple(_mismatches(signature, found))
    return Core(None if findings else found, findings)


def _unacceptable(signature: ForeignSignature) -> Iterator[InspectionFinding]:
    """Closed lists, and nothing of unclear meaning among the properties."""
    part = signature.part
    if is_gost(signature.method):
        yield undecided(part, Sub.CRYPTO_CONSTRAINTS_FAILURE, "gost", algorithm=signature.method)
    elif signature.method not in METHODS or signature.has_method_parameters:
        yield undecided(part, Sub.CRYPTO_CONSTRAINTS_FAILURE, "algorithm", algorithm=signature.method[:200])
    digests = {reference.digest_method for reference in signature.covered} | {signature.named.digest_method}
    for digest in sorted(digests - DIGESTS.keys()):
        key = "gost" if is_gost(digest) else "algorithm"
        yield undecided(part, Sub.CRYPTO_CONSTRAINTS_FAILURE, key, algorithm=digest[:200])
    transforms = {signature.canonicalization, *signature.properties.transforms}
    if not transforms <= IS_EXCLUSIVE.keys() or len(signature.properties.transforms) > 1:
        listed = ", ".join(sorted(transforms - IS_EXCLUSIVE.keys()))[:200] or "Transforms"
        yield undecided(part, Sub.SIG_CONSTRAINTS_FAILURE, "algorithm", algorithm=listed)
    elif signature.properties.has_parameters:
        yield undecided(part, Sub.SIG_CONSTRAINTS_FAILURE, "algorithm", algorithm="InclusiveNamespaces")
    for name in signature.oddities:
        yield undecided(part, Sub.SIG_CONSTRAINTS_FAILURE, "oddity", name=name)


def named_certificate(signature: ForeignSignature) -> Certificate | InspectionFinding:
    """The enclosed certificate with the digest that is *signed*. The order in KeyInfo decides nothing.

    Verifiers that take the first, the last or the one whose issuer fits can be made to name a victim as the signer.
    """
    name = DIGESTS[signature.named.digest_method]
    found = {der for der in signature.certificates if hashlib.new(name, der).digest() == signature.named.digest}
    if not found:
        return undecided(signature.part, Sub.NO_SIGNING_CERTIFICATE_FOUND, "no_certificate")
    try:
        certificate = Certificate.from_der(found.pop())
    except KeyUnusable as error:
        return undecided(signature.part, Sub.CRYPTO_CONSTRAINTS_FAILURE, "certificate_unusable", detail=str(error))
    if signature.named.serial not in (None, certificate.serial):
        return undecided(signature.part, Sub.NO_SIGNING_CERTIFICATE_FOUND, "no_certificate")
    return certificate


def signed_properties(signature: ForeignSignature) -> bytes:
    """The octets of SignedProperties that its reference digests. Raises ``Unreadable``."""
    transform = (*signature.properties.transforms, IMPLICIT_C14N)[0]
    return canonical(signature.properties_node, exclusive=IS_EXCLUSIVE[transform])


def signed_info(signature: ForeignSignature) -> bytes:
    """The octets that were signed. Raises ``Unreadable``."""
    return canonical(one(signature.node, f"{{{DS}}}SignedInfo"), exclusive=IS_EXCLUSIVE[signature.canonicalization])


def _mismatches(signature: ForeignSignature, certificate: Certificate) -> Iterator[InspectionFinding]:
    method = METHODS[signature.method]
    if not _fits(certificate, method):
        algorithm = f"{signature.method}, {certificate.subject}"
        yield undecided(signature.part, Sub.CRYPTO_CONSTRAINTS_FAILURE, "key", algorithm=algorithm)
        return
    try:
        properties, signed = signed_properties(signature), signed_info(signature)
    except ContainerUnreadable as error:
        yield failed(signature.part, Sub.FORMAT_FAILURE, "unreadable", detail=error.detail)
        return
    name = DIGESTS[signature.properties.digest_method]
    if hashlib.new(name, properties).digest() != signature.properties.digest:
        yield failed(signature.part, Sub.HASH_FAILURE, "properties")
    if not _is_made_by(certificate, method, signature.value, signed):
        yield failed(signature.part, Sub.SIG_CRYPTO_FAILURE, "signature", signer=certificate.subject)


def _fits(certificate: Certificate, method: Method) -> bool:
    """Whether the kind of key is the method's: the certificate says what the key can do, never the document."""
    match certificate.public_key:
        case rsa.RSAPublicKey() as key:
            return method.scheme in (Scheme.PKCS1, Scheme.PSS) and is_strong(key)
        case ec.EllipticCurvePublicKey() as key:
            return method.scheme is Scheme.ECDSA and is_strong(key)
        case _:
            return False


def _is_made_by(certificate: Certificate, method: Method, value: bytes, signed: bytes) -> bool:
    digest = STRONG_DIGESTS[method.digest]
    try:
        match certificate.public_key:
            case rsa.RSAPublicKey() as key:
                salted = padding.PSS(padding.MGF1(digest), salt_length=digest.digest_size)
                key.verify(value, signed, salted if method.scheme is Scheme.PSS else padding.PKCS1v15(), digest)
            case ec.EllipticCurvePublicKey() as key:
                key.verify(_der(value, (key.key_size + 7) // 8), signed, ec.ECDSA(digest))
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _der(value: bytes, width: int) -> bytes:
    """From r‖s of fixed width (RFC 4050 §3.3) to the DER that the library reads."""
    if len(value) != 2 * width:
        raise ValueError(f"{len(value)} bytes instead of {2 * width}")
    return encode_dss_signature(int.from_bytes(value[:width], "big"), int.from_bytes(value[width:], "big"))
