"""Read a signed envelope strictly: every part at its one place, every algorithm from the closed lists.

Nothing here is verified yet: the values say what the message *claims*. ``signing.profile.verification`` numbers the
steps and proves the claims; a document that could be read in two ways does not get past this module.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final, NoReturn, cast

from lxml import etree

from contracts import soap
from contracts.codes import Code, Fault
from contracts.errors import NotReadable
from contracts.soap import DS, SOAP_12, SOAP_ENV, WSSE, WSU
from signing.errors import SignatureRefused

WSU_ID: Final = f"{{{WSU}}}Id"
# SOAP 1.1 §4.2.2, 1.2 §2.2: whoever reads the message next is meant, and so are we where nobody is named.
_FOR_US: Final = {
    SOAP_ENV: (f"{{{SOAP_ENV}}}actor", frozenset({"", "http://schemas.xmlsoap.org/soap/actor/next"})),
    SOAP_12: (f"{{{SOAP_12}}}role", frozenset({"", f"{SOAP_12}/role/next", f"{SOAP_12}/role/ultimateReceiver"})),
}
TIMESTAMP, TOKEN, SIGNATURE = f"{{{WSU}}}Timestamp", f"{{{WSSE}}}BinarySecurityToken", f"{{{DS}}}Signature"
# A bare name only: libxml2 would read "#xpointer(...)" as a program, not as an id.
_BARE_NAME: Final = re.compile(r"[^\W\d][\w.\-]*")
_EVERY_ID: Final = etree.XPath(
    "//@Id | //@ID | //@id | //@wsu:Id | //@xml:id", namespaces={"wsu": WSU}, smart_strings=False
)
_HAS_ASIDES: Final = etree.XPath("boolean(//comment() | //processing-instruction())")


@dataclass(frozen=True, slots=True)
class Parts:
    """The elements that a verification may touch, each found at its place, never by searching."""

    header: etree._Element
    body: etree._Element
    content: etree._Element  # the only child of Body
    security: etree._Element
    timestamp: etree._Element
    signature: etree._Element


def refuse(detail: str, code: Code = Code.SIGNATURE_PROFILE) -> NoReturn:
    """Raise ``SignatureRefused``."""
    raise SignatureRefused(code, detail)


def locate(root: etree._Element) -> Parts:
    """Find the parts of a SOAP envelope with one Security header for us."""
    if root.getparent() is not None:
        refuse("the envelope is not the whole document", Code.NOT_SOAP)
    if root.getroottree().docinfo.internalDTD is not None:
        refuse("a DOCTYPE may not stand in a message", Code.DOCTYPE_FORBIDDEN)
    require_no_asides(root)
    try:
        content = soap.operation_of(root)
    except NotReadable as error:
        raise SignatureRefused(error.code, error.detail, fault=error.fault) from error
    header, body = root[0], root[-1]
    if header is body:
        refuse("no Header, so no signature", Code.SIGNATURE_MISSING)
    security = _security(header)
    timestamp, signature = _security_parts(security)
    return Parts(header, body, content, security, timestamp, signature)


def require_no_asides(root: etree._Element) -> None:
    """A comment ends ``.text`` early: two readers, two digests (CVE-2025-29775)."""
    if _HAS_ASIDES(root):
        refuse("comments and processing instructions may not stand in a signed message")


def security_headers(header: etree._Element) -> list[etree._Element]:
    """The Security headers that are for us; there should be one."""
    return [block for block in header if block.tag == f"{{{WSSE}}}Security" and is_for_us(block)]


def is_for_us(block: etree._Element) -> bool:
    """Whether a header block is for whoever receives the message, by the rules of its envelope's version."""
    attribute, roles = _FOR_US[_namespace_of(block)]
    return block.get(attribute, "") in roles


def _must_be_understood(block: etree._Element) -> bool:
    return (block.get(f"{{{_namespace_of(block)}}}mustUnderstand") or "").strip() in {"1", "true"}


def _namespace_of(block: etree._Element) -> str:
    header = block.getparent()
    return SOAP_12 if header is not None and header.tag == f"{{{SOAP_12}}}Header" else SOAP_ENV


def _security(header: etree._Element) -> etree._Element:
    found = security_headers(header)
    if not found:
        refuse("no Security header for us", Code.SIGNATURE_MISSING)
    if len(found) > 1:
        refuse("more than one Security header for us")
    for block in header:  # SOAP 1.1 §4.2.3: a block that must be understood and is not, fails the message
        if block is not found[0] and is_for_us(block) and _must_be_understood(block):
            detail = f"header block {block.tag} must be understood, and is not"
            raise SignatureRefused(Code.NOT_SOAP, detail, fault=Fault.MUST_UNDERSTAND)
    return found[0]


def _security_parts(security: etree._Element) -> tuple[etree._Element, etree._Element]:
    """Return Timestamp and Signature: one each, beside at most one token and nothing else, in any order."""
    tags = [child.tag for child in security]
    if SIGNATURE not in tags:
        refuse("no Signature in the Security header", Code.SIGNATURE_MISSING)
    if sorted(tags) not in (sorted((TIMESTAMP, SIGNATURE)), sorted((TIMESTAMP, TOKEN, SIGNATURE))):
        refuse(f"Security holds {tags}; expected one Timestamp, one Signature and at most one BinarySecurityToken")
    return security[tags.index(TIMESTAMP)], security[tags.index(SIGNATURE)]


def require_unique_ids(root: etree._Element) -> None:
    """Refuse a document in which an id, spelt in any of the usual ways, names two things."""
    if repeated_id(root):
        refuse("an id stands twice in the message")


def repeated_id(root: etree._Element) -> str:
    """The first id that stands twice; empty when there is none."""
    seen: set[str] = set()
    for identifier in cast("list[str]", _EVERY_ID(root)):
        if identifier in seen:
            return identifier or '""'
        seen.add(identifier)
    return ""


def id_attribute_of(element: etree._Element) -> tuple[str, str | None]:
    """Return the element's id and the namespace of its attribute: ``wsu:Id``, or the bare ``Id`` some senders write."""
    qualified, bare = element.get(WSU_ID), element.get("Id")
    identifier = bare if qualified is None else qualified
    if identifier is None or (qualified is not None and bare is not None):
        refuse(f"{element.tag} needs exactly one of wsu:Id and Id")
    if not _BARE_NAME.fullmatch(identifier):
        refuse(f"the id of {element.tag} is no plain name")
    return identifier, None if qualified is None else WSU


def id_attribute_or_none(element: etree._Element) -> tuple[str, str | None] | None:
    """The same of an element that need not have an id; None for one that has none."""
    return None if element.get(WSU_ID) is None and element.get("Id") is None else id_attribute_of(element)


def read_instants(timestamp: etree._Element) -> tuple[str, str]:
    """Return the texts of Created and Expires, both of which must be there."""
    created, expires = children_of(timestamp, "Created", "Expires", namespace=WSU)
    return leaf_of(created), leaf_of(expires)


def children_of(parent: etree._Element, *names: str, namespace: str = DS) -> list[etree._Element]:
    """Return all children of ``parent``, which must be exactly these, in this order."""
    children = list(parent)
    if [child.tag for child in children] != [f"{{{namespace}}}{name}" for name in names]:
        refuse(f"{parent.tag} must hold exactly: {', '.join(names)}")
    return children


def algorithm_of(element: etree._Element) -> str:
    """Return the Algorithm of an element without parameters, where XPath and HMACOutputLength would hide."""
    if element.keys() != ["Algorithm"] or len(element):
        refuse(f"{element.tag} must have an Algorithm and nothing else")
    return element.get("Algorithm", "")


def leaf_of(element: etree._Element) -> str:
    """The stripped text of an element that holds nothing else."""
    if len(element):
        refuse(f"{element.tag} must hold text only")
    return (element.text or "").strip()


def base64_of(element: etree._Element) -> bytes:
    """Whitespace is allowed wherever it stands: Java breaks lines with ``&#13;``."""
    try:
        return base64.b64decode("".join(leaf_of(element).split()), validate=True)
    except (binascii.Error, ValueError):
        refuse(f"{element.tag} is no base64")
