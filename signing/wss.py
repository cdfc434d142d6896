"""Write a signed SOAP envelope: canonical bytes once, digested, signed and sent as they are.

A template, hashlib and one private-key operation: no tree is built, nothing is serialised twice. What is digested
is exactly what is sent, but for namespace declarations that exclusive C14N repeats on the apex of a signed part.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from contracts import xmlsafe
from contracts.soap import DS, SOAP_ENV, WSSE, WSU
from signing.errors import SigningError
from signing.keys import Certificate, SigningKey
from signing.policy import BASE64_BINARY, DEFAULT_LIFETIME, EXC_C14N, SHA256_URI, SIGNATURE_METHODS, X509_V3

TIMESTAMP_ID: Final = "timestamp"
TOKEN_ID: Final = "token"  # noqa: S105  an XML id, no secret
_BODY_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)

_ENVELOPE_OPEN: Final = (
    f'<soapenv:Envelope xmlns:soapenv="{SOAP_ENV}"><soapenv:Header>'
    f'<wsse:Security xmlns:wsse="{WSSE}" soapenv:mustUnderstand="1">'
).encode()
_SECURITY_CLOSE: Final = b"</wsse:Security></soapenv:Header>"
_ENVELOPE_CLOSE: Final = b"</soapenv:Envelope>"
_BODY_CLOSE: Final = b"</soapenv:Body>"
_OUTER_PREFIXES: Final = (b"xmlns:soapenv=", b"xmlns:wsu=")  # declared on Body or above it


def sign_envelope(
    content: bytes,
    key: SigningKey,
    *,
    now: datetime,
    body_id: str = "body",
    lifetime: timedelta = DEFAULT_LIFETIME,
) -> bytes:
    """Return a whole SOAP 1.1 envelope, UTF-8, around ``content``, signed over Body and Timestamp.

    ``content`` is one operation or fault in exclusive C14N; it stands in Body unchanged. Every call makes a fresh
    Timestamp and signature, so a repeated message has the same content under another envelope.
    """
    _require_body_id(body_id)
    timestamp = _timestamp(now, lifetime)
    body_in_place = _body_open(body_id) + content + _BODY_CLOSE
    signed_info = _signed_info(key, body_id, _digest(_body_apart(body_id, content)), _digest(timestamp))
    signature_value = base64.b64encode(key.sign(_apart(signed_info)))
    return b"".join(
        (
            _ENVELOPE_OPEN,
            timestamp,
            _token(key.certificate),
            _signature(signed_info, signature_value),
            _SECURITY_CLOSE,
            body_in_place,
            _ENVELOPE_CLOSE,
        )
    )


def _require_body_id(body_id: str) -> None:
    if not _BODY_ID.fullmatch(body_id) or body_id in {TIMESTAMP_ID, TOKEN_ID}:
        raise SigningError(f"{body_id!r} cannot be the id of Body: it must be a fresh XML name in ASCII")


def _timestamp(now: datetime, lifetime: timedelta) -> bytes:
    """Inside Security nothing above declares ``wsu``, so this is canonical both in place and apart."""
    return (
        f'<wsu:Timestamp xmlns:wsu="{WSU}" wsu:Id="{TIMESTAMP_ID}">'
        f"<wsu:Created>{_instant(now)}</wsu:Created><wsu:Expires>{_instant(now + lifetime)}</wsu:Expires>"
        "</wsu:Timestamp>"
    ).encode()


def _instant(at: datetime) -> str:
    """UTC with milliseconds: the Basic Security Profile (R3220, R3229) allows no finer fraction."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _token(certificate: Certificate) -> bytes:
    return (
        f'<wsse:BinarySecurityToken xmlns:wsu="{WSU}" EncodingType="{BASE64_BINARY}" ValueType="{X509_V3}"'
        f' wsu:Id="{TOKEN_ID}">{base64.b64encode(certificate.der).decode()}</wsse:BinarySecurityToken>'
    ).encode()


def _body_open(body_id: str) -> bytes:
    return f'<soapenv:Body xmlns:wsu="{WSU}" wsu:Id="{body_id}">'.encode()


def _body_apart(body_id: str, content: bytes) -> bytes:
    """Body in exclusive C14N, as the digest wants it.

    Content that declares our outer prefixes itself (every fault does: its root is ``soapenv:Fault``) loses those
    declarations in the canonical form, because Body has made them already; only then is a real canonicaliser needed.
    """
    opening = f'<soapenv:Body xmlns:soapenv="{SOAP_ENV}" xmlns:wsu="{WSU}" wsu:Id="{body_id}">'.encode()
    apart = opening + content + _BODY_CLOSE
    if any(prefix in content for prefix in _OUTER_PREFIXES):
        return xmlsafe.canonical(xmlsafe.parse(apart))
    return apart


def _signed_info(key: SigningKey, body_id: str, body_digest: str, timestamp_digest: str) -> bytes:
    """SignedInfo as it stands inside Signature, which declares ``ds``."""
    return (
        f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{SIGNATURE_METHODS[key.algorithm]}"></ds:SignatureMethod>'
        f"{_reference(body_id, body_digest)}{_reference(TIMESTAMP_ID, timestamp_digest)}</ds:SignedInfo>"
    ).encode()


def _apart(signed_info: bytes) -> bytes:
    """SignedInfo in exclusive C14N: as an apex it declares ``ds`` itself."""
    return f'<ds:SignedInfo xmlns:ds="{DS}">'.encode() + signed_info.removeprefix(b"<ds:SignedInfo>")


def _reference(target: str, digest: str) -> str:
    return (
        f'<ds:Reference URI="#{target}"><ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"></ds:Transform>'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{SHA256_URI}"></ds:DigestMethod>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )


def _signature(signed_info: bytes, value: bytes) -> bytes:
    return b"".join(
        (
            f'<ds:Signature xmlns:ds="{DS}">'.encode(),
            signed_info,
            b"<ds:SignatureValue>",
            value,
            b"</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>",
            f'<wsse:Reference URI="#{TOKEN_ID}" ValueType="{X509_V3}"></wsse:Reference>'.encode(),
            b"</wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature>",
        )
    )


def _digest(part: bytes) -> str:
    return base64.b64encode(hashlib.sha256(part).digest()).decode()
