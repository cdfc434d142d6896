"""Every violation of an operation that the schema refused, in words for the developer who sent it.

Line and path are those of the document sent, names come without namespaces, the rule comes with the schema's own
explanation. Values are left out: the sender has them, and our logs must not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, cast

from lxml import etree

from contracts import schema, xmlsafe
from contracts.errors import Violation
from contracts.pieces import is_ours, local, numbered, pieces_of

MAX_REPORTED: Final = 500
"""No honest message has more; a hostile one must not make us write a longer fault than it sent."""

# The first part ends at the first colon: were there several to choose from, a value full of them would cost n².
_NAMESPACES: Final = re.compile(r"\{[a-z][^{}':]*:[^{}']*\}")
_SUBJECT: Final = re.compile(r"^Element '[^']*'(?:, attribute '[^']*')?: (?:\[facet '\w+'\] )?")
_QUOTED_VALUE: Final = re.compile(r"^The (?P<what>value|QName value) '.*' (?=is |has )", re.DOTALL)
_WRONG_TYPE: Final = re.compile(r"^'.*' is not a valid value of the \w+ type '(?P<type>[^']*)'\.$", re.DOTALL)


def violations_of(operation: etree._Element) -> tuple[Violation, ...]:
    """Violations of an operation element, in the order of the document, the first ``MAX_REPORTED`` that are found.

    None exactly when the schema accepts the operation. The work grows with the operation, whatever is wrong with it.
    """
    reported = sorted(islice(_found(operation), MAX_REPORTED), key=lambda violation: violation.line)
    return tuple(reported) or tuple(_first_of_libxml2(operation))


def _found(operation: etree._Element) -> Iterator[Violation]:
    yield from _misplaced(operation)
    yield from _wrong_values(operation)  # copies anything only if there is room for more to report


# --- children -------------------------------------------------------------------------------------------------------


def _misplaced(operation: etree._Element) -> Iterator[Violation]:
    name = local(operation)
    yield from _walk(operation, schema.content_models()[name], name)


def _walk(parent: etree._Element, model: schema.ContentModel, path: str) -> Iterator[Violation]:
    """Children that are unknown, out of order, too many or missing, here and below."""
    places = {name: place for place, particle in enumerate(model) for name in particle.elements}
    counts = [0] * len(model)
    furthest = 0
    for child, child_path in numbered(list(parent), path):
        place = places.get(local(child)) if is_ours(child) else None
        if place is None:
            yield _violation(child, child_path, f"not expected here; {local(parent)} knows {', '.join(places)}")
            continue
        counts[place] += 1
        most = model[place].most
        if most is not None and counts[place] > most:
            yield _violation(child, child_path, f"one too many; {_names(model[place])} may stand {most} times at most")
        elif place < furthest:
            yield _violation(child, child_path, f"out of order; it must stand before {_names(model[furthest])}")
        furthest = max(furthest, place)
        inner = schema.content_models().get(model[place].elements[local(child)])
        if inner is not None:  # libxml2 tells of children inside a simple value
            yield from _walk(child, inner, child_path)
    for particle, count in zip(model, counts, strict=True):
        if count < particle.least:
            yield _violation(parent, path, f"{_names(particle)} is missing")


# --- values ---------------------------------------------------------------------------------------------------------


def _wrong_values(operation: etree._Element) -> Iterator[Violation]:
    for piece in pieces_of(operation):
        for entry in _errors(schema.lenient(), piece.copy):
            known = piece.find(entry.path or "")
            yield Violation(xmlsafe.line_of(known.element), known.path, _in_words(entry.message, known.kind))


def _first_of_libxml2(operation: etree._Element) -> Iterator[Violation]:
    # Finds some only if our reading of the schema and libxml2's differ: its verdict stands, in its words.
    for entry in islice(_errors(schema.strict(), operation), MAX_REPORTED):
        yield Violation(entry.line, local(operation), _in_words(entry.message, ""))


def _errors(judge: etree.XMLSchema, element: etree._Element) -> Iterable[Any]:
    judge.validate(element)
    return cast("Iterable[Any]", judge.error_log)  # iterable, though lxml's stub does not say so


def _in_words(message: str, kind: str) -> str:
    message = _NAMESPACES.sub("", _SUBJECT.sub("", message))
    wrong_type = _WRONG_TYPE.match(message)
    if wrong_type:
        message = f"The value is not valid for type {wrong_type['type']}."
    message = _QUOTED_VALUE.sub(r"The \g<what> ", message)
    note = schema.type_notes().get(kind)
    return f"{message} {note}" if note else message


# --- names ----------------------------------------------------------------------------------------------------------


def _names(particle: schema.Particle) -> str:
    return " or ".join(particle.elements)


def _violation(element: etree._Element, path: str, message: str) -> Violation:
    return Violation(xmlsafe.line_of(element), path, message)
