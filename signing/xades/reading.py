"""Read the values of a signature file. Whatever is not of our form gives other values than those that rebuild it."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Sized
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import unquote

from lxml import etree

from contracts import xmlsafe
from contracts.errors import ContractError
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.trust.revocation import RevocationValues
from signing.xades.values import (
    ASIC,
    DS,
    MOST_VALUES,
    SIGNATURE_LIMIT_BYTES,
    XADES,
    XADES_141,
    ArchiveStamp,
    ReadSignature,
    SignatureUnreadable,
    SignedFile,
    UnsignedProperties,
    ValidationValues,
)

Many = TypeVar("Many", bound=Sized)

_NAMES: Final = {"asic": ASIC, "ds": DS, "xades": XADES, "xades141": XADES_141}
_UNSIGNED: Final = "ds:Object/xades:QualifyingProperties/xades:UnsignedProperties/xades:UnsignedSignatureProperties"


def read_signature(data: bytes) -> ReadSignature:
    """Read the values of a signature file. Raises ``SignatureUnreadable`` where one is missing or has no meaning."""
    try:
        return _read(xmlsafe.parse(data, limit_bytes=SIGNATURE_LIMIT_BYTES))
    except (ContractError, KeyUnusable, ValueError) as error:
        raise SignatureUnreadable(f"signature file: {error}") from error


def _read(root: etree._Element) -> ReadSignature:
    signature = _one(root, "/asic:XAdESSignatures/ds:Signature")
    properties = _one(signature, "ds:Object/xades:QualifyingProperties/xades:SignedProperties")
    signed = _one(properties, "xades:SignedSignatureProperties")
    return ReadSignature(
        files=tuple(_files(signature, properties)),
        signed_at=_time(_content(signed, "xades:SigningTime")),
        certificate=Certificate.from_der(_bytes(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")),
        certificate_digest=_bytes(signed, "xades:SigningCertificateV2/xades:Cert/xades:CertDigest/ds:DigestValue"),
        method=_one(signature, "ds:SignedInfo/ds:SignatureMethod").get("Algorithm", ""),
        value=_bytes(signature, "ds:SignatureValue"),
        unsigned=_unsigned(signature),
    )


def _files(signature: etree._Element, properties: etree._Element) -> Iterator[SignedFile]:
    references = _all(signature, "ds:SignedInfo/ds:Reference")[:-1]  # the last one names SignedProperties
    formats = _all(properties, "xades:SignedDataObjectProperties/xades:DataObjectFormat")
    for reference, form in zip(references, formats, strict=True):
        yield SignedFile(
            name=unquote(reference.get("URI", ""), errors="strict"),
            media_type=_content(form, "xades:MimeType"),
            sha256=_bytes(reference, "ds:DigestValue"),
        )


def _unsigned(signature: etree._Element) -> UnsignedProperties:
    """What stands in another order or is of another kind is passed over here, and is missed by the rebuild."""
    holders = _all(signature, _UNSIGNED)
    if not holders:
        return UnsignedProperties()
    (added,) = holders
    held = _all(added, "xades:CertificateValues")
    return UnsignedProperties(
        token=_token(added, "xades:SignatureTimeStamp") if _all(added, "xades:SignatureTimeStamp") else None,
        values=_values(added) if held else None,
        archives=_few(tuple(_archives(added))),
    )


def _archives(added: etree._Element) -> Iterator[ArchiveStamp]:
    values = ValidationValues()
    for node in added:
        match node.tag:
            case str(name) if name == f"{{{XADES_141}}}TimeStampValidationData":
                values = _values(node)
            case str(name) if name == f"{{{XADES_141}}}ArchiveTimeStamp":
                yield ArchiveStamp(_token(node, "."), values)
                values = ValidationValues()


def _token(holder: etree._Element, path: str) -> bytes:
    return _bytes(holder, f"{path}/xades:EncapsulatedTimeStamp")


def _values(holder: etree._Element) -> ValidationValues:
    certificates = _all(holder, "xades:CertificateValues/xades:EncapsulatedX509Certificate")
    revocation = _one(holder, "xades:RevocationValues")
    return ValidationValues(
        certificates=tuple(Certificate.from_der(_decoded(node)) for node in _few(certificates)),
        revocation=RevocationValues(
            ocsp=tuple(map(_decoded, _few(_all(revocation, "xades:OCSPValues/xades:EncapsulatedOCSPValue")))),
            crls=tuple(map(_decoded, _few(_all(revocation, "xades:CRLValues/xades:EncapsulatedCRLValue")))),
        ),
    )


def _few(values: Many) -> Many:
    if len(values) > MOST_VALUES:
        raise ValueError(f"{len(values)} values of one kind, at most {MOST_VALUES} are read")
    return values


def _time(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _all(parent: etree._Element, path: str) -> list[etree._Element]:
    found: list[etree._Element] = parent.xpath(path, namespaces=_NAMES)  # type: ignore[assignment]  # paths to elements
    return found


def _one(parent: etree._Element, path: str) -> etree._Element:
    found = _all(parent, path)
    if len(found) != 1:
        raise ValueError(f"{len(found)} elements at {path} where one is expected")
    return found[0]


def _content(parent: etree._Element, path: str) -> str:
    return _one(parent, path).text or ""


def _bytes(parent: etree._Element, path: str) -> bytes:
    return _decoded(_one(parent, path))


def _decoded(node: etree._Element) -> bytes:
    return b64decode(node.text or "", validate=True)
