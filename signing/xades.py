"""XAdES baseline B-B signature of a container (ETSI EN 319 132-1), detached over every file (EN 319 162-1 §4.4).

We write the one form that we accept: exclusive C14N, SHA-256, RSA or P-256, references in the order of the
container, no optional property. ``build`` and ``rebuild`` share the template, so a signature file can be demanded
to equal what its own values give, byte for byte: a comment, a second Object or another transform has no place to be.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from contracts import xmlsafe
from contracts.errors import ContractError
from signing.errors import KeyUnusable, SigningError
from signing.keys import ECDSA_SHA256, PKCS1V15, SHA256, Certificate, SignatureAlgorithm, SigningKey, algorithm_of
from signing.markup import element, text

ASIC: Final = "http://uri.etsi.org/02918/v1.2.1#"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256_URI: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNED_PROPERTIES_TYPE: Final = "http://uri.etsi.org/01903#SignedProperties"
METHODS: Final[Mapping[SignatureAlgorithm, str]] = MappingProxyType(
    {
        SignatureAlgorithm.RSA_SHA256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        SignatureAlgorithm.ECDSA_SHA256: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    }
)
LEVEL: Final = "B-B"
SIGNATURE_LIMIT_BYTES: Final = 8 * 1024 * 1024  # about 10 000 files

_NAMES: Final = {"asic": ASIC, "ds": DS, "xades": XADES}
_DS: Final = f' xmlns:ds="{DS}"'
_XADES: Final = f' xmlns:xades="{XADES}"'


class SignatureUnreadable(SigningError):
    """The bytes are no signature of our profile; nothing is known about what it would have proven."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """One file under the signature: its name in the container, media type, and SHA-256 (32 bytes)."""

    name: str
    media_type: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class ReadSignature:
    """What a signature file says: read, *not* verified. ``signed_at`` is the signer's own claim."""

    files: tuple[SignedFile, ...]
    signed_at: datetime
    certificate: Certificate  # from KeyInfo
    certificate_digest: bytes  # from SigningCertificateV2
    method: str
    value: bytes


def build_signature(files: Sequence[SignedFile], key: SigningKey, *, signed_at: datetime) -> bytes:
    """Sign ``files``, which are in the container's order. ``signed_at`` is written to the second, in UTC."""
    certificate = key.certificate
    read = ReadSignature(
        files=tuple(files),
        signed_at=signed_at.astimezone(UTC).replace(microsecond=0),
        certificate=certificate,
        certificate_digest=hashlib.sha256(certificate.der).digest(),
        method=METHODS[key.algorithm],
        value=b"",
    )
    value = key.sign(_signed_info(read, namespace=_DS).encode())
    return _document(read, value)


def rebuild(read: ReadSignature) -> bytes:
    """The signature file that these values give; one that we wrote equals it byte for byte."""
    return _document(read, read.value)


def verify_value(read: ReadSignature) -> bool:
    """Whether the embedded certificate's key made the signature value over the rebuilt SignedInfo.

    Says nothing about files or trust, and about the file's bytes only together with ``rebuild``.
    """
    try:
        algorithm = algorithm_of(read.certificate.public_key)
    except KeyUnusable:
        return False
    # The kind of key decides the algorithm, never the document (CVE-2009-0217 and its kin).
    return METHODS[algorithm] == read.method and _is_signed(read, _signed_info(read, namespace=_DS).encode())


def names_its_certificate(read: ReadSignature) -> bool:
    """Whether SigningCertificateV2, which is signed, names the certificate in KeyInfo, which is not."""
    return read.certificate_digest == hashlib.sha256(read.certificate.der).digest()


def read_signature(data: bytes) -> ReadSignature:
    """Read the values of a signature file. Raises ``SignatureUnreadable`` where one is missing or has no meaning."""
    try:
        return _read(xmlsafe.parse(data, limit_bytes=SIGNATURE_LIMIT_BYTES))
    except (ContractError, KeyUnusable, ValueError) as error:
        raise SignatureUnreadable(f"signature file: {error}") from error


# --- writing --------------------------------------------------------------------------------------------------------


def _document(read: ReadSignature, value: bytes) -> bytes:
    signature = element(
        "ds:Signature",
        _signed_info(read),
        element("ds:SignatureValue", _b64(value), Id="S0-SignatureValue"),
        element("ds:KeyInfo", element("ds:X509Data", element("ds:X509Certificate", _b64(read.certificate.der)))),
        element(
            "ds:Object",
            element("xades:QualifyingProperties", _signed_properties(read), namespace=_XADES, Target="#S0"),
        ),
        namespace=_DS,
        Id="S0",
    )
    return element("asic:XAdESSignatures", signature, namespace=f' xmlns:asic="{ASIC}"').encode()


def _signed_info(read: ReadSignature, *, namespace: str = "") -> str:
    """SignedInfo as it stands in the document, or with ``namespace`` as its own canonical form."""
    return element(
        "ds:SignedInfo",
        element("ds:CanonicalizationMethod", Algorithm=EXC_C14N),
        element("ds:SignatureMethod", Algorithm=read.method),
        *(_file_reference(number, file) for number, file in enumerate(read.files)),
        _properties_reference(read),
        namespace=namespace,
    )


def _file_reference(number: int, file: SignedFile) -> str:
    return element("ds:Reference", *_digest(file.sha256), Id=f"S0-RefId{number}", URI=uri_of(file.name))


def _properties_reference(read: ReadSignature) -> str:
    canonical = _signed_properties(read, namespace=_XADES, inner=_DS).encode()
    return element(
        "ds:Reference",
        element("ds:Transforms", element("ds:Transform", Algorithm=EXC_C14N)),
        *_digest(hashlib.sha256(canonical).digest()),
        Id="S0-RefProperties",
        Type=SIGNED_PROPERTIES_TYPE,
        URI="#S0-SignedProperties",
    )


def _signed_properties(read: ReadSignature, *, namespace: str = "", inner: str = "") -> str:
    """SignedProperties in the document, or in canonical form: there each ``ds`` element declares its prefix."""
    certificate = element("xades:CertDigest", *_digest(read.certificate_digest, namespace=inner))
    return element(
        "xades:SignedProperties",
        element(
            "xades:SignedSignatureProperties",
            element("xades:SigningTime", f"{read.signed_at:%Y-%m-%dT%H:%M:%SZ}"),
            element("xades:SigningCertificateV2", element("xades:Cert", certificate)),
        ),
        element("xades:SignedDataObjectProperties", *(_format(n, file) for n, file in enumerate(read.files))),
        namespace=namespace,
        Id="S0-SignedProperties",
    )


def _format(number: int, file: SignedFile) -> str:
    mime = element("xades:MimeType", text(file.media_type))
    return element("xades:DataObjectFormat", mime, ObjectReference=f"#S0-RefId{number}")


def _digest(digest: bytes, *, namespace: str = "") -> tuple[str, str]:
    return (
        element("ds:DigestMethod", Algorithm=SHA256_URI, namespace=namespace),
        element("ds:DigestValue", _b64(digest), namespace=namespace),
    )


def uri_of(name: str) -> str:
    """Reference URI of a file in the container: UTF-8, percent-encoded, ``/`` kept (RFC 3986 §2.1)."""
    return quote(name, safe="/")


def _b64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


# --- reading --------------------------------------------------------------------------------------------------------


def _read(root: etree._Element) -> ReadSignature:
    signature = _one(root, "/asic:XAdESSignatures/ds:Signature")
    properties = _one(signature, "ds:Object/xades:QualifyingProperties/xades:SignedProperties")
    signed = _one(properties, "xades:SignedSignatureProperties")
    return ReadSignature(
        files=tuple(_read_files(signature, properties)),
        signed_at=_read_time(_content(signed, "xades:SigningTime")),
        certificate=Certificate.from_der(_bytes(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate")),
        certificate_digest=_bytes(signed, "xades:SigningCertificateV2/xades:Cert/xades:CertDigest/ds:DigestValue"),
        method=_one(signature, "ds:SignedInfo/ds:SignatureMethod").get("Algorithm", ""),
        value=_bytes(signature, "ds:SignatureValue"),
    )


def _read_files(signature: etree._Element, properties: etree._Element) -> list[SignedFile]:
    references = _all(signature, "ds:SignedInfo/ds:Reference")[:-1]  # the last one names SignedProperties
    formats = _all(properties, "xades:SignedDataObjectProperties/xades:DataObjectFormat")
    return [
        SignedFile(
            name=unquote(reference.get("URI", ""), errors="strict"),
            media_type=_content(form, "xades:MimeType"),
            sha256=_bytes(reference, "ds:DigestValue"),
        )
        for reference, form in zip(references, formats, strict=True)
    ]


def _read_time(written: str) -> datetime:
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
    return b64decode(_content(parent, path), validate=True)


def _is_signed(read: ReadSignature, data: bytes) -> bool:
    try:
        match read.certificate.public_key:
            case rsa.RSAPublicKey() as key:
                key.verify(read.value, data, PKCS1V15, SHA256)
            case ec.EllipticCurvePublicKey() as key:
                key.verify(_dss(read.value), data, ECDSA_SHA256)
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    return True


def _dss(value: bytes) -> bytes:
    """From the fixed-width r‖s of XML-DSig to the DER that the library reads."""
    half, odd = divmod(len(value), 2)
    if odd or half != 32:
        raise ValueError(f"a P-256 signature value has 64 bytes, not {len(value)}")
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
