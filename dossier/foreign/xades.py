"""Read the XAdES signatures of others (EN 319 132-1): wider than what we write, and still a closed list of elements.

Every value comes from the one place where the standard puts it, found by walking down from the signature; no id is ever
looked up. So a second SignedProperties, a manifest in an Object or a reference into the document has nothing to hit.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from asn1crypto import tsp
from lxml import etree

from dossier.foreign.errors import ContainerUnreadable
from dossier.foreign.markup import at_most_one, bytes_of, children, one, parse, short, text_of
from dossier.foreign.signature import (
    DataFormat,
    ForeignReference,
    ForeignSignature,
    SigningCertificate,
)
from dossier.foreign.unsigned import read_unsigned
from signing.xades.values import ASIC, DS, SIGNED_PROPERTIES_TYPE, XADES

LIMIT_BYTES: Final = 8 * 1024 * 1024
MAX_SIGNATURES: Final = 64
_D, _X = f"{{{DS}}}", f"{{{XADES}}}"
_ATTRIBUTES: Final = frozenset(
    {
        "Id", "Algorithm", "URI", "Type", "Target", "ObjectReference", "Encoding", "Qualifier", "MimeType",
        "VersionNumber", "Order", "referencedData",
    }
)  # fmt: skip
"""Of XML-DSig and XAdES; all unqualified."""
_SIGNATURE: Final = [f"{_D}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo", "Object")]
_KEY_INFO: Final = [f"{_D}{name}" for name in ("KeyName", "KeyValue", "X509Data")]
_X509_DATA: Final = [f"{_D}X509{name}" for name in ("Certificate", "SubjectName", "IssuerSerial", "SKI", "CRL")]
_SIGNED: Final = [
    f"{_X}{name}"
    for name in (
        "SigningTime", "SigningCertificate", "SigningCertificateV2", "SignaturePolicyIdentifier",
        "SignatureProductionPlace", "SignatureProductionPlaceV2", "SignerRole", "SignerRoleV2",
    )
]  # fmt: skip
_DATA: Final = [
    f"{_X}{name}"
    for name in (
        "DataObjectFormat", "CommitmentTypeIndication", "AllDataObjectsTimeStamp", "IndividualDataObjectsTimeStamp",
    )
]  # fmt: skip


def read_signatures(file_name: str, data: bytes) -> tuple[ForeignSignature, ...]:
    """All signatures of one signature file. Raises ``Unreadable``."""
    root = parse(data, limit_bytes=LIMIT_BYTES, attributes=_ATTRIBUTES)
    if root.tag != f"{{{ASIC}}}XAdESSignatures":
        raise ContainerUnreadable(f"{short(root)} is not the XAdESSignatures of EN 319 162-1")
    found = children(root, [f"{_D}Signature"])
    if not 0 < len(found) <= MAX_SIGNATURES:
        raise ContainerUnreadable(f"it holds {len(found)} signatures; between 1 and {MAX_SIGNATURES} are read")
    parts = [file_name] if len(found) == 1 else [f"{file_name}#{node.get('Id', '')}" for node in found]
    return tuple(_read(part, node) for part, node in zip(parts, found, strict=True))


def _read(part: str, node: etree._Element) -> ForeignSignature:
    children(node, _SIGNATURE)
    signed_info = one(node, f"{_D}SignedInfo")
    names = (f"{_D}CanonicalizationMethod", f"{_D}SignatureMethod", f"{_D}Reference")
    children(signed_info, names)
    method = one(signed_info, names[1])
    qualifying = _qualifying(node)
    properties = one(qualifying, f"{_X}SignedProperties")
    children(properties, [f"{_X}SignedSignatureProperties", f"{_X}SignedDataObjectProperties"])
    signed = one(properties, f"{_X}SignedSignatureProperties")
    children(signed, _SIGNED)
    data_properties = at_most_one(properties, f"{_X}SignedDataObjectProperties")
    references = [_reference(child) for child in signed_info.findall(names[2])]
    unsigned = read_unsigned(qualifying)
    return ForeignSignature(
        part=part,
        canonicalization=_bare(one(signed_info, names[0])),
        method=method.get("Algorithm", ""),
        has_method_parameters=len(method) > 0,
        covered=tuple(references),
        properties=_properties_reference(references, properties),
        value=bytes_of(one(node, f"{_D}SignatureValue")),
        certificates=(*_key_info(node), *unsigned.certificates),
        signed_at=_time(text_of(one(signed, f"{_X}SigningTime"))),
        named=_named(signed),
        formats=_formats(data_properties),
        stamps=unsigned.stamps,
        archive_stamps=unsigned.archive_stamps,
        revocation=unsigned.revocation,
        oddities=(*_oddities(signed, data_properties), *unsigned.oddities),
        node=node,
        properties_node=properties,
    )


def _qualifying(node: etree._Element) -> etree._Element:
    """The one Object, which holds QualifyingProperties of this very signature and nothing else."""
    qualifying = one(one(node, f"{_D}Object"), f"{_X}QualifyingProperties")
    children(one(node, f"{_D}Object"), [qualifying.tag])
    children(qualifying, [f"{_X}SignedProperties", f"{_X}UnsignedProperties"])
    if not node.get("Id") or qualifying.get("Target") != f"#{node.get('Id')}":
        raise ContainerUnreadable("QualifyingProperties belongs to another signature")
    return qualifying


def _reference(node: etree._Element) -> ForeignReference:
    children(node, [f"{_D}Transforms", f"{_D}DigestMethod", f"{_D}DigestValue"])
    transforms = at_most_one(node, f"{_D}Transforms")
    listed = [] if transforms is None else children(transforms, [f"{_D}Transform"])
    if node.get("URI") is None:
        raise ContainerUnreadable("a Reference does not say what it covers")
    return ForeignReference(
        id=node.get("Id"),
        uri=node.get("URI", ""),
        type=node.get("Type"),
        transforms=tuple(transform.get("Algorithm", "") for transform in listed),
        has_parameters=any(len(transform) for transform in listed),
        digest_method=_bare(one(node, f"{_D}DigestMethod")),
        digest=bytes_of(one(node, f"{_D}DigestValue")),
    )


def _properties_reference(references: list[ForeignReference], properties: etree._Element) -> ForeignReference:
    """Exactly one reference is of the type SignedProperties, and it points to the element at its place."""
    found = [reference for reference in references if reference.type == SIGNED_PROPERTIES_TYPE]
    if len(found) != 1 or not properties.get("Id") or found[0].uri != f"#{properties.get('Id')}":
        raise ContainerUnreadable("the signature does not cover its own SignedProperties exactly once")
    return found[0]


def _bare(node: etree._Element) -> str:
    """The Algorithm of an element that may hold no parameters."""
    if len(node):
        raise ContainerUnreadable(f"{short(node)} has parameters, which are not read")
    return node.get("Algorithm", "")


def _key_info(node: etree._Element) -> list[bytes]:
    """Certificates alone: a KeyValue is anybody's, and is never used."""
    key_info = at_most_one(node, f"{_D}KeyInfo")
    if key_info is None:
        return []
    children(key_info, _KEY_INFO)
    held = []
    for data in key_info.findall(f"{_D}X509Data"):
        children(data, _X509_DATA)
        held += [bytes_of(found) for found in data.findall(f"{_D}X509Certificate")]
    return held


def _named(signed: etree._Element) -> SigningCertificate:
    """One of the two properties, with one Cert: several names would let a reader choose."""
    named = [
        found for name in ("", "V2") if (found := at_most_one(signed, f"{_X}SigningCertificate{name}")) is not None
    ]
    if len(named) != 1:
        raise ContainerUnreadable(f"{len(named)} properties name the signing certificate; exactly one must")
    certificate = one(named[0], f"{_X}Cert")
    children(named[0], [certificate.tag])
    children(certificate, [f"{_X}CertDigest", f"{_X}IssuerSerial", f"{_X}IssuerSerialV2"])
    digest = one(certificate, f"{_X}CertDigest")
    children(digest, [f"{_D}DigestMethod", f"{_D}DigestValue"])
    return SigningCertificate(
        digest_method=_bare(one(digest, f"{_D}DigestMethod")),
        digest=bytes_of(one(digest, f"{_D}DigestValue")),
        serial=_serial(certificate),
    )


def _serial(certificate: etree._Element) -> int | None:
    old, new = (at_most_one(certificate, f"{_X}IssuerSerial{name}") for name in ("", "V2"))
    try:
        if new is not None:
            return int(tsp.IssuerSerial.load(bytes_of(new), strict=True)["serial_number"].native)
        return None if old is None else int(text_of(one(old, f"{_D}X509SerialNumber")))
    except (ValueError, TypeError) as error:
        raise ContainerUnreadable("the serial number of the signing certificate cannot be read") from error


def _formats(node: etree._Element | None) -> tuple[DataFormat, ...]:
    if node is None:
        return ()
    children(node, _DATA)
    return tuple(
        DataFormat(held.get("ObjectReference", "").removeprefix("#"), text_of(one(held, f"{_X}MimeType")))
        for held in node.findall(f"{_X}DataObjectFormat")
    )


def _oddities(signed: etree._Element, data: etree._Element | None) -> list[str]:
    """What changes the meaning of a signature in a way that we cannot judge."""
    policy = at_most_one(signed, f"{_X}SignaturePolicyIdentifier")
    odd = ["SignaturePolicyId"] if policy is not None and policy.find(f"{_X}SignaturePolicyImplied") is None else []
    return odd + [short(child) for child in (() if data is None else data) if short(child).endswith("TimeStamp")]


def _time(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise ContainerUnreadable("SigningTime is no time") from error
    if moment.tzinfo is None:
        raise ContainerUnreadable("SigningTime has no time zone")
    return moment.astimezone(UTC)
