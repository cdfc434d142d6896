"""Which elements the references of a signature cover: ours to decide, never the message's.

Body and Timestamp at their places must be among them. Beside these a sender may sign its token, the token reference
in KeyInfo, and blocks of the Header, WS-Addressing's for one: each is verified like the others and gives nothing,
for nobody reads it. No two of these places lie in one another, so that each byte is digested once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from contracts.soap import WSSE
from signing.profile import keyinfo
from signing.profile.policy import MAX_PREFIX_STEPS
from signing.profile.signedinfo import SignedInfo, SignedReference
from signing.profile.structure import Parts, id_attribute_of, id_attribute_or_none, refuse


@dataclass(frozen=True, slots=True)
class CoveredPart:
    """An element at its place, and the reference to it."""

    element: etree._Element
    reference: SignedReference


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a signature covers, as claimed. ``token``: the reference through the STR-Transform, if there is one."""

    body: CoveredPart
    timestamp: CoveredPart
    beside: tuple[CoveredPart, ...]
    token: CoveredPart | None

    @property
    def elements(self) -> tuple[CoveredPart, ...]:
        """All that is digested as it stands."""
        return self.body, self.timestamp, *self.beside


def read_coverage(signed_info: SignedInfo, parts: Parts) -> Coverage:
    """Match every reference with an element at its place; refuses whatever is left over, and what is missing."""
    claimed = {reference.uri: reference for reference in signed_info.references}
    body_uri, timestamp_uri = (f"#{id_attribute_of(part)[0]}" for part in (parts.body, parts.timestamp))
    if len(claimed) != len(signed_info.references) or not {body_uri, timestamp_uri} <= claimed.keys():
        signed = [reference.uri for reference in signed_info.references]
        refuse(f"signed are {signed}; expected are {body_uri} (the Body) and {timestamp_uri} (the Timestamp)")
    body = _plain(parts.body, claimed.pop(body_uri))
    timestamp = _plain(parts.timestamp, claimed.pop(timestamp_uri))
    token = _token(parts, claimed)
    return Coverage(body, timestamp, tuple(_beside(parts, claimed)), token)


def _token(parts: Parts, claimed: dict[str, SignedReference]) -> CoveredPart | None:
    """Takes it out of ``claimed``."""
    through = [reference for reference in claimed.values() if reference.is_to_token]
    if not through:
        return None
    element = keyinfo.token_reference_of(parts)
    if len(through) > 1 or element is None or _uri_of(element) != through[0].uri:
        refuse("the STR-Transform is for the SecurityTokenReference in KeyInfo, once")
    return CoveredPart(element, claimed.pop(through[0].uri))


def _beside(parts: Parts, claimed: dict[str, SignedReference]) -> Iterator[CoveredPart]:
    places = {_uri_of(element): element for element in _may_be_signed(parts)}
    for uri, reference in claimed.items():
        element = places.get(uri)
        if element is None:
            refuse(f"{uri} is signed, which is neither Body, Timestamp, token nor a header block")
        yield _plain(element, reference)


def _may_be_signed(parts: Parts) -> Iterator[etree._Element]:
    token = keyinfo.token_of(parts)
    if token is not None and id_attribute_or_none(token):
        yield token
    for block in parts.header:
        if block.tag != f"{{{WSSE}}}Security" and id_attribute_or_none(block):
            yield block


def _uri_of(element: etree._Element) -> str:
    return f"#{id_attribute_of(element)[0]}"


def _plain(element: etree._Element, reference: SignedReference) -> CoveredPart:
    if reference.is_to_token:
        refuse(f"the STR-Transform may not be used for {element.tag}")
    if reference.prefixes and len(reference.prefixes) * sum(1 for _ in element.iter()) > MAX_PREFIX_STEPS:
        refuse(f"{len(reference.prefixes)} prefixes in InclusiveNamespaces are too many for so many elements")
    return CoveredPart(element, reference)
