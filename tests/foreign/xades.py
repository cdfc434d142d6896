"""Write XAdES signatures as other systems do, and let a test bend any part of them.

All text is written in canonical form under one root that declares every prefix. So an inclusive canonical form is the
text itself with the root's declarations put into its first tag, and nothing of the product is needed to make it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from tests.foreign import pki
from tests.foreign.pki import KeyPair

C14N10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
NAMESPACES = {
    "asic": "http://uri.etsi.org/02918/v1.2.1#",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "xades141": "http://uri.etsi.org/01903/v1.4.1#",
}
DECLARED = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in sorted(NAMESPACES.items()))
DIGESTS = {
    "md5": "http://www.w3.org/2001/04/xmldsig-more#md5",
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
HASHES: dict[str, Any] = {
    "sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip

Edit = Callable[[str], str]
Transform = tuple[str, ...]


@dataclass(frozen=True)
class DataFile:
    """A file to sign."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True)
class XadesPlan:
    """What to write; every default is what an honest writer would do."""

    files: tuple[DataFile, ...]
    by: KeyPair
    id: str = "S0"
    c14n: str = C14N11
    stamp_c14n: str | None = None  # None: as ``c14n``
    property_transforms: Transform | None = None  # None: ``c14n``
    digest: str = "sha256"
    method: str = f"{MORE}rsa-sha256"
    hash: str = "sha256"
    key: Any = None  # None: the certificate's
    pss: bool = False
    cert_version: str = "V2"
    cert_digest: str = "sha256"
    named: KeyPair | None = None  # whom SigningCertificate names; None: ``by``
    key_info: tuple[bytes, ...] | None = None
    key_value: bool = False
    signed_at: datetime = pki.SIGNED_AT
    stamp: Callable[[bytes], bytes] | None = pki.token
    answers: tuple[bytes, ...] | None = None  # None: «good» about ``by``
    archive: Callable[[bytes], bytes] | None = None
    edit_properties: Edit = str  # before they are digested
    edit_info: Edit = str  # before it is signed
    edit_value: Edit = str  # before it is stamped
    edit: Edit = str  # the whole signature, when all is done

    def but(self, **changes: Any) -> XadesPlan:
        return replace(self, **changes)


def archive_token(digest: bytes) -> bytes:
    return pki.token(digest, at=pki.STAMPED_AT + timedelta(hours=1))


def signature_file(*plans: XadesPlan) -> bytes:
    text = "".join(signature(plan) for plan in plans)
    whole = f"<asic:XAdESSignatures{DECLARED}>{text}</asic:XAdESSignatures>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}'.encode()


def signature(plan: XadesPlan) -> str:
    properties = plan.edit_properties(_signed_properties(plan))
    info = plan.edit_info(_signed_info(plan, properties))
    value = plan.edit_value(
        f'<ds:SignatureValue Id="{plan.id}-SIG">{_b64(_sign(plan, canonical(info, plan.c14n)))}</ds:SignatureValue>'
    )
    key_info = _key_info(plan)
    unsigned = _unsigned(plan, info, value, key_info, properties)
    return plan.edit(
        f'<ds:Signature Id="{plan.id}">{info}{value}{key_info}<ds:Object>'
        f'<xades:QualifyingProperties Target="#{plan.id}">{properties}{unsigned}</xades:QualifyingProperties>'
        "</ds:Object></ds:Signature>"
    )


def canonical(text: str, form: str) -> bytes:
    """Of an element as it stands in the file."""
    head, rest = text.split(">", 1)
    name, _, attributes = head.partition(" ")
    whole = f"{name}{DECLARED}{' ' if attributes else ''}{attributes}>{rest}"
    if "exc-c14n" in form:
        return etree.tostring(etree.fromstring(whole), method="c14n", exclusive=True)
    return whole.encode()


def uri_of(name: str) -> str:
    return quote(name, safe="/")


def _signed_properties(plan: XadesPlan) -> str:
    named = plan.named or plan.by
    digest = hashlib.new(plan.cert_digest, named.der).digest()
    serial = named.certificate.serial_number
    issuer = named.certificate.issuer.rfc4514_string()
    issuer_serial = (
        f"<xades:IssuerSerial><ds:X509IssuerName>{issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{serial}</ds:X509SerialNumber></xades:IssuerSerial>"
        if not plan.cert_version
        else ""
    )
    formats = "".join(
        f'<xades:DataObjectFormat ObjectReference="#{plan.id}-RefId{number}">'
        f"<xades:MimeType>{file.media_type}</xades:MimeType></xades:DataObjectFormat>"
        for number, file in enumerate(plan.files)
    )
    return (
        f'<xades:SignedProperties Id="{plan.id}-SignedProperties"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{plan.signed_at:%Y-%m-%dT%H:%M:%SZ}</xades:SigningTime>"
        f"<xades:SigningCertificate{plan.cert_version}><xades:Cert><xades:CertDigest>"
        f"{_digest(plan.cert_digest, digest)}</xades:CertDigest>{issuer_serial}</xades:Cert>"
        f"</xades:SigningCertificate{plan.cert_version}></xades:SignedSignatureProperties>"
        f"<xades:SignedDataObjectProperties>{formats}</xades:SignedDataObjectProperties></xades:SignedProperties>"
    )


def _signed_info(plan: XadesPlan, properties: str) -> str:
    transforms = (plan.c14n,) if plan.property_transforms is None else plan.property_transforms
    octets = canonical(properties, (*transforms, C14N10)[0])
    written = "".join(f'<ds:Transform Algorithm="{transform}"></ds:Transform>' for transform in transforms)
    return (
        f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{plan.c14n}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{plan.method}"></ds:SignatureMethod>'
        + "".join(
            f'<ds:Reference Id="{plan.id}-RefId{number}" URI="{uri_of(file.name)}">'
            f"{_digest(plan.digest, hashlib.new(plan.digest, file.content).digest())}</ds:Reference>"
            for number, file in enumerate(plan.files)
        )
        + f'<ds:Reference Id="{plan.id}-RefProperties" Type="{PROPERTIES}" URI="#{plan.id}-SignedProperties">'
        + (f"<ds:Transforms>{written}</ds:Transforms>" if written else "")
        + f"{_digest(plan.digest, hashlib.new(plan.digest, octets).digest())}</ds:Reference></ds:SignedInfo>"
    )


def _key_info(plan: XadesPlan) -> str:
    enclosed = (plan.by.der,) if plan.key_info is None else plan.key_info
    written = "".join(f"<ds:X509Certificate>{_b64(der)}</ds:X509Certificate>" for der in enclosed)
    data = f"<ds:X509Data>{written}</ds:X509Data>" if enclosed else ""
    return f"<ds:KeyInfo>{_key_value(plan) if plan.key_value else ''}{data}</ds:KeyInfo>"


def _key_value(plan: XadesPlan) -> str:
    numbers = plan.by.key.public_key().public_numbers()
    modulus, exponent = _b64(numbers.n.to_bytes(256, "big")), _b64(numbers.e.to_bytes(3, "big"))
    return (
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent>"
        "</ds:RSAKeyValue></ds:KeyValue>"
    )


def _unsigned(plan: XadesPlan, info: str, value: str, key_info: str, properties: str) -> str:
    if plan.stamp is None:
        return ""
    form = plan.stamp_c14n or plan.c14n
    token = plan.stamp(hashlib.sha256(canonical(value, form)).digest())
    answers = (pki.answer(plan.by),) if plan.answers is None else plan.answers
    parts = [_stamp("xades:SignatureTimeStamp", f"{plan.id}-T0", form, token)]
    if answers:
        root = f"<xades:EncapsulatedX509Certificate>{_b64(pki.ca().der)}</xades:EncapsulatedX509Certificate>"
        parts.append(f"<xades:CertificateValues>{root}</xades:CertificateValues>")
        held = "".join(f"<xades:EncapsulatedOCSPValue>{_b64(der)}</xades:EncapsulatedOCSPValue>" for der in answers)
        parts.append(f"<xades:RevocationValues><xades:OCSPValues>{held}</xades:OCSPValues></xades:RevocationValues>")
    if plan.archive is not None:
        octets = b"".join(file.content for file in plan.files) + canonical(properties, plan.c14n)
        octets += b"".join(canonical(part, form) for part in (info, value, key_info, *parts))
        token = plan.archive(hashlib.sha256(octets).digest())
        parts.append(_stamp("xades141:ArchiveTimeStamp", f"{plan.id}-A0", form, token))
    return (
        f"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>{''.join(parts)}"
        "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )


def _stamp(name: str, identifier: str, form: str, token: bytes) -> str:
    return (
        f'<{name} Id="{identifier}"><ds:CanonicalizationMethod Algorithm="{form}"></ds:CanonicalizationMethod>'
        f"<xades:EncapsulatedTimeStamp>{_b64(token)}</xades:EncapsulatedTimeStamp></{name}>"
    )


def _digest(name: str, value: bytes) -> str:
    return (
        f'<ds:DigestMethod Algorithm="{DIGESTS[name]}"></ds:DigestMethod><ds:DigestValue>{_b64(value)}</ds:DigestValue>'
    )


def _sign(plan: XadesPlan, octets: bytes) -> bytes:
    key, algorithm = plan.key or plan.by.key, HASHES[plan.hash]
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
        return key.sign(octets, pss if plan.pss else padding.PKCS1v15(), algorithm)
    r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(algorithm)))
    width = (key.key_size + 7) // 8
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


def _b64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
