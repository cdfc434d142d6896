"""Read a signed envelope strictly: every part at its one place, every algorithm from the closed lists.

Nothing here is verified yet: the values say what the message *claims*. ``signing.profile.verification`` numbers the
steps and proves the claims; a document that could be read in two ways does not get past this module.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from lxml import etree

from contracts import soap
from contracts.codes import Code
from contracts.errors import NotReadable
from contracts.soap import DS, SOAP_ENV, WSSE, WSU
from signing.errors import SignatureRefused
from signing.keys.keypair import SignatureAlgorithm
from signing.profile.policy import BASE64_BINARY, EXC_C14N, SHA256_URI, SIGNATURE_METHODS, X509_V3

SHA256_BYTES: Final = 32
WSU_ID: Final = f"{{{WSU}}}Id"
_ACTOR: Final = f"{{{SOAP_ENV}}}actor"
_MUST_UNDERSTAND: Final = f"{{{SOAP_ENV}}}mustUnderstand"
_TIMESTAMP, _TOKEN, _SIGNATURE = f"{{{WSU}}}Timestamp", f"{{{WSSE}}}BinarySecurityToken", f"{{{DS}}}Signature"
_METHODS: Final = {uri: algorithm for algorithm, uri in SIGNATURE_METHODS.items()}
# A bare name only: libxml2 would read "#xpointer(...)" as a program, not as an id.
_BARE_NAME: Final = re.compile(r"[^\W\d][\w.\-]*")
_EVERY_ID: Final = etree.XPath(
    "//@Id | //@ID | //@id | //@wsu:Id | //@xml:id", namespaces={"wsu": WSU}, smart_strings=False
)
_HAS_ASIDES: Final = etree.XPath("boolean(//comment() | //processing-instruction())")


@dataclass(frozen=True, slots=True)
class Parts:
    """The elements that a verification may touch, each found at its place, never by searching."""

    body: etree._Element
    content: etree._Element  # the only child of Body
    security: etree._Element
    timestamp: etree._Element
    signature: etree._Element


@dataclass(frozen=True, slots=True)
class SignedReference:
    """One signed reference: a same-document URI and the SHA-256 it claims."""

    uri: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignedInfo:
    """What the signer signed: the algorithm and exactly two references, in the order of the message."""

    algorithm: SignatureAlgorithm
    references: tuple[SignedReference, SignedReference]
    value: bytes  # SignatureValue, which stands beside it


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """How KeyInfo names the signer's certificate: whole, by issuer and serial number, or both ways."""

    der: bytes | None
    issuer_serial: tuple[str, int] | None


def refuse(detail: str, code: Code = Code.SIGNATURE_PROFILE) -> NoReturn:
    """Raise ``SignatureRefused``."""
    raise SignatureRefused(code, detail)


def locate(root: etree._Element) -> Parts:
    """Find the parts of a SOAP 1.1 envelope with one Security header for us."""
    if root.getparent() is not None:
        refuse("the envelope is not the whole document", Code.NOT_SOAP)
    if root.getroottree().docinfo.internalDTD is not None:
        refuse("a DOCTYPE may not stand in a message", Code.DOCTYPE_FORBIDDEN)
    if _HAS_ASIDES(root):  # a comment ends .text early: two readers, two digests (CVE-2025-29775)
        refuse("comments and processing instructions may not stand in a signed message")
    try:
        content = soap.operation_of(root)
    except NotReadable as error:
        raise SignatureRefused(error.code, error.detail) from error
    header, body = root[0], root[-1]
    if header is body:
        refuse("no Header, so no signature", Code.SIGNATURE_MISSING)
    security = _security(header)
    timestamp, signature = _security_parts(security)
    return Parts(body, content, security, timestamp, signature)


def _security(header: etree._Element) -> etree._Element:
    found = [block for block in header if block.tag == f"{{{WSSE}}}Security" and not block.get(_ACTOR)]
    if not found:
        refuse("no Security header for us", Code.SIGNATURE_MISSING)
    if len(found) > 1:
        refuse("more than one Security header for us")
    for block in header:  # SOAP 1.1 §4.2.3: a block that must be understood and is not, fails the message
        if block is not found[0] and block.get(_MUST_UNDERSTAND) in {"1", "true"} and not block.get(_ACTOR):
            refuse(f"header block {block.tag} must be understood, and is not", Code.NOT_SOAP)
    return found[0]


def _security_parts(security: etree._Element) -> tuple[etree._Element, etree._Element]:
    """Return Timestamp and Signature: one each, beside at most one token and nothing else, in any order."""
    tags = [child.tag for child in security]
    if _SIGNATURE not in tags:
        refuse("no Signature in the Security header", Code.SIGNATURE_MISSING)
    if sorted(tags) not in (sorted((_TIMESTAMP, _SIGNATURE)), sorted((_TIMESTAMP, _TOKEN, _SIGNATURE))):
        refuse(f"Security holds {tags}; expected one Timestamp, one Signature and at most one BinarySecurityToken")
    return security[tags.index(_TIMESTAMP)], security[tags.index(_SIGNATURE)]


def require_unique_ids(root: etree._Element) -> None:
    """Refuse a document in which an id, spelt in any of the usual ways, names two things."""
    ids = _EVERY_ID(root)
    if not isinstance(ids, list) or len(ids) != len(set(ids)):
        refuse("an id stands twice in the message")


def read_signed_info(signature: etree._Element) -> SignedInfo:
    """Read SignedInfo of a Signature that holds SignedInfo, SignatureValue, KeyInfo and nothing else."""
    signed_info, value, _ = _children(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    c14n, method, first, second = _children(
        signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference", "Reference"
    )
    if _algorithm(c14n) != EXC_C14N:
        refuse(f"CanonicalizationMethod {_algorithm(c14n)}; only {EXC_C14N} is accepted")
    if _algorithm(method) not in _METHODS:
        refuse(f"SignatureMethod {_algorithm(method)}; only {' and '.join(_METHODS)} are accepted")
    return SignedInfo(_METHODS[_algorithm(method)], (_reference(first), _reference(second)), _base64(value))


def _reference(reference: etree._Element) -> SignedReference:
    if reference.keys() != ["URI"]:
        refuse("a Reference must have a URI and no other attribute")
    transforms, method, value = _children(reference, "Transforms", "DigestMethod", "DigestValue")
    (transform,) = _children(transforms, "Transform")
    if _algorithm(transform) != EXC_C14N:
        refuse(f"Transform {_algorithm(transform)}; only {EXC_C14N} is accepted")
    if _algorithm(method) != SHA256_URI:
        refuse(f"DigestMethod {_algorithm(method)}; only {SHA256_URI} is accepted")
    digest = _base64(value)
    if len(digest) != SHA256_BYTES:
        refuse(f"a DigestValue of {len(digest)} bytes is no SHA-256")
    return SignedReference(reference.get("URI", ""), digest)


def id_attribute_of(element: etree._Element) -> tuple[str, str | None]:
    """Return the element's id and the namespace of its attribute: ``wsu:Id``, or the bare ``Id`` some senders write."""
    qualified, bare = element.get(WSU_ID), element.get("Id")
    identifier = bare if qualified is None else qualified
    if identifier is None or (qualified is not None and bare is not None):
        refuse(f"{element.tag} needs exactly one of wsu:Id and Id")
    if not _BARE_NAME.fullmatch(identifier):
        refuse(f"the id of {element.tag} is no plain name")
    return identifier, None if qualified is None else WSU


def read_key_info(parts: Parts) -> NamedCertificate:
    """Read the three ways in which senders name a certificate; a KeyValue or a key by name is not among them."""
    (named,) = _exactly_one(parts.signature[2])
    if named.tag == f"{{{WSSE}}}SecurityTokenReference":
        (named,) = _exactly_one(named)
    if named.tag == f"{{{WSSE}}}Reference":
        return NamedCertificate(_referenced_token(parts.security, named), None)
    if named.tag == f"{{{WSSE}}}KeyIdentifier":
        return NamedCertificate(_token_bytes(named), None)
    if named.tag == f"{{{DS}}}X509Data":
        return _x509_data(named)
    refuse(f"KeyInfo names the key by {named.tag}; expected a token reference, a KeyIdentifier or X509Data")


def _referenced_token(security: etree._Element, reference: etree._Element) -> bytes:
    if reference.get("ValueType", X509_V3) != X509_V3:
        refuse("the token reference is not to an X.509 certificate")
    for token in security.findall(_TOKEN):
        if reference.get("URI") == f"#{id_attribute_of(token)[0]}":
            return _token_bytes(token)
    refuse("KeyInfo refers to a token that is not in this Security header")


def _token_bytes(token: etree._Element) -> bytes:
    if token.get("ValueType") != X509_V3 or token.get("EncodingType", BASE64_BINARY) != BASE64_BINARY:
        refuse(f"{token.tag} must hold one X.509 certificate in base64")
    return _base64(token)


def _x509_data(data: etree._Element) -> NamedCertificate:
    serials, certificates = data.findall(f"{{{DS}}}X509IssuerSerial"), data.findall(f"{{{DS}}}X509Certificate")
    if len(serials) > 1 or len(certificates) > 1 or not 0 < len(data) == len(serials) + len(certificates):
        # Several certificates, or hints beside one, let a verifier pick another than the reader sees.
        refuse("X509Data must hold one X509IssuerSerial, one X509Certificate or one of each")
    der = _base64(certificates[0]) if certificates else None
    return NamedCertificate(der, _issuer_serial(serials[0]) if serials else None)


def _issuer_serial(element: etree._Element) -> tuple[str, int]:
    issuer, serial = _children(element, "X509IssuerName", "X509SerialNumber")
    digits = _leaf(serial)
    if not re.fullmatch(r"[0-9]{1,50}", digits, re.ASCII):  # RFC 5280: 20 octets at most
        refuse("X509SerialNumber is no decimal number")
    return _leaf(issuer), int(digits)


def read_instants(timestamp: etree._Element) -> tuple[str, str]:
    """Return the texts of Created and Expires, both of which must be there."""
    created, expires = _children(timestamp, "Created", "Expires", namespace=WSU)
    return _leaf(created), _leaf(expires)


def _children(parent: etree._Element, *names: str, namespace: str = DS) -> list[etree._Element]:
    """Return all children of ``parent``, which must be exactly these, in this order."""
    children = list(parent)
    if [child.tag for child in children] != [f"{{{namespace}}}{name}" for name in names]:
        refuse(f"{parent.tag} must hold exactly: {', '.join(names)}")
    return children


def _exactly_one(parent: etree._Element) -> list[etree._Element]:
    if len(parent) != 1:
        refuse(f"{parent.tag} must hold exactly one element")
    return list(parent)


def _algorithm(element: etree._Element) -> str:
    """Return the Algorithm of an element without parameters, where XPath and HMACOutputLength would hide."""
    if element.keys() != ["Algorithm"] or len(element):
        refuse(f"{element.tag} must have an Algorithm and nothing else")
    return element.get("Algorithm", "")


def _leaf(element: etree._Element) -> str:
    if len(element):
        refuse(f"{element.tag} must hold text only")
    return (element.text or "").strip()


def _base64(element: etree._Element) -> bytes:
    """Whitespace is allowed wherever it stands: Java breaks lines with ``&#13;``."""
    try:
        return base64.b64decode("".join(_leaf(element).split()), validate=True)
    except (binascii.Error, ValueError):
        refuse(f"{element.tag} is no base64")
