"""Write a signed SOAP envelope: canonical bytes once, digested, signed and sent as they are.

Templates, hashlib and one private-key operation: no tree is built, nothing is serialised twice.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta

from contracts import xmlsafe
from contracts.scalars import escape
from contracts.soap import SoapVersion
from signing.errors import SigningError
from signing.keys.keypair import Certificate, SigningKey
from signing.profile import form
from signing.profile.policy import DEFAULT_LIFETIME, SIGNATURE_METHODS, CertificateNaming


def sign_envelope(
    content: bytes,
    key: SigningKey,
    *,
    now: datetime,
    body_id: str = "body",
    lifetime: timedelta = DEFAULT_LIFETIME,
    naming: CertificateNaming = CertificateNaming.BINARY_SECURITY_TOKEN,
    version: SoapVersion = SoapVersion.V11,
) -> bytes:
    """Return a whole SOAP envelope, UTF-8, around ``content``, signed over Body and Timestamp.

    ``version``: that of a request which we answer; of our own accord we write 1.1. ``content`` is one operation or
    fault in exclusive C14N; it stands in Body unchanged. Every call makes a fresh Timestamp and signature, so a
    repeated message has the same content under another envelope.
    """
    identifier = _body_id(body_id)
    timestamp = form.TIMESTAMP % (_instant(now), _instant(now + lifetime))
    method = SIGNATURE_METHODS[key.algorithm].encode()
    body_digest = _digest(_body_apart(identifier, content, version))
    signed_info = form.SIGNED_INFO % (method, identifier, body_digest, _digest(timestamp))
    value = base64.b64encode(key.sign(form.signed_info_apart(signed_info)))
    token, key_info = _named(key.certificate, naming)
    return b"".join(
        (
            form.ENVELOPE_OPEN if version is SoapVersion.V11 else form.ENVELOPE_OPEN_12,
            timestamp,
            token,
            form.SIGNATURE_OPEN,
            signed_info,
            form.SIGNATURE_VALUE % value,
            key_info,
            form.SECURITY_CLOSE,
            form.BODY_OPEN % identifier,
            content,
            form.BODY_CLOSE,
            form.ENVELOPE_CLOSE,
        )
    )


def in_version(envelope: bytes, version: SoapVersion, key: SigningKey, *, now: datetime) -> bytes:
    """``envelope``, which we wrote, as it is or with its content signed afresh in an envelope of the other version."""
    own = form.recognise(envelope) if version is not SoapVersion.V11 else None
    return envelope if own is None else sign_envelope(own.content, key, now=now, version=version)


def _body_id(body_id: str) -> bytes:
    identifier = body_id.encode()
    if not form.BODY_ID.fullmatch(identifier) or identifier in {form.TIMESTAMP_ID, form.TOKEN_ID}:
        raise SigningError(f"{body_id!r} cannot be the id of Body: it must be a fresh XML name in ASCII")
    return identifier


def _instant(at: datetime) -> bytes:
    """UTC with milliseconds: the Basic Security Profile (R3220, R3229) allows no finer fraction."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z".encode()


def _body_apart(body_id: bytes, content: bytes, version: SoapVersion) -> bytes:
    """Body in exclusive C14N, as the digest wants it."""
    settled = form.body_apart(body_id, content) if version is SoapVersion.V11 else None
    if settled is not None:
        return settled
    return xmlsafe.canonical(xmlsafe.parse(form.body_apart_unsettled(body_id, content, version)))


def _named(certificate: Certificate, naming: CertificateNaming) -> tuple[bytes, bytes]:
    """The token for the header, if this way of naming has one, and what stands in the SecurityTokenReference."""
    match naming:
        case CertificateNaming.BINARY_SECURITY_TOKEN:
            return form.TOKEN % base64.b64encode(certificate.der), form.BY_TOKEN
        case CertificateNaming.KEY_IDENTIFIER:
            return b"", form.BY_KEY_IDENTIFIER % base64.b64encode(certificate.der)
        case CertificateNaming.ISSUER_SERIAL:
            return b"", form.BY_ISSUER_SERIAL % (escape(certificate.issuer).encode(), b"%d" % certificate.serial)


def _digest(part: bytes) -> bytes:
    return base64.b64encode(hashlib.sha256(part).digest())
