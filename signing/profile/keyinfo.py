"""Read KeyInfo strictly: by what name a message calls its signer's certificate. Nothing here is trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from contracts.soap import DS, WSSE
from signing.profile.policy import BASE64_BINARY, SUBJECT_KEY_IDENTIFIER, THUMBPRINT_SHA1, X509_V3
from signing.profile.structure import TOKEN, Parts, base64_of, children_of, id_attribute_of, leaf_of, refuse

SHA1_BYTES = 20
STR = f"{{{WSSE}}}SecurityTokenReference"


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """How KeyInfo names the signer's certificate: whole, by issuer and serial number, both ways, or by one digest.

    A SHA-1 here only picks one of the registered certificates, whose key must then verify: nothing rests on it.
    """

    der: bytes | None = None
    issuer_serial: tuple[str, int] | None = None
    key_identifier: bytes | None = None  # subjectKeyIdentifier, the octets of the extension
    thumbprint: bytes | None = None  # SHA-1 of the DER bytes


def token_reference_of(parts: Parts) -> etree._Element | None:
    """The SecurityTokenReference at its place in KeyInfo, if that is how the certificate is named."""
    info = parts.signature[2]
    return info[0] if len(info) == 1 and info[0].tag == STR else None


def token_of(parts: Parts) -> etree._Element | None:
    """The BinarySecurityToken in our Security header, of which there is at most one."""
    return parts.security.find(TOKEN)


def names_token(parts: Parts) -> bool:
    """Whether KeyInfo refers to a token in the header, rather than naming the certificate by itself."""
    reference = token_reference_of(parts)
    return reference is not None and len(reference) == 1 and reference[0].tag == f"{{{WSSE}}}Reference"


def read_key_info(parts: Parts) -> NamedCertificate:
    """Read the ways in which senders name a certificate; a KeyValue or a key by name is not among them."""
    (named,) = _exactly_one(parts.signature[2])
    if named.tag == STR:
        (named,) = _exactly_one(named)
    if named.tag == f"{{{WSSE}}}Reference":
        return NamedCertificate(_referenced_token(parts, named))
    return read_name(named)


def read_name(named: etree._Element) -> NamedCertificate:
    """The name that stands in KeyInfo itself. A reference to a token says nothing by itself but what it is to."""
    if named.tag == f"{{{WSSE}}}Reference":
        _require_certificate(named)
        return NamedCertificate()
    if named.tag == f"{{{WSSE}}}KeyIdentifier":
        return _by_identifier(named)
    if named.tag != f"{{{DS}}}X509Data":
        refuse(f"KeyInfo names the key by {named.tag}; expected a token reference, a KeyIdentifier or X509Data")
    return _x509_data(named)


def _referenced_token(parts: Parts, reference: etree._Element) -> bytes:
    _require_certificate(reference)
    token = token_of(parts)
    if token is None or reference.get("URI") != f"#{id_attribute_of(token)[0]}":
        refuse("KeyInfo refers to a token that is not in this Security header")
    return _token_bytes(token)


def _require_certificate(reference: etree._Element) -> None:
    if reference.get("ValueType", X509_V3) != X509_V3:
        refuse("the token reference is not to an X.509 certificate")


def _by_identifier(identifier: etree._Element) -> NamedCertificate:
    match identifier.get("ValueType"):
        case value if value == SUBJECT_KEY_IDENTIFIER:
            return NamedCertificate(key_identifier=_encoded(identifier))
        case value if value == THUMBPRINT_SHA1:
            thumbprint = _encoded(identifier)
            if len(thumbprint) != SHA1_BYTES:
                refuse(f"a ThumbprintSHA1 of {len(thumbprint)} bytes")
            return NamedCertificate(thumbprint=thumbprint)
        case _:
            return NamedCertificate(_token_bytes(identifier))


def _token_bytes(token: etree._Element) -> bytes:
    if token.get("ValueType") != X509_V3:
        refuse(f"{token.tag} must hold one X.509 certificate in base64")
    return _encoded(token)


def _encoded(element: etree._Element) -> bytes:
    if element.get("EncodingType", BASE64_BINARY) != BASE64_BINARY:
        refuse(f"{element.tag} must be in base64")
    return base64_of(element)


def _x509_data(data: etree._Element) -> NamedCertificate:
    serials, certificates = data.findall(f"{{{DS}}}X509IssuerSerial"), data.findall(f"{{{DS}}}X509Certificate")
    if len(serials) > 1 or len(certificates) > 1 or not 0 < len(data) == len(serials) + len(certificates):
        # Several certificates, or hints beside one, let a verifier pick another than the reader sees.
        refuse("X509Data must hold one X509IssuerSerial, one X509Certificate or one of each")
    der = base64_of(certificates[0]) if certificates else None
    return NamedCertificate(der, _issuer_serial(serials[0]) if serials else None)


def _issuer_serial(element: etree._Element) -> tuple[str, int]:
    issuer, serial = children_of(element, "X509IssuerName", "X509SerialNumber")
    digits = leaf_of(serial)
    if not re.fullmatch(r"[0-9]{1,50}", digits, re.ASCII):  # RFC 5280: 20 octets at most
        refuse("X509SerialNumber is no decimal number")
    return leaf_of(issuer), int(digits)


def _exactly_one(parent: etree._Element) -> list[etree._Element]:
    if len(parent) != 1:
        refuse(f"{parent.tag} must hold exactly one element")
    return list(parent)
