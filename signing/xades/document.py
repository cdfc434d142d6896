"""Enveloped signatures of documents as НУЦ РК makes them (XML-DSig §6.6.4): last child of the root, over all before it.

The reference is "" with two transforms, enveloped-signature and C14N with comments; SignedInfo is in inclusive C14N.
Of several signers each later one covers the earlier ones, so a reader works from the last one back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from contracts import xmlsafe
from contracts.errors import NotReadable
from contracts.soap import DS
from signing.errors import OrderRefused
from signing.keys.keypair import SigningKey
from signing.profile.body_only import decoded
from signing.profile.markup import b64, digest_of, element
from signing.profile.policy import GOST_METHODS, SHA256_URI, SIGNATURE_METHODS

ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
C14N: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_WITH_COMMENTS: Final = f"{C14N}#WithComments"

_DS: Final = f' xmlns:ds="{DS}"'
_SIGNATURE: Final = f"{{{DS}}}Signature"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_PAIRS: Final = dict.fromkeys(SIGNATURE_METHODS.values(), SHA256_URI) | dict(GOST_METHODS)


@dataclass(frozen=True, slots=True)
class DocumentSignature:
    """One signature as it claims, with the bytes that it must be over. Not verified.

    ``signed``: the document without this and all later signatures, canonical. ``signed_info``: canonical.
    """

    signed: bytes
    signed_info: bytes
    method: str
    digest: bytes
    value: bytes
    certificate: bytes  # DER

    @property
    def is_gost(self) -> bool:
        return self.method in GOST_METHODS

    @property
    def has_right_digest(self) -> bool | None:
        """Whether the signature is over these bytes; None for GOST, which we do not compute."""
        return None if self.is_gost else hashlib.sha256(self.signed).digest() == self.digest


def read_document_signatures(document: bytes) -> tuple[DocumentSignature, ...]:
    """All signatures, the last one first. Raises ``OrderRefused`` when there is none or one is not of this profile."""
    root = _parsed(document)
    signatures = [child for child in root if child.tag == _SIGNATURE]
    if not signatures or list(root)[-len(signatures) :] != signatures:
        raise OrderRefused("the document: its signatures must be the last children of its root, and at least one")
    if len(list(root.iter(_SIGNATURE))) != len(signatures):
        raise OrderRefused("the document: a Signature stands elsewhere than at the end of the root")
    return tuple(_peeled(root, signatures))


def _peeled(root: etree._Element, signatures: list[etree._Element]) -> Iterator[DocumentSignature]:
    for signature in reversed(signatures):
        signed_info, value, key_info = _children(signature, "SignedInfo", "SignatureValue", "KeyInfo")
        method, digest = _read_signed_info(signed_info)
        canonical = _canonical_signed_info(signed_info)
        _remove(signature)
        yield DocumentSignature(_canonical(root), canonical, method, digest, decoded(value), _certificate(key_info))


def _read_signed_info(signed_info: etree._Element) -> tuple[str, bytes]:
    c14n, method, reference = _children(signed_info, "CanonicalizationMethod", "SignatureMethod", "Reference")
    transforms, digest_method, digest = _children(reference, "Transforms", "DigestMethod", "DigestValue")
    chain = [_algorithm(each) for each in transforms]
    if reference.get("URI") != "" or chain != [ENVELOPED, C14N_WITH_COMMENTS] or _algorithm(c14n) != C14N:
        raise OrderRefused("the signature: must be over the whole document, by the transforms of НУЦ РК")
    if _PAIRS.get(_algorithm(method)) != _algorithm(digest_method):
        raise OrderRefused(f"the signature: {_algorithm(method)} with {_algorithm(digest_method)} is not accepted")
    return _algorithm(method), decoded(digest)


def _certificate(key_info: etree._Element) -> bytes:
    (data,) = _children(key_info, "X509Data")
    (certificate,) = _children(data, "X509Certificate")
    return decoded(certificate)


def _children(parent: etree._Element, *names: str) -> list[etree._Element]:
    if [child.tag for child in parent] != [f"{{{DS}}}{name}" for name in names]:
        raise OrderRefused(f"the signature: {etree.QName(parent).localname} must hold exactly {', '.join(names)}")
    return list(parent)


def _algorithm(node: etree._Element) -> str:
    if len(node):
        raise OrderRefused(f"the signature: {etree.QName(node).localname} has parameters; none are accepted")
    return node.get("Algorithm", "")


# --- writing --------------------------------------------------------------------------------------------------------


def sign_document(document: bytes, key: SigningKey) -> bytes:
    """Append a signature to the root. Raises ``OrderRefused`` for what is no XML that we read."""
    root = _parsed(document)
    digest = digest_of(_canonical(root))
    signature = etree.fromstring(_written(key, digest))
    root.append(signature)
    signature[1].text = b64(key.sign(_canonical_signed_info(signature[0])))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _written(key: SigningKey, digest: str) -> str:
    reference = element(
        "ds:Reference",
        element(
            "ds:Transforms",
            element("ds:Transform", Algorithm=ENVELOPED),
            element("ds:Transform", Algorithm=C14N_WITH_COMMENTS),
        ),
        element("ds:DigestMethod", Algorithm=SHA256_URI),
        element("ds:DigestValue", digest),
        URI="",
    )
    signed_info = element(
        "ds:SignedInfo",
        element("ds:CanonicalizationMethod", Algorithm=C14N),
        element("ds:SignatureMethod", Algorithm=SIGNATURE_METHODS[key.algorithm]),
        reference,
    )
    certificate = element("ds:X509Certificate", b64(key.certificate.der))
    key_info = element("ds:KeyInfo", element("ds:X509Data", certificate))
    return element("ds:Signature", signed_info, element("ds:SignatureValue"), key_info, namespace=_DS)


# --- canonical forms ------------------------------------------------------------------------------------------------


def signed_text(document: bytes) -> str:
    """All character data of the document but that of its signatures. Raises ``OrderRefused``."""
    root = _parsed(document)
    for signature in root.findall(_SIGNATURE):
        _remove(signature)
    return "".join(map(str, root.itertext()))


def canonical_document(document: bytes) -> bytes:
    """The bytes that a signature made now would be over. Raises ``OrderRefused``."""
    return _canonical(_parsed(document))


def _parsed(document: bytes) -> etree._Element:
    try:
        return xmlsafe.parse(document)
    except NotReadable as error:
        raise OrderRefused(f"the document: {error.detail}") from error


def _canonical(root: etree._Element) -> bytes:
    try:
        return etree.tostring(root, method="c14n", exclusive=False, with_comments=True)
    except (etree.C14NError, ValueError) as error:
        raise OrderRefused(f"the document: it has no canonical form ({error})") from error


def _canonical_signed_info(signed_info: etree._Element) -> bytes:
    """Inclusive C14N (§2.4) gives an apex the ``xml:`` attributes of its ancestors; lxml leaves them out."""
    inherited = {
        str(name): str(value)
        for ancestor in reversed(list(signed_info.iterancestors()))
        for name, value in ancestor.attrib.items()
        if str(name).startswith(_XML)
    }
    own = {str(name): str(value) for name, value in signed_info.attrib.items()}
    for name, value in inherited.items():
        signed_info.set(name, own.get(name, value))
    canonical = etree.tostring(signed_info, method="c14n", exclusive=False, with_comments=False)
    for name in inherited:
        if name not in own:
            del signed_info.attrib[name]
    return canonical


def _remove(signature: etree._Element) -> None:
    """The element alone: what text stands behind it stays, as the transform leaves it."""
    (parent, *_), before = list(signature.iterancestors()), signature.getprevious()
    tail = signature.tail or ""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    signature.tail = None
    parent.remove(signature)
