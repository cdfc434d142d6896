"""The schema of contract v1 in the three forms that validation needs.

``strict()`` gives the verdict. libxml2 however leaves an element at its first misplaced child, so on its own it would
tell a developer one mistake per try. ``content_models()`` lets us find every misplaced, missing and surplus child
ourselves, and ``lenient()``, the same schema with every order and count struck out, finds every wrong value wherever
it stands. Both are derived from the one file; nothing is said twice.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from lxml import etree

from contracts import xmlsafe
from contracts.operations import OPERATIONS

_XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
_COUNTS: Final = frozenset({"minOccurs", "maxOccurs"})


@dataclass(frozen=True, slots=True)
class Particle:
    """One place in a sequence: the elements it admits with their types, how few and how many (None: any number)."""

    elements: Mapping[str, str]
    least: int
    most: int | None


ContentModel = tuple[Particle, ...]


def schema_bytes() -> bytes:
    """The schema as written, handed out at ``?xsd=exchange``."""
    return resources.files("contracts").joinpath("xsd", "exchange.xsd").read_bytes()


def strict() -> etree.XMLSchema:
    """The schema; one object per thread, because lxml keeps a validation's errors on it."""
    if _PER_THREAD.strict is None:
        _PER_THREAD.strict = etree.XMLSchema(xmlsafe.parse(schema_bytes()))
    return _PER_THREAD.strict


def lenient() -> etree.XMLSchema:
    """The schema with every sequence as a free choice: judges values and attributes only."""
    if _PER_THREAD.lenient is None:
        _PER_THREAD.lenient = etree.XMLSchema(_loosened(xmlsafe.parse(schema_bytes())))
    return _PER_THREAD.lenient


class _PerThread(threading.local):
    strict: etree.XMLSchema | None = None
    lenient: etree.XMLSchema | None = None


_PER_THREAD: Final = _PerThread()


def _loosened(root: etree._Element) -> etree._Element:
    for group in root.iter(f"{_XSD}sequence", f"{_XSD}choice"):
        for item in (group, *group.findall(f"{_XSD}element")):
            for count in _COUNTS.intersection(item.attrib):
                del item.attrib[count]
    for sequence in root.iter(f"{_XSD}sequence"):
        sequence.tag = f"{_XSD}choice"
        sequence.set("minOccurs", "0")
        sequence.set("maxOccurs", "unbounded")
    return root


@cache
def content_models() -> Mapping[str, ContentModel]:
    """What stands inside each operation element (by its name) and each complex type (by its name)."""
    root = xmlsafe.parse(schema_bytes())
    owners = (*root.findall(f"{_XSD}complexType"), *root.findall(f"{_XSD}element"))
    return {owner.get("name", ""): _model(owner) for owner in owners}


@cache
def wrappers() -> frozenset[str]:
    """Names of all operation and answer elements."""
    return frozenset(
        f"{name}{suffix}" for table in OPERATIONS.values() for name in table for suffix in ("", "Response")
    )


@cache
def type_notes() -> Mapping[str, str]:
    """The English documentation of every simple type, to explain a value that breaks it."""
    root = xmlsafe.parse(schema_bytes())
    return {
        simple.get("name", ""): " ".join(simple.findtext(f".//{_XSD}documentation", "").partition("kk:")[0].split())
        for simple in root.findall(f"{_XSD}simpleType")
    }


def _model(owner: etree._Element) -> ContentModel:
    sequence = owner.find(f".//{_XSD}sequence")
    return () if sequence is None else tuple(_particle(item) for item in sequence)


def _particle(item: etree._Element) -> Particle:
    members = (item,) if item.tag == f"{_XSD}element" else item.findall(f"{_XSD}element")
    most = item.get("maxOccurs", "1")
    return Particle(
        elements={member.get("name", ""): member.get("type", "").rpartition(":")[2] for member in members},
        least=int(item.get("minOccurs", "1")),
        most=None if most == "unbounded" else int(most),
    )
