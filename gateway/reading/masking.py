"""An envelope for people's eyes: laid out, and for most roles without what could name a citizen.

What may be shown is listed, all else is masked: an element that a later contract adds is hidden until somebody has
thought about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from contracts import xmlsafe
from contracts.errors import ContractError

MOST_BYTES: Final = 1024 * 1024
"""A longer envelope is told by its size: no page holds it, and no person reads it."""

MASK: Final = "•••"

OPEN_NAMESPACES: Final = frozenset(
    {
        "http://www.w3.org/2000/09/xmldsig#",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    }
)
"""Open in the header: signatures, digests, certificates of organisations, time stamps.

A citizen's own stand in the Body.
"""

OURS: Final = frozenset({"urn:dalel:exchange:v1", None})
"""Where the elements below mean what we think; ``faultcode`` has no namespace."""

OPEN_ELEMENTS: Final = frozenset(
    {
        "messageId", "conversationId", "refToMessageId", "sender", "recipient", "action", "createdAt",
        "appealNumber", "registeredOn", "digest", "receivedAt", "code", "faultcode", "retryAfter", "article", "duty",
        "termId", "dueOn", "dueAt", "rulesVersion", "documentId", "sha256", "size", "kind", "language", "channel",
    }
)  # fmt: skip
"""The header, the receipt, terms, and numbers of ours: none of it is what a citizen wrote or is called."""


@dataclass(frozen=True, slots=True)
class EnvelopeView:
    """``text``: laid out; None when it is not to be shown, and ``why`` says why in English words of the catalogue."""

    text: str | None
    size_bytes: int
    is_masked: bool = False
    why: str = ""


def whole(content: bytes) -> EnvelopeView:
    """All of it, as it went over the wire; layout would change what was signed, so there is none."""
    if trouble := _trouble(content):
        return EnvelopeView(None, len(content), why=trouble)
    return EnvelopeView(content.decode("utf-8", "replace"), len(content))


def masked(content: bytes) -> EnvelopeView:
    """Laid out, with everything masked that is not known to be harmless. What is no XML is not shown at all."""
    if trouble := _trouble(content):
        return EnvelopeView(None, len(content), why=trouble)
    try:
        root = xmlsafe.parse(content)
    except ContractError:
        return EnvelopeView(None, len(content), why="not_xml")
    header = root.find("{*}Header")
    in_header = set(header.iter()) if header is not None else set()
    for element in root.iter():
        _mask(element, in_header=element in in_header)
    etree.indent(root, "  ")
    return EnvelopeView(etree.tostring(root, encoding="unicode"), len(content), is_masked=True)


def _trouble(content: bytes) -> str:
    if not content:
        return "erased"
    return "too_long" if len(content) > MOST_BYTES else ""


def _mask(element: etree._Element, *, in_header: bool) -> None:
    if not isinstance(element.tag, str):  # a comment or an instruction says whatever it likes
        element.text = MASK
        return
    name = etree.QName(element)
    is_security = in_header and name.namespace in OPEN_NAMESPACES
    is_open = is_security or (name.namespace in OURS and name.localname in OPEN_ELEMENTS)
    if element.text and element.text.strip() and not is_open:
        element.text = MASK
    if element.tail and element.tail.strip():
        element.tail = MASK
    if not is_security:
        for attribute in element.keys():  # noqa: SIM118 - of an element, which is no mapping
            if etree.QName(attribute).namespace not in OPEN_NAMESPACES:
                element.set(attribute, MASK)
