"""Verify a signed SOAP envelope: who signed, and which bytes exactly.

The steps, in this order; the same numbers stand at the code:

1. The envelope has its shape: one Header, one Security for us with one Timestamp and one Signature, one Body with
   one child, each at its place and found by its place (signature wrapping moves the signed part elsewhere).
2. All ids (Id, ID, id, wsu:Id, xml:id) are unique.
3. SignedInfo has its shape, with algorithms from closed lists: exclusive C14N only, without InclusiveNamespaces;
   SHA-256; RSA-SHA256 or ECDSA-SHA256. No HMAC, SHA-1, Object, Manifest or KeyValue.
4. Exactly two references: one to *the* Body, one to *the* Timestamp.
5. The certificate that KeyInfo names is looked up among the pinned ones. The key comes from the registry, never from
   the message, and decides the algorithm.
6. The certificate is in force at ``now``, and not barred (revoked, or unchecked where a check is asked for).
7. Core verification: the digests of both parts, then the signature over SignedInfo by xmlsec with that key.
8. The Timestamp is current.
9. The canonical content of Body is handed out, and only that: callers never read the tree again.

Left to the caller: whether the owner is the sender named in the header, replay (inbox key), and the schema.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Final

import xmlsec
from lxml import etree
from xmlsec import constants

from contracts import xmlsafe
from contracts.codes import Code
from contracts.errors import NotReadable
from signing import profile
from signing.authority import SandboxAuthority, Usage
from signing.errors import SignatureRefused
from signing.keys import Certificate, SignatureAlgorithm, spki_of
from signing.pinned import PinnedCertificate, PinnedCertificates
from signing.policy import DEFAULT_SKEW, MAX_LIFETIME
from signing.profile import NamedCertificate, Parts, SignedInfo, refuse
from signing.wss import sign_envelope

__all__ = ["PinnedCertificates", "VerifiedEnvelope", "self_check", "verify_envelope"]

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_TRANSFORMS: Final = {
    SignatureAlgorithm.RSA_SHA256: constants.TransformRsaSha256,
    SignatureAlgorithm.ECDSA_SHA256: constants.TransformEcdsaSha256,
}


@dataclass(frozen=True, slots=True)
class VerifiedEnvelope:
    """Proven: ``owner`` signed these bytes. Made by ``verify_envelope`` only."""

    owner: str  # party id the certificate is registered for
    certificate: Certificate
    content: bytes  # exclusive C14N of the only child of Body
    digest: str  # SHA-256 of ``content``, lower-case hex: the message digest
    created_at: datetime  # claimed by the signer, UTC
    expires_at: datetime


def verify_envelope(
    root: etree._Element, pinned: PinnedCertificates, *, now: datetime, skew: timedelta = DEFAULT_SKEW
) -> VerifiedEnvelope:
    """Carry out the steps of the module docstring; raises ``SignatureRefused`` with a code for the first that fails.

    ``root``: freshly parsed by ``contracts.xmlsafe``, whole, and owned by this call, which registers ids in it.
    """
    parts = profile.locate(root)  # 1
    profile.require_unique_ids(root)  # 2
    signed_info = profile.read_signed_info(parts.signature)  # 3
    body_digest, timestamp_digest = _referenced_digests(signed_info, parts)  # 4
    signer = _signer(profile.read_key_info(parts), signed_info.algorithm, pinned)  # 5
    if not signer.certificate.is_in_force(now):  # 6
        refuse(f"the certificate of {signer.owner} is not in force", Code.CERTIFICATE_EXPIRED)
    if signer.barred:
        refuse(f"the certificate of {signer.owner} may not be used", signer.barred)
    # Digested here from the elements at their places: how xmlsec resolves an id is then of no consequence.
    if _digest(parts.body) != body_digest:  # 7
        refuse("Body is not what was signed", Code.BODY_TAMPERED)
    if _digest(parts.timestamp) != timestamp_digest:
        refuse("Timestamp is not what was signed", Code.SIGNATURE_INVALID)
    _verify_core(parts, signer)
    created_at, expires_at = _current_period(parts.timestamp, now=now, skew=skew)  # 8
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


def _signer(named: NamedCertificate, algorithm: SignatureAlgorithm, pinned: PinnedCertificates) -> PinnedCertificate:
    """Step 5: bytes from the message are compared with the registry, never parsed."""
    by_pair = pinned.by_issuer_serial(*named.issuer_serial) if named.issuer_serial else None
    by_bytes = pinned.by_sha256(hashlib.sha256(named.der).hexdigest()) if named.der is not None else None
    found = by_bytes or by_pair
    if found is None or (named.der is not None and by_bytes is None):
        refuse("the signer's certificate is not registered", Code.UNKNOWN_SIGNER)
    if by_bytes and by_pair and by_bytes is not by_pair:
        refuse("X509IssuerSerial and X509Certificate name two certificates")
    if found.algorithm is not algorithm:
        refuse(f"{algorithm.value} does not go with the registered key, which makes {found.algorithm.value}")
    return found


def _digest(part: etree._Element) -> bytes:
    return hashlib.sha256(_canonical(part)).digest()


def _canonical(part: etree._Element) -> bytes:
    """A part without a canonical form (a relative namespace name, say) proves nothing."""
    try:
        return xmlsafe.canonical(part)
    except NotReadable as error:
        raise SignatureRefused(error.code, error.detail) from error


def _verify_core(parts: Parts, signer: PinnedCertificate) -> None:
    """Step 7. The allow-lists repeat step 3 inside the library: a slip in one place is caught by the other."""
    _close_outside_world()
    context = xmlsec.SignatureContext()
    context.key = _xmlsec_key(signer.certificate)  # set, so KeyInfo of the message is not looked at
    context.enable_reference_transform(constants.TransformExclC14N)
    context.enable_reference_transform(constants.TransformSha256)
    context.enable_signature_transform(constants.TransformExclC14N)
    context.enable_signature_transform(_TRANSFORMS[signer.algorithm])
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


def _current_period(timestamp: etree._Element, *, now: datetime, skew: timedelta) -> tuple[datetime, datetime]:
    """Step 8: return Created and Expires in UTC."""
    created_at, expires_at = (_instant(text) for text in profile.read_instants(timestamp))
    if not timedelta(0) < expires_at - created_at <= MAX_LIFETIME:
        refuse(f"the Timestamp must last longer than nothing and at most {MAX_LIFETIME}")
    if created_at > now + skew:
        refuse(f"created {created_at.isoformat()}, now is {now.isoformat()}", Code.TIMESTAMP_IN_FUTURE)
    if expires_at <= now - skew:
        refuse(f"expired {expires_at.isoformat()}, now is {now.isoformat()}", Code.TIMESTAMP_EXPIRED)
    return created_at, expires_at


def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        refuse("an instant of the Timestamp is no xs:dateTime with an offset")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse("an instant of the Timestamp does not exist")


def self_check() -> str:
    """Sign and verify one message with a throw-away key; return the versions of what did it. Raises when broken."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    key = SandboxAuthority.create("self-check", now=now).issue(
        "self-check", bin="000000000000", usage=Usage.MESSAGE, now=now, key_kind="P-256"
    )
    content = b'<d:Probe xmlns:d="urn:dalel:exchange:v1"></d:Probe>'
    pinned = PinnedCertificates([("self-check", key.certificate)])
    verified = verify_envelope(xmlsafe.parse(sign_envelope(content, key, now=now)), pinned, now=now)
    if verified.content != content:
        refuse("what was verified is not what was signed", Code.INTERNAL)
    libxml2 = ".".join(map(str, xmlsec.get_libxml_version()))
    return f"lxml {version('lxml')}, xmlsec {version('xmlsec')}, libxml2 {libxml2}"
