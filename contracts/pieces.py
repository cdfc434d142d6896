"""An operation without the children that its parents do not know, copied in pieces of a bounded size.

libxml2 says of each error where it stands by a path, and counts for it all elements before it with the same parent;
so a judgement of n elements with n errors costs n². A piece has few elements, and the lenient schema, which holds
every order and every number to be right, judges a parent in pieces as it would judge the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple, cast

from lxml import etree

from contracts import schema
from contracts.operations import NAMESPACE

MOST_ELEMENTS: Final = 1_000
"""Of one piece. Nearly every honest message is one piece; what 1 000 errors in one cost is not noticed."""

_STEP: Final = re.compile(r"(?P<name>[^/\[\]]+)(?:\[(?P<position>\d+)\])?")


class Known(NamedTuple):
    """An element at ``depth`` below the operation; ``kind``: the name of its type, ``path``: without strangers."""

    depth: int
    element: etree._Element
    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """A copy in a piece, what it is a copy of, and the copies inside it by libxml2's names for them."""

    copy: etree._Element
    known: Known
    inside: dict[str, list[Place]] = field(default_factory=dict)

    def find(self, steps: str) -> Known:
        """By one of libxml2's paths, ``/d:Reply/d:grounds[2]`` or ``/*/*[9]``, as near as it leads."""
        place = self
        for step in islice(_STEP.finditer(steps), 1, None):
            alike = place.inside.get(step["name"], ())
            position = int(step["position"] or 1)
            if position > len(alike):
                break
            place = alike[position - 1]
        return place.known


def pieces_of(operation: etree._Element) -> Iterator[Place]:
    """Copies that have every known element, attribute and text once, in the order of the document.

    A parent whose children are in several pieces is in each of them, with its attributes and text in the first only.
    """
    trail: list[Place] = []  # from the operation to the element copied last
    count = 0
    for known in _known(operation):
        del trail[known.depth :]
        if count >= MOST_ELEMENTS:
            yield trail[0]
            trail, count = _opened_again(trail), len(trail)
        trail.append(_copied(known, within=trail[-1] if trail else None))
        count += 1
    yield trail[0]


def numbered(children: list[etree._Element], path: str) -> Iterator[tuple[etree._Element, str]]:
    """Each child with its path below ``path``; namesakes are numbered from 1."""
    totals: dict[str, int] = {}
    for child in children:
        name = local(child)
        totals[name] = totals.get(name, 0) + 1
    seen: dict[str, int] = {}
    for child in children:
        name = local(child)
        seen[name] = seen.get(name, 0) + 1
        yield child, f"{path}/{name}[{seen[name]}]" if totals[name] > 1 else f"{path}/{name}"


def local(element: etree._Element) -> str:
    """Its name without the namespace."""
    return element.tag.rpartition("}")[2]


def is_ours(element: etree._Element) -> bool:
    """Whether its name is one of the contract's namespace."""
    return element.tag.startswith(f"{{{NAMESPACE}}}")


def _known(operation: etree._Element) -> Iterator[Known]:
    name = local(operation)
    yield from _known_below(Known(0, operation, name, name))


def _known_below(parent: Known) -> Iterator[Known]:
    yield parent
    types = {
        name: kind
        for particle in schema.content_models().get(parent.kind, ())
        for name, kind in particle.elements.items()
    }
    if types:  # what stands in a simple value is no child that anybody knows
        children = [child for child in parent.element if is_ours(child) and local(child) in types]
        for child, path in numbered(children, parent.path):
            yield from _known_below(Known(parent.depth + 1, child, path, types[local(child)]))


def _copied(known: Known, within: Place | None) -> Place:
    place = _bare(known, within)
    element, copy = known.element, place.copy
    for name, value in element.items():
        copy.set(name, value)
    copy.text = element.text
    if within is not None:
        copy.tail = element.tail
    if known.kind not in schema.content_models() and len(element):
        etree.SubElement(copy, "child")  # that there is one is all libxml2 says of elements in a simple value
    return place


def _bare(known: Known, within: Place | None) -> Place:
    element = known.element
    if within is None:
        return Place(etree.Element(element.tag, nsmap=_namespaces(element)), known)
    own = _namespaces(element) if element.keys() else None  # the value of xsi:type has a prefix
    place = Place(etree.SubElement(within.copy, element.tag, nsmap=own), known)
    prefix = place.copy.prefix
    for name in {"*", f"{prefix}:{local(element)}" if prefix else local(element)}:
        within.inside.setdefault(name, []).append(place)
    return place


def _namespaces(element: etree._Element) -> dict[str, str]:
    return cast("dict[str, str]", element.nsmap)  # None is a prefix, too, though lxml's stub takes no such thing


def _opened_again(trail: list[Place]) -> list[Place]:
    again: list[Place] = []
    for place in trail:
        again.append(_bare(place.known, again[-1] if again else None))
    return again
