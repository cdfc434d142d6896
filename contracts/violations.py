"""Every violation of an operation that the schema refused, in words for the developer who sent it.

Line and path are those of the document sent, names come without namespaces, the rule comes with the schema's own
explanation. Values are left out: the sender has them, and our logs must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import chain, islice
from typing import Any, Final, cast

from lxml import etree

from contracts import schema, xmlsafe
from contracts.errors import Violation
from contracts.operations import NAMESPACE

MAX_REPORTED: Final = 500
"""No honest message has more; a hostile one must not make us write a longer fault than it sent."""

_NAMESPACES: Final = re.compile(r"\{[a-z][^{}']*:[^{}']*\}")
_SUBJECT: Final = re.compile(r"^Element '[^']*'(?:, attribute '[^']*')?: (?:\[facet '\w+'\] )?")
_QUOTED_VALUE: Final = re.compile(r"^The (?P<what>value|QName value) '.*' (?=is |has )", re.DOTALL)
_WRONG_TYPE: Final = re.compile(r"^'.*' is not a valid value of the \w+ type '(?P<type>[^']*)'\.$", re.DOTALL)
_STEP: Final = re.compile(r"(?P<name>[^/\[\]]+)(?:\[(?P<position>\d+)\])?")


def violations_of(operation: etree._Element) -> tuple[Violation, ...]:
    """All violations of an operation element, in the order of the document, at most ``MAX_REPORTED``."""
    stripped = deepcopy(operation)
    stripped.tail = None
    found = chain(_misplaced(operation), _wrong_values(_without_strangers(stripped)))
    reported = sorted(islice(found, MAX_REPORTED), key=lambda violation: violation.line)
    return tuple(reported) or tuple(_first_of_libxml2(operation))


# --- children -------------------------------------------------------------------------------------------------------


def _misplaced(operation: etree._Element) -> Iterator[Violation]:
    name = _local(operation)
    yield from _walk(operation, schema.content_models()[name], name)


def _walk(parent: etree._Element, model: schema.ContentModel, path: str) -> Iterator[Violation]:
    """Children that are unknown, out of order, too many or missing, here and below."""
    places = {name: place for place, particle in enumerate(model) for name in particle.elements}
    counts = [0] * len(model)
    furthest = 0
    for child, child_path in _with_paths(parent, path):
        place = places.get(_local(child)) if _is_ours(child) else None
        if place is None:
            yield _violation(child, child_path, f"not expected here; {_local(parent)} knows {', '.join(places)}")
            continue
        counts[place] += 1
        most = model[place].most
        if most is not None and counts[place] > most:
            yield _violation(child, child_path, f"one too many; {_names(model[place])} may stand {most} times at most")
        elif place < furthest:
            yield _violation(child, child_path, f"out of order; it must stand before {_names(model[furthest])}")
        furthest = max(furthest, place)
        inner = schema.content_models().get(model[place].elements[_local(child)])
        if inner is not None:  # libxml2 tells of children inside a simple value
            yield from _walk(child, inner, child_path)
    for particle, count in zip(model, counts, strict=True):
        if count < particle.least:
            yield _violation(parent, path, f"{_names(particle)} is missing")


def _with_paths(parent: etree._Element, path: str) -> Iterator[tuple[etree._Element, str]]:
    """Each child with its path; namesakes are numbered from 1."""
    totals: dict[str, int] = {}
    for child in parent:
        totals[_local(child)] = totals.get(_local(child), 0) + 1
    seen: dict[str, int] = {}
    for child in parent:
        name = _local(child)
        seen[name] = seen.get(name, 0) + 1
        yield child, f"{path}/{name}[{seen[name]}]" if totals[name] > 1 else f"{path}/{name}"


def _without_strangers(operation: etree._Element) -> etree._Element:
    """``operation`` with every child removed that its parent does not know, so that the rest can be judged."""
    pending = [(operation, schema.content_models()[_local(operation)])]
    while pending:
        parent, model = pending.pop()
        types = {name: kind for particle in model for name, kind in particle.elements.items()}
        for child in list(parent):
            known = _is_ours(child) and _local(child) in types
            inner = schema.content_models().get(types[_local(child)]) if known else None
            if not known:
                parent.remove(child)
            elif inner is not None:
                pending.append((child, inner))
    return operation


# --- values ---------------------------------------------------------------------------------------------------------


def _wrong_values(operation: etree._Element) -> Iterator[Violation]:
    return _judged(schema.lenient(), operation)


def _first_of_libxml2(operation: etree._Element) -> Iterator[Violation]:
    # Reached only if our reading of the schema and libxml2's differ: its verdict stands, in its words.
    return islice(_judged(schema.strict(), operation), MAX_REPORTED)


def _judged(judge: etree.XMLSchema, operation: etree._Element) -> Iterator[Violation]:
    judge.validate(operation)
    places = _Places(operation)
    for entry in cast("Iterable[Any]", judge.error_log):  # iterable, though lxml's stub does not say so
        element, path, kind = places.find(entry.path or "")
        yield Violation(xmlsafe.line_of(element), path, _in_words(entry.message, kind))


def _in_words(message: str, kind: str) -> str:
    message = _NAMESPACES.sub("", _SUBJECT.sub("", message))
    wrong_type = _WRONG_TYPE.match(message)
    if wrong_type:
        message = f"The value is not valid for type {wrong_type['type']}."
    message = _QUOTED_VALUE.sub(r"The \g<what> ", message)
    note = schema.type_notes().get(kind)
    return f"{message} {note}" if note else message


class _Places:
    """Finds elements by libxml2's paths: ``/d:Reply/d:grounds[2]``, or ``/*/*[9]`` where there are no prefixes."""

    def __init__(self, operation: etree._Element) -> None:
        self._operation = operation
        self._children: dict[etree._Element, list[tuple[etree._Element, str]]] = {}

    def find(self, steps: str) -> tuple[etree._Element, str, str]:
        """The element, its readable path and the name of its type; as near as the path leads."""
        element, path, kind = self._operation, _local(self._operation), _local(self._operation)
        for step in islice(_STEP.finditer(steps), 1, None):
            alike = [pair for pair in self._within(element, path) if step["name"] in {"*", _prefixed(pair[0])}]
            position = int(step["position"] or 1)
            if position > len(alike):
                break
            element, path = alike[position - 1]
            kind = _type_in(kind, _local(element))
        return element, path, kind

    def _within(self, parent: etree._Element, path: str) -> list[tuple[etree._Element, str]]:
        # Kept, because a hostile message has many errors under one parent with many children.
        if parent not in self._children:
            self._children[parent] = list(_with_paths(parent, path))
        return self._children[parent]


def _type_in(kind: str, name: str) -> str:
    model = schema.content_models().get(kind, ())
    return next((particle.elements[name] for particle in model if name in particle.elements), "")


# --- names ----------------------------------------------------------------------------------------------------------


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_ours(element: etree._Element) -> bool:
    return element.tag.startswith(f"{{{NAMESPACE}}}")


def _prefixed(element: etree._Element) -> str:
    return f"{element.prefix}:{_local(element)}" if element.prefix else _local(element)


def _names(particle: schema.Particle) -> str:
    return " or ".join(particle.elements)


def _violation(element: etree._Element, path: str, message: str) -> Violation:
    return Violation(xmlsafe.line_of(element), path, message)
