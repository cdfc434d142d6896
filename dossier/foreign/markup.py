"""Walk the XML of others strictly: elements at their places, each as often as it may be, and nothing between them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from typing import Final

from lxml import etree

from contracts import xmlsafe
from contracts.errors import ContractError
from dossier.foreign.errors import ContainerUnreadable

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"
_IDS: Final = ("Id", "ID", "id", f"{{{XML_NAMESPACE}}}id")
_SCHEMA_HINT: Final = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_INHERITED: Final = etree.XPath("boolean(//@xml:*)")


def parse(data: bytes, *, limit_bytes: int, attributes: frozenset[str]) -> etree._Element:
    """The root of a document without DOCTYPE, comments, instructions, xml:* attributes, or an id that is there twice.

    ``attributes``: the names that any element may have; a hint where a schema lies is passed over. Raises
    ``Unreadable``.
    """
    try:
        root = xmlsafe.parse(data, limit_bytes=limit_bytes, max_attributes=xmlsafe.MAX_ELEMENTS)
    except ContractError as error:
        raise ContainerUnreadable(str(error)) from error
    if _INHERITED(root):
        raise ContainerUnreadable("attributes of the xml: namespace are not read: canonical forms differ in them")
    unknown = {name for node in root.iter() for name in node.attrib} - attributes - {_SCHEMA_HINT}
    if unknown:
        raise ContainerUnreadable(
            f"it has attributes that nobody defined: {', '.join(sorted(map(str, unknown)))[:200]}"
        )
    ids = [value for node in root.iter() for name in _IDS if (value := node.get(name)) is not None]
    if len(ids) != len(set(ids)):
        raise ContainerUnreadable("one id is there twice")
    return root


def canonical(node: etree._Element, *, exclusive: bool) -> bytes:
    """Canonical XML 1.0 or exclusive, without comments. Raises ``Unreadable`` where there is none.

    Inclusive C14N takes over the namespaces of all ancestors. lxml forgets them for a part of a tree, but writes them
    when it serialises that part, so the part is written, read again and then canonicalised as a document of its own.
    """
    try:
        if exclusive:
            return xmlsafe.canonical(node)
        apart = etree.tostring(node, encoding="utf-8", with_tail=False)
        apex = xmlsafe.parse(apart, limit_bytes=xmlsafe.MAX_BYTES, max_attributes=xmlsafe.MAX_ELEMENTS)
        return etree.tostring(apex, method="c14n", exclusive=False, with_comments=False)
    except (ContractError, etree.C14NError, ValueError) as error:
        raise ContainerUnreadable(f"no canonical form: {error}") from error


def children(node: etree._Element, allowed: Iterable[str]) -> list[etree._Element]:
    """Child elements, all of them named in ``allowed`` ({namespace}local); text between them is white space."""
    found = list(node)
    names = frozenset(allowed)
    for child in found:
        if child.tag not in names:
            raise ContainerUnreadable(f"{short(child)} has no place in {short(node)}")
    if any((text or "").strip() for text in (node.text, *(child.tail for child in found))):
        raise ContainerUnreadable(f"there is text between the elements of {short(node)}")
    return found


def one(node: etree._Element, tag: str) -> etree._Element:
    """The only child of that name."""
    found = node.findall(tag)
    if len(found) != 1:
        raise ContainerUnreadable(
            f"{len(found)} times {etree.QName(tag).localname} in {short(node)}; it must be there once"
        )
    return found[0]


def at_most_one(node: etree._Element, tag: str) -> etree._Element | None:
    """The only child of that name, or None."""
    return None if node.find(tag) is None else one(node, tag)


def text_of(node: etree._Element) -> str:
    """The text of a leaf, without the white space around it."""
    if len(node):
        raise ContainerUnreadable(f"{short(node)} must hold text alone")
    return (node.text or "").strip()


def bytes_of(node: etree._Element) -> bytes:
    """The octets of a leaf in base64, which may be broken into lines."""
    try:
        return b64decode("".join(text_of(node).split()), validate=True)
    except ValueError as error:
        raise ContainerUnreadable(f"{short(node)} is not base64") from error


def short(node: etree._Element) -> str:
    """The name of an element for people."""
    return etree.QName(node).localname
