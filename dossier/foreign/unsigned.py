"""The unsigned properties of a XAdES signature: they prove themselves or nothing (EN 319 132-1 §5.3–5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from dossier.foreign.algorithms import IMPLICIT_C14N
from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.markup import at_most_one, bytes_of, children, short
from dossier.foreign.signature import EmbeddedStamp
from signing.trust.revocation import NO_VALUES, RevocationValues
from signing.xades.values import DS, XADES

XADES141: Final = "http://uri.etsi.org/01903/v1.4.1#"
MAX_STAMPS: Final = 16
MAX_CERTIFICATES: Final = 64
MAX_ANSWERS: Final = 64
_D, _X, _X141 = f"{{{DS}}}", f"{{{XADES}}}", f"{{{XADES141}}}"
_COUNTERSIGNATURE: Final = f"{_X}CounterSignature"


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What is read of them. ``oddities``: signatures inside, which are not judged."""

    stamps: tuple[EmbeddedStamp, ...] = ()
    archive_stamps: tuple[EmbeddedStamp, ...] = ()
    certificates: tuple[bytes, ...] = ()
    revocation: RevocationValues = NO_VALUES
    oddities: tuple[str, ...] = ()


def read_unsigned(qualifying: etree._Element) -> Unsigned:
    """Stamps, certificates and answers of authorities; other properties are passed over. Raises ``Unreadable``."""
    holder = at_most_one(qualifying, f"{_X}UnsignedProperties")
    if holder is None:
        return Unsigned()
    children(holder, [f"{_X}UnsignedSignatureProperties"])
    properties = at_most_one(holder, f"{_X}UnsignedSignatureProperties")
    if properties is None:
        return Unsigned()
    if (properties.text or "").strip() or any((child.tail or "").strip() for child in properties):
        raise ContainerUnreadable("there is text between the unsigned properties")
    stamps = [_stamp(found) for found in properties.findall(f"{_X}SignatureTimeStamp")]
    archive = [_stamp(found) for found in properties.findall(f"{_X141}ArchiveTimeStamp")]
    certificates = [bytes_of(found) for found in properties.iter(f"{_X}EncapsulatedX509Certificate")]
    ocsp = [bytes_of(found) for found in properties.iter(f"{_X}EncapsulatedOCSPValue")]
    crls = [bytes_of(found) for found in properties.iter(f"{_X}EncapsulatedCRLValue")]
    if len(stamps) + len(archive) > MAX_STAMPS or len(certificates) > MAX_CERTIFICATES:
        raise ContainerUnreadable("it carries more time stamps or certificates than we look at")
    if len(ocsp) + len(crls) > MAX_ANSWERS:
        raise ContainerUnreadable("it carries more answers of authorities than we look at")
    return Unsigned(
        stamps=tuple(stamps),
        archive_stamps=tuple(archive),
        certificates=tuple(certificates),
        revocation=RevocationValues(tuple(ocsp), tuple(crls)),
        oddities=tuple(short(child) for child in properties if child.tag == _COUNTERSIGNATURE),
    )


def _stamp(node: etree._Element) -> EmbeddedStamp:
    """EN 319 132-1 §5.3: no Include in an implicit stamp, so nobody can choose what is stamped."""
    children(node, [f"{_D}CanonicalizationMethod", f"{_X}EncapsulatedTimeStamp"])
    method = at_most_one(node, f"{_D}CanonicalizationMethod")
    tokens = tuple(bytes_of(found) for found in node.findall(f"{_X}EncapsulatedTimeStamp"))
    if not 0 < len(tokens) <= MAX_STAMPS:
        raise ContainerUnreadable(f"{short(node)} holds {len(tokens)} tokens")
    if method is not None and len(method):
        raise ContainerUnreadable("the canonicalization of a time stamp has parameters, which are not read")
    return EmbeddedStamp(IMPLICIT_C14N if method is None else method.get("Algorithm", ""), tokens, node)
