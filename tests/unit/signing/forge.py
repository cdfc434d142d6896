"""Bend one fact of an honest signed message, and sign it again where the attacker could have.

A forgery must be right in everything but the one thing its test is about; else it is refused for another reason.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache

from lxml import etree

from contracts import xmlsafe
from signing.authority import KeyKind, SandboxAuthority, Usage
from signing.keys import SoftwareKey
from signing.verification import PinnedCertificates, ReadEnvelope, VerifiedEnvelope, verify_envelope
from signing.wss import sign_envelope

NOW = datetime(2026, 11, 24, 9, 0, 0, 123000, tzinfo=UTC)
OWNER = "akimat-almaty"
CONTENT = (
    '<d:RegisterAppeal xmlns:d="urn:dalel:exchange:v1"><d:header><d:messageId>m-1</d:messageId></d:header>'
    "<d:text>Көше жарығы жанбайды. Не горит свет &amp; темно</d:text></d:RegisterAppeal>"
).encode()
FAULT = (
    b'<soapenv:Fault xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>soapenv:Client</faultcode>'
    b"<faultstring>SchemaViolation</faultstring></soapenv:Fault>"
)
NS = {
    "s": "http://schemas.xmlsoap.org/soap/envelope/",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
WSU_ID = f"{{{NS['wsu']}}}Id"


@cache
def authority() -> SandboxAuthority:
    return SandboxAuthority.create("ҰЛТТЫҚ сынақ орталығы", now=NOW)


def key(kind: KeyKind = "P-256") -> SoftwareKey:
    """The key of ``OWNER``: the same one at every call."""
    return issued("Алматы қаласының әкімдігі", kind)


@cache
def issued(name: str, kind: KeyKind) -> SoftwareKey:
    return authority().issue(name, bin="990240003311", usage=Usage.MESSAGE, now=NOW, key_kind=kind)


@cache
def registry() -> PinnedCertificates:
    return PinnedCertificates([(OWNER, key("P-256").certificate), (OWNER, key("RSA-2048").certificate)])


def signed(content: bytes = CONTENT, kind: KeyKind = "P-256") -> bytes:
    return sign_envelope(content, key(kind), now=NOW)


def honest(content: bytes = CONTENT, kind: KeyKind = "P-256") -> etree._Element:
    return etree.fromstring(signed(content, kind))


def judge(message: etree._Element | bytes, *, now: datetime = NOW) -> VerifiedEnvelope:
    """Verify the bytes as a receiver would; the plain parser lets through what ``xmlsafe`` would stop earlier."""
    data = message if isinstance(message, bytes) else etree.tostring(message.getroottree())
    return verify_envelope(ReadEnvelope(data, etree.fromstring(data)), registry(), now=now)


def one(root: etree._Element, path: str) -> etree._Element:
    (found,) = root.xpath(path, namespaces=NS)
    return found


def xml(text: str) -> etree._Element:
    """An element written with the prefixes of ``NS``."""
    declarations = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NS.items())
    return etree.fromstring(f"<x {declarations}>{text}</x>")[0]


def reference(root: etree._Element, target: str) -> etree._Element:
    return one(root, f"//ds:Reference[@URI='#{target}']")


def redigest(root: etree._Element, element: etree._Element, target: str) -> None:
    """Write the digest of ``element`` as it now is into the reference to ``target``."""
    digest = hashlib.sha256(xmlsafe.canonical(element)).digest()
    one(reference(root, target), ".//ds:DigestValue").text = base64.b64encode(digest).decode()


def resign(root: etree._Element, signer: SoftwareKey | None = None) -> etree._Element:
    """Sign SignedInfo as it now is."""
    value = (signer or key()).sign(xmlsafe.canonical(one(root, "//wsse:Security/ds:Signature/ds:SignedInfo[1]")))
    one(root, "//wsse:Security/ds:Signature[1]/ds:SignatureValue").text = base64.b64encode(value).decode()
    return root


def replace(old: etree._Element, new: etree._Element) -> None:
    parent = old.getparent()
    assert parent is not None
    parent.replace(old, new)
