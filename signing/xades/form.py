"""The one XML form of our signatures: every element as it stands in the document, and as its own canonical form.

Exclusive C14N declares a namespace where it is first used. So each writer takes what its element must declare itself:
nothing inside the document, where ``ds`` is declared on the Signature and ``xades`` on QualifyingProperties, and the
prefixes it uses when it is hashed alone.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from signing.keys.keypair import Certificate
from signing.profile.markup import element, text
from signing.trust.revocation import RevocationValues
from signing.xades.values import (
    ASIC,
    DS,
    EXC_C14N,
    SHA256_URI,
    SIGNED_PROPERTIES_TYPE,
    XADES,
    XADES_141,
    ArchiveStamp,
    ReadSignature,
    SignedFile,
    UnsignedProperties,
    ValidationValues,
)

_DS: Final = f' xmlns:ds="{DS}"'
_XADES: Final = f' xmlns:xades="{XADES}"'
_XADES_141: Final = f' xmlns:xades141="{XADES_141}"'


@dataclass(frozen=True, slots=True)
class _Declared:
    """What elements of each prefix must declare where they are written, as literal `` xmlns…="…"``."""

    ds: str = ""
    xades: str = ""


_INSIDE: Final = _Declared()  # in the document: declared above
_UNDER_XADES: Final = _Declared(ds=_DS)  # hashed below an xades element: its ds children declare themselves
_UNDER_XADES_141: Final = _Declared(ds=_DS, xades=_XADES)


def signature_file(read: ReadSignature) -> bytes:
    """META-INF/signatures0.xml: canonical, no declaration, no white space."""
    signature = element(
        "ds:Signature",
        _signed_info(read),
        _signature_value(read),
        _key_info(read),
        element("ds:Object", _qualifying_properties(read)),
        namespace=_DS,
        Id="S0",
    )
    return element("asic:XAdESSignatures", signature, namespace=f' xmlns:asic="{ASIC}"').encode()


def signed_info(read: ReadSignature) -> bytes:
    """Canonical ds:SignedInfo: the bytes that the signature value is made over (XML-DSig §4.4.2)."""
    return _signed_info(read, namespace=_DS).encode()


def signature_value(read: ReadSignature) -> bytes:
    """Canonical ds:SignatureValue, element and all: the bytes under xades:SignatureTimeStamp (EN 319 132-1 §5.3)."""
    return _signature_value(read, namespace=_DS).encode()


def archived_part(read: ReadSignature, before: int) -> bytes:
    """What an archive time stamp covers besides the files themselves, ``before`` archive stamps being there already.

    EN 319 132-1 V1.3.1 §5.5.2.3: after the octets of every reference, of which SignedProperties is the last and is
    written here, come SignedInfo, SignatureValue, KeyInfo and the unsigned properties in their order, each canonical.
    The one Object holds the QualifyingProperties and so is left out.
    """
    unsigned = read.unsigned
    archives = unsigned.archives[:before]
    parts = [
        _signed_properties(read, namespace=_XADES, declared=_UNDER_XADES),
        _signed_info(read, namespace=_DS),
        _signature_value(read, namespace=_DS),
        _key_info(read, namespace=_DS),
        *_unsigned(UnsignedProperties(unsigned.token, unsigned.values, archives), alone=True),
    ]
    if before < len(unsigned.archives):  # its values were put in before it was asked for
        parts += _stamp_values(before, unsigned.archives[before].values, alone=True)
    return "".join(parts).encode()


# --- what is signed -------------------------------------------------------------------------------------------------


def _signed_info(read: ReadSignature, *, namespace: str = "") -> str:
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
    canonical = _signed_properties(read, namespace=_XADES, declared=_UNDER_XADES).encode()
    return element(
        "ds:Reference",
        element("ds:Transforms", element("ds:Transform", Algorithm=EXC_C14N)),
        *_digest(hashlib.sha256(canonical).digest()),
        Id="S0-RefProperties",
        Type=SIGNED_PROPERTIES_TYPE,
        URI="#S0-SignedProperties",
    )


def _signature_value(read: ReadSignature, *, namespace: str = "") -> str:
    return element("ds:SignatureValue", _b64(read.value), namespace=namespace, Id="S0-SignatureValue")


def _key_info(read: ReadSignature, *, namespace: str = "") -> str:
    certificate = element("ds:X509Certificate", _b64(read.certificate.der))
    return element("ds:KeyInfo", element("ds:X509Data", certificate), namespace=namespace)


def _qualifying_properties(read: ReadSignature) -> str:
    unsigned = _unsigned(read.unsigned)
    added = element("xades:UnsignedProperties", element("xades:UnsignedSignatureProperties", *unsigned))
    return element(
        "xades:QualifyingProperties",
        _signed_properties(read),
        added if unsigned else "",
        namespace=_XADES,
        Target="#S0",
    )


def _signed_properties(read: ReadSignature, *, namespace: str = "", declared: _Declared = _INSIDE) -> str:
    certificate = element("xades:CertDigest", *_digest(read.certificate_digest, namespace=declared.ds))
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


# --- what was added since -------------------------------------------------------------------------------------------


def _unsigned(unsigned: UnsignedProperties, *, alone: bool = False) -> list[str]:
    """Each unsigned property, in its order; ``alone``: as it is hashed."""
    own = _XADES if alone else ""
    written = []
    if unsigned.token is not None:
        token = _stamp(unsigned.token, _UNDER_XADES if alone else _INSIDE)
        written.append(element("xades:SignatureTimeStamp", *token, namespace=own, Id="S0-T0"))
    if unsigned.values is not None:
        written.append(_certificate_values(unsigned.values.certificates, namespace=own))
        written.append(_revocation_values(unsigned.values.revocation, namespace=own))
    for number, archive in enumerate(unsigned.archives):
        written += _stamp_values(number, archive.values, alone=alone)
        written.append(_archive_stamp(number, archive, alone=alone))
    return written


def _archive_stamp(number: int, archive: ArchiveStamp, *, alone: bool) -> str:
    token = _stamp(archive.token, _UNDER_XADES_141 if alone else _INSIDE)
    return element("xades141:ArchiveTimeStamp", *token, namespace=_XADES_141, Id=f"S0-A{number}")


def _stamp(token: bytes, declared: _Declared) -> tuple[str, str]:
    """How the imprint was made, and the token; EN 319 132-1 §5.1.4.4."""
    return (
        element("ds:CanonicalizationMethod", namespace=declared.ds, Algorithm=EXC_C14N),
        element("xades:EncapsulatedTimeStamp", _b64(token), namespace=declared.xades),
    )


def _stamp_values(number: int, values: ValidationValues, *, alone: bool) -> list[str]:
    """Nothing at all where there are no values: the first archive stamp finds them in the properties before it."""
    if values.is_empty:
        return []
    own = _XADES if alone else ""
    return [
        element(
            "xades141:TimeStampValidationData",
            _certificate_values(values.certificates, namespace=own),
            _revocation_values(values.revocation, namespace=own),
            namespace=_XADES_141,
            Id=f"S0-V{number}",
        )
    ]


def _certificate_values(certificates: Sequence[Certificate], *, namespace: str) -> str:
    held = (element("xades:EncapsulatedX509Certificate", _b64(one.der)) for one in certificates)
    return element("xades:CertificateValues", *held, namespace=namespace)


def _revocation_values(revocation: RevocationValues, *, namespace: str) -> str:
    """A list is written where it holds something: the schema allows no empty one."""
    crls = [element("xades:EncapsulatedCRLValue", _b64(one)) for one in revocation.crls]
    ocsp = [element("xades:EncapsulatedOCSPValue", _b64(one)) for one in revocation.ocsp]
    return element(
        "xades:RevocationValues",
        element("xades:CRLValues", *crls) if crls else "",
        element("xades:OCSPValues", *ocsp) if ocsp else "",
        namespace=namespace,
    )


# --- pieces ---------------------------------------------------------------------------------------------------------


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
