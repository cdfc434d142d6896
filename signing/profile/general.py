"""Verify an envelope in any spelling of the profile: walk the tree, canonicalise with libxml2, verify with xmlsec.

The numbers are those of ``signing.profile.verification``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final

import xmlsec
from lxml import etree
from xmlsec import constants

from contracts import xmlsafe
from contracts.codes import Code
from contracts.errors import NotReadable
from signing.errors import SignatureRefused
from signing.keys.keypair import Certificate, SignatureAlgorithm, spki_of
from signing.keys.pinned import PinnedCertificate, PinnedCertificates
from signing.profile import steps
from signing.profile import structure as profile
from signing.profile.coverage import Coverage, CoveredPart, read_coverage
from signing.profile.envelope import ReadEnvelope, VerifiedEnvelope
from signing.profile.keyinfo import read_key_info
from signing.profile.raw_value import is_value_of
from signing.profile.signedinfo import SignedInfo, read_signed_info
from signing.profile.strtransform import token_octets
from signing.profile.structure import Parts, refuse

_TRANSFORMS: Final = {
    SignatureAlgorithm.RSA_SHA256: constants.TransformRsaSha256,
    SignatureAlgorithm.RSA_SHA384: constants.TransformRsaSha384,
    SignatureAlgorithm.RSA_SHA512: constants.TransformRsaSha512,
    SignatureAlgorithm.ECDSA_SHA256: constants.TransformEcdsaSha256,
    SignatureAlgorithm.ECDSA_SHA384: constants.TransformEcdsaSha384,
    SignatureAlgorithm.ECDSA_SHA512: constants.TransformEcdsaSha512,
}
_NOT_BY_THIS_KEY: Final = "the signature does not verify with the registered key"


def verify(envelope: ReadEnvelope, pinned: PinnedCertificates, *, now: datetime, skew: timedelta) -> VerifiedEnvelope:
    """Carry out every step on the tree; raises ``SignatureRefused`` with a code for the first that fails."""
    parts = profile.locate(envelope.root)  # 1
    profile.require_unique_ids(envelope.root)  # 2
    signed_info = read_signed_info(parts.signature)  # 3
    coverage = read_coverage(signed_info, parts)  # 4
    signer = steps.find_signer(read_key_info(parts), pinned)  # 5
    steps.require_algorithm(signed_info.algorithm, signer)
    steps.require_usable(signer, now=now)  # 6
    # Digested here from the elements at their places: how xmlsec resolves an id is then of no consequence.
    body = _require_digest(coverage.body, "Body", Code.BODY_TAMPERED)  # 7
    for part in (coverage.timestamp, *coverage.beside):
        _require_digest(part, etree.QName(part.element).localname, Code.SIGNATURE_INVALID)
    if coverage.token is not None:
        _require_token(parts, coverage.token, signer.certificate)
    steps.require_length(signed_info.value, signer)
    _verify_core(parts, signed_info, coverage, signer)
    created_at, expires_at = steps.current_period(*profile.read_instants(parts.timestamp), now=now, skew=skew)  # 8
    content = _content(parts, coverage.body, body)  # 9
    digest = hashlib.sha256(content).hexdigest()
    return VerifiedEnvelope(signer.owner, signer.certificate, content, digest, created_at, expires_at)


def _require_digest(part: CoveredPart, name: str, code: Code) -> bytes:
    """Step 7: the octets whose digest was claimed."""
    octets = _canonical(part.element, part.reference.prefixes)
    if hashlib.sha256(octets).digest() != part.reference.digest:
        refuse(f"{name} is not what was signed", code)
    return octets


def _require_token(parts: Parts, token: CoveredPart, certificate: Certificate) -> None:
    if all(
        hashlib.sha256(octets).digest() != token.reference.digest for octets in token_octets(parts, token, certificate)
    ):
        refuse("the token is not what was signed", Code.SIGNATURE_INVALID)


def _content(parts: Parts, body: CoveredPart, octets: bytes) -> bytes:
    """Step 9. With further prefixes the digested octets are read anew: nothing counts but what was digested."""
    if not body.reference.prefixes:
        return _canonical(parts.content)
    try:
        return _canonical(xmlsafe.parse(octets)[0])
    except NotReadable as error:
        raise SignatureRefused(error.code, error.detail) from error


def _canonical(part: etree._Element, prefixes: Sequence[str] = ()) -> bytes:
    """A part without a canonical form (a relative namespace name, say) proves nothing."""
    try:
        return xmlsafe.canonical(part, prefixes)
    except NotReadable as error:
        raise SignatureRefused(error.code, error.detail) from error


def _verify_core(parts: Parts, signed_info: SignedInfo, coverage: Coverage, signer: PinnedCertificate) -> None:
    """Step 7, the end. All digests hold; what is missing is the signature over SignedInfo."""
    if coverage.token is None:
        _verify_by_xmlsec(parts, signed_info, coverage, signer)
        return
    # libxmlsec knows no STR-Transform.
    signed = _canonical(parts.signature[0], signed_info.prefixes)
    if not is_value_of(signer.certificate, signed_info.algorithm, signed, signed_info.value):
        refuse(_NOT_BY_THIS_KEY, Code.SIGNATURE_INVALID)


def _verify_by_xmlsec(parts: Parts, signed_info: SignedInfo, coverage: Coverage, signer: PinnedCertificate) -> None:
    """The allow-lists repeat step 3 inside the library: a slip in one place is caught by the other."""
    _close_outside_world()
    context = xmlsec.SignatureContext()
    context.key = _xmlsec_key(signer.certificate)  # set, so KeyInfo of the message is not looked at
    for transform in (constants.TransformExclC14N, constants.TransformEnveloped, constants.TransformSha256):
        context.enable_reference_transform(transform)
    # A list without PSS, which has no name in python-xmlsec, would refuse it: step 3 alone.
    if signed_info.algorithm in _TRANSFORMS:
        context.enable_signature_transform(constants.TransformExclC14N)
        context.enable_signature_transform(_TRANSFORMS[signed_info.algorithm])
    try:
        for part in coverage.elements:  # not tree.add_ids, which takes duplicates and any namespace
            context.register_id(part.element, "Id", profile.id_attribute_of(part.element)[1])
        context.verify(parts.signature)
    except xmlsec.Error as error:
        raise SignatureRefused(Code.SIGNATURE_INVALID, _NOT_BY_THIS_KEY) from error


@cache
def _close_outside_world() -> None:
    """Take all I/O from libxmlsec, process-wide: its references would open files otherwise."""
    xmlsec.cleanup_callbacks()


@lru_cache(maxsize=4096)
def _xmlsec_key(certificate: Certificate) -> xmlsec.Key:
    """Only the public key goes in: no part of a certificate is left for the library to have opinions on."""
    return xmlsec.Key.from_memory(spki_of(certificate.public_key), constants.KeyDataFormatPem)
