"""Verify an envelope in any spelling of the profile: walk the tree, canonicalise with libxml2, verify with xmlsec.

The numbers are those of ``signing.profile.verification``.
"""

from __future__ import annotations

import hashlib
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
from signing.profile.envelope import ReadEnvelope, VerifiedEnvelope
from signing.profile.structure import Parts, SignedInfo, refuse

_TRANSFORMS: Final = {
    SignatureAlgorithm.RSA_SHA256: constants.TransformRsaSha256,
    SignatureAlgorithm.ECDSA_SHA256: constants.TransformEcdsaSha256,
}


def verify(envelope: ReadEnvelope, pinned: PinnedCertificates, *, now: datetime, skew: timedelta) -> VerifiedEnvelope:
    """Carry out every step on the tree; raises ``SignatureRefused`` with a code for the first that fails."""
    parts = profile.locate(envelope.root)  # 1
    profile.require_unique_ids(envelope.root)  # 2
    signed_info = profile.read_signed_info(parts.signature)  # 3
    body_digest, timestamp_digest = _referenced_digests(signed_info, parts)  # 4
    signer = steps.find_signer(profile.read_key_info(parts), pinned)  # 5
    steps.require_algorithm(signed_info.algorithm, signer)
    steps.require_usable(signer, now=now)  # 6
    # Digested here from the elements at their places: how xmlsec resolves an id is then of no consequence.
    if _digest(parts.body) != body_digest:  # 7
        refuse("Body is not what was signed", Code.BODY_TAMPERED)
    if _digest(parts.timestamp) != timestamp_digest:
        refuse("Timestamp is not what was signed", Code.SIGNATURE_INVALID)
    steps.require_length(signed_info.value, signer)
    _verify_core(parts, signed_info.algorithm, signer)
    created_at, expires_at = steps.current_period(*profile.read_instants(parts.timestamp), now=now, skew=skew)  # 8
    content = _canonical(parts.content)  # 9
    digest = hashlib.sha256(content).hexdigest()
    return VerifiedEnvelope(signer.owner, signer.certificate, content, digest, created_at, expires_at)


def _referenced_digests(signed_info: SignedInfo, parts: Parts) -> tuple[bytes, bytes]:
    """Step 4: return the claimed digests of Body and Timestamp, in this order."""
    claimed = {reference.uri: reference.digest for reference in signed_info.references}
    body, timestamp = (f"#{profile.id_attribute_of(part)[0]}" for part in (parts.body, parts.timestamp))
    if claimed.keys() != {body, timestamp}:
        refuse(f"signed are {sorted(claimed)}; expected are {body} (the Body) and {timestamp} (the Timestamp)")
    return claimed[body], claimed[timestamp]


def _digest(part: etree._Element) -> bytes:
    return hashlib.sha256(_canonical(part)).digest()


def _canonical(part: etree._Element) -> bytes:
    """A part without a canonical form (a relative namespace name, say) proves nothing."""
    try:
        return xmlsafe.canonical(part)
    except NotReadable as error:
        raise SignatureRefused(error.code, error.detail) from error


def _verify_core(parts: Parts, algorithm: SignatureAlgorithm, signer: PinnedCertificate) -> None:
    """Step 7. The allow-lists repeat step 3 inside the library: a slip in one place is caught by the other."""
    _close_outside_world()
    context = xmlsec.SignatureContext()
    context.key = _xmlsec_key(signer.certificate)  # set, so KeyInfo of the message is not looked at
    context.enable_reference_transform(constants.TransformExclC14N)
    context.enable_reference_transform(constants.TransformSha256)
    if (
        algorithm in _TRANSFORMS
    ):  # a list without PSS, which has no name in python-xmlsec, would refuse it: step 3 alone
        context.enable_signature_transform(constants.TransformExclC14N)
        context.enable_signature_transform(_TRANSFORMS[algorithm])
    try:
        for part in (parts.body, parts.timestamp):  # not tree.add_ids, which takes duplicates and any namespace
            context.register_id(part, "Id", profile.id_attribute_of(part)[1])
        context.verify(parts.signature)
    except xmlsec.Error as error:
        raise SignatureRefused(
            Code.SIGNATURE_INVALID, "the signature does not verify with the registered key"
        ) from error


@cache
def _close_outside_world() -> None:
    """Take all I/O from libxmlsec, process-wide: its references would open files otherwise."""
    xmlsec.cleanup_callbacks()


@lru_cache(maxsize=4096)
def _xmlsec_key(certificate: Certificate) -> xmlsec.Key:
    """Only the public key goes in: no part of a certificate is left for the library to have opinions on."""
    return xmlsec.Key.from_memory(spki_of(certificate.public_key), constants.KeyDataFormatPem)
