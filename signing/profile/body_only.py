"""The ШЭП profile of WS-Security, read and written: one Signature over the Body alone, named by its certificate.

Known verifiers take the first signature of a message and never ask what it covers. Here the steps of reading are:

1. The envelope has its shape, and exactly one Security header with exactly one child: the Signature.
2. All ids are unique.
3. No other ``ds:Signature`` or token reference comes before ours, for a verifier that takes the first one.
4. SignedInfo: exclusive C14N throughout, one reference, one transform, algorithms that go together.
5. The reference is to *the* Body, by the id that it bears.
6. KeyInfo holds the whole certificate.

Nothing is verified by reading. For GOST the mathematics are NCANode's; that it looked at the Body is ours to see.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from lxml import etree

from contracts import soap, xmlsafe
from contracts.codes import Code
from contracts.errors import NotReadable
from contracts.soap import DS, SOAP_ENV, WSSE, WSU
from signing.errors import OrderRefused, SignatureRefused
from signing.keys.keypair import SigningKey
from signing.profile import structure as profile
from signing.profile.markup import b64, digest_of, element
from signing.profile.policy import BASE64_BINARY, EXC_C14N, GOST_METHODS, SHA256_URI, SIGNATURE_METHODS, X509_V3

_DS: Final = f' xmlns:ds="{DS}"'
_OURS: Final = dict.fromkeys(SIGNATURE_METHODS.values(), SHA256_URI)
_PAIRS: Final = _OURS | dict(GOST_METHODS)


@dataclass(frozen=True, slots=True)
class BodySignature:
    """What the header claims, read strictly. Not verified."""

    body: etree._Element
    signed_info: etree._Element
    method: str  # URI
    digest: bytes
    value: bytes
    certificate: bytes  # DER

    @property
    def is_gost(self) -> bool:
        return self.method in GOST_METHODS

    @property
    def has_right_digest(self) -> bool | None:
        """Whether the signature is over this Body; None for GOST, which we do not compute."""
        return None if self.is_gost else hashlib.sha256(xmlsafe.canonical(self.body)).digest() == self.digest


def read_body_signature(envelope: bytes) -> BodySignature:
    """Carry out the steps above. Raises ``OrderRefused`` with the first that fails."""
    try:
        root = xmlsafe.parse(envelope)
        require_soap_11(root)  # 1
        profile.require_unique_ids(root)  # 2
        identifier, _ = profile.id_attribute_of(root[-1])
    except (NotReadable, SignatureRefused) as error:
        raise OrderRefused(f"the envelope: {error.detail}") from error
    signature = _signature(root)
    _require_first(root, signature)  # 3
    signed_info, value, key_info = _children(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    method, digest = _read_signed_info(signed_info, f"#{identifier}")
    return BodySignature(root[-1], signed_info, method, digest, decoded(value), _certificate(key_info))


def _signature(root: etree._Element) -> etree._Element:
    headers = [block for block in root[0] if block.tag == f"{{{WSSE}}}Security"] if len(root) == 2 else []
    if len(headers) != 1 or [child.tag for child in headers[0]] != [f"{{{DS}}}Signature"]:
        raise OrderRefused("the envelope: needs one Security header that holds one Signature and nothing else")
    return headers[0][0]


def _require_first(root: etree._Element, signature: etree._Element) -> None:
    first = next(root.iter(f"{{{DS}}}Signature"))
    reference = next(root.iter(f"{{{WSSE}}}SecurityTokenReference"), None)
    if first is not signature or reference is None or signature not in list(reference.iterancestors()):
        raise OrderRefused("the envelope: another Signature or token reference stands before that of the header")


def _read_signed_info(signed_info: etree._Element, target: str) -> tuple[str, bytes]:
    """Steps 4 and 5: the method and the claimed digest of the Body."""
    c14n, method, reference = _children(signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference")
    transforms, digest_method, digest = _children(reference, "Transforms", "DigestMethod", "DigestValue")
    (transform,) = _children(transforms, "Transform")
    if any(_algorithm(each) != EXC_C14N for each in (c14n, transform)):
        raise OrderRefused("the signature: canonicalises otherwise than by exclusive C14N without parameters")
    if _PAIRS.get(_algorithm(method)) != _algorithm(digest_method):
        raise OrderRefused(f"the signature: {_algorithm(method)} with {_algorithm(digest_method)} is not accepted")
    if reference.get("URI") != target:
        raise OrderRefused(f"the signature: is over {reference.get('URI')}, and the Body is {target}")
    return _algorithm(method), decoded(digest)


def _certificate(key_info: etree._Element) -> bytes:
    if len(key_info) != 1 or key_info[0].tag != f"{{{WSSE}}}SecurityTokenReference":
        raise OrderRefused("the signature: KeyInfo must hold one SecurityTokenReference")
    (identifier,) = _children(key_info[0], "KeyIdentifier", namespace=WSSE)
    if identifier.get("ValueType") != X509_V3 or identifier.get("EncodingType") not in {None, BASE64_BINARY}:
        raise OrderRefused("the signature: KeyIdentifier must hold a whole X.509 certificate in base64")
    return decoded(identifier)


def _children(parent: etree._Element, *names: str, namespace: str = DS) -> list[etree._Element]:
    if [child.tag for child in parent] != [f"{{{namespace}}}{name}" for name in names]:
        raise OrderRefused(f"the signature: {etree.QName(parent).localname} must hold exactly {', '.join(names)}")
    return list(parent)


def _algorithm(node: etree._Element) -> str:
    if len(node):
        raise OrderRefused(f"the signature: {etree.QName(node).localname} has parameters; none are accepted")
    return node.get("Algorithm", "")


def decoded(node: etree._Element) -> bytes:
    """Base64 with whitespace wherever it stands: Java breaks lines with ``&#13;``. Raises ``OrderRefused``."""
    try:
        return base64.b64decode("".join((node.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise OrderRefused(f"the signature: {etree.QName(node).localname} is no base64") from error


# --- writing --------------------------------------------------------------------------------------------------------


def sign_body(envelope: bytes, key: SigningKey, *, body_id: str) -> bytes:
    """Put a Security header into ``envelope``; what stood there stays as it is. ``body_id``: an XML name, fresh.

    Raises ``OrderRefused`` for an envelope that has a Security header or a Body with an id already.
    """
    root = parse_unsigned(envelope)
    header, body = _header(root), root[-1]
    body.set(profile.WSU_ID, body_id)
    security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
    security.set(f"{{{SOAP_ENV}}}mustUnderstand", "1")
    signed_info = _signed_info(key, body_id, digest_of(xmlsafe.canonical(body)))
    value = key.sign(f"<ds:SignedInfo{_DS}>{signed_info}</ds:SignedInfo>".encode())
    security.append(etree.fromstring(_written(key, signed_info, value)))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def parse_unsigned(envelope: bytes) -> etree._Element:
    """The root of an envelope that nobody has signed yet; raises ``OrderRefused`` for any other."""
    try:
        root = xmlsafe.parse(envelope)
        require_soap_11(root)
    except NotReadable as error:
        raise OrderRefused(f"the envelope: {error.detail}") from error
    if next(root.iter(f"{{{WSSE}}}Security"), None) is not None or {"Id", profile.WSU_ID} & set(root[-1].attrib):
        raise OrderRefused("the envelope: has a Security header or an id on its Body already; it must come unsigned")
    return root


def require_soap_11(root: etree._Element) -> None:
    """The only version of the ШЭП. Raises ``NotReadable``."""
    soap.operation_of(root)
    if root.tag != f"{{{SOAP_ENV}}}Envelope":
        raise NotReadable(Code.NOT_SOAP, "the ШЭП speaks SOAP 1.1")


def _header(root: etree._Element) -> etree._Element:
    if len(root) == 2:
        return root[0]
    header = etree.Element(f"{{{SOAP_ENV}}}Header")
    root.insert(0, header)
    return header


def _signed_info(key: SigningKey, body_id: str, digest: str) -> str:
    """What stands in SignedInfo, canonical already."""
    return (
        element("ds:CanonicalizationMethod", Algorithm=EXC_C14N)
        + element("ds:SignatureMethod", Algorithm=SIGNATURE_METHODS[key.algorithm])
        + element(
            "ds:Reference",
            element("ds:Transforms", element("ds:Transform", Algorithm=EXC_C14N)),
            element("ds:DigestMethod", Algorithm=SHA256_URI),
            element("ds:DigestValue", digest),
            URI=f"#{body_id}",
        )
    )


def _written(key: SigningKey, signed_info: str, value: bytes) -> str:
    """Known readers look elements up by literal prefixed name, so the prefixes are ds and wsse."""
    named = element("wsse:KeyIdentifier", b64(key.certificate.der), EncodingType=BASE64_BINARY, ValueType=X509_V3)
    reference = element("wsse:SecurityTokenReference", named, namespace=f' xmlns:wsse="{WSSE}"')
    return element(
        "ds:Signature",
        element("ds:SignedInfo", signed_info),
        element("ds:SignatureValue", b64(value)),
        element("ds:KeyInfo", reference),
        namespace=_DS,
    )


etree.register_namespace("wsu", WSU)  # the prefix that lxml gives wsu:Id where a message declares none of its own
